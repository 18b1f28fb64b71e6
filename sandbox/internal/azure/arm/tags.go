package arm

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// Limits of tags,
// https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
const (
	maxTags     = 50
	maxTagName  = 512
	maxTagValue = 256
)

// CheckTags refuses tags that ARM does not allow on a resource or group.
func CheckTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return gatewayErrorf(http.StatusBadRequest, "InvalidTags", "The number of tags '%d' exceeds the maximum of '%d' tags that a resource can have.", len(tags), maxTags)
	}
	for name, value := range tags {
		if n := utf8.RuneCountInString(name); n == 0 || n > maxTagName {
			return gatewayErrorf(http.StatusBadRequest, "InvalidTagName", "The tag name '%s' has %d characters. A tag name has 1 to %d characters.", name, n, maxTagName)
		}
		if n := utf8.RuneCountInString(value); n > maxTagValue {
			return gatewayErrorf(http.StatusBadRequest, "InvalidTagValueLength", "The value of tag '%s' has %d characters. A tag value has at most %d characters.", name, n, maxTagValue)
		}
		if strings.ContainsAny(name, `<>%&\?/`) {
			return gatewayErrorf(http.StatusBadRequest, "InvalidTagNameCharacters",
				`The tag names '%s' have reserved characters '<,>,%%,&,\,?,/' or control characters.`, name)
		}
	}
	return nil
}

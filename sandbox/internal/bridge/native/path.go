package native

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// expand returns a path with its parameters replaced by values. A scope is a path itself; every
// other value is one segment.
func expand(path, subscription string, inputs map[string]any) (string, error) {
	var missing error
	out := parameter.ReplaceAllStringFunc(path, func(match string) string {
		name := match[1 : len(match)-1]
		if name == "subscriptionId" {
			return url.PathEscape(subscription)
		}
		text, _ := inputs[name].(string)
		if text == "" {
			missing = fmt.Errorf("'%s' has no value, and it is part of the resource's id", name)
			return ""
		}
		if name == "scope" {
			return strings.Trim(text, "/")
		}
		return url.PathEscape(text)
	})
	return out, missing
}

// match returns the parameters of an ID, as the inverse of expand. ARM IDs are case-insensitive.
func match(path, id string) (map[string]string, error) {
	pattern := regexp.QuoteMeta(path)
	var names []string
	for _, m := range parameter.FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
		group := `([^/]+)`
		if m[1] == "scope" {
			group = `(.*)`
		}
		pattern = strings.Replace(pattern, regexp.QuoteMeta(m[0]), group, 1)
	}
	re, err := regexp.Compile("(?i)^" + pattern + "$")
	if err != nil {
		return nil, fmt.Errorf("path %s: %w", path, err)
	}
	found := re.FindStringSubmatch(id)
	if found == nil {
		return nil, fmt.Errorf("%q is not an id of the form %s", id, path)
	}
	out := make(map[string]string, len(names))
	for i, name := range names {
		text, err := url.PathUnescape(found[i+1])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", id, err)
		}
		if name == "scope" {
			text = "/" + text
		}
		out[name] = text
	}
	return out, nil
}

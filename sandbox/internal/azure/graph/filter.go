package graph

import (
	"regexp"
	"strings"
)

var equals = regexp.MustCompile(`^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$`)

// filter reads $filter: conditions `property eq 'value'`, joined by and. It refuses what it cannot evaluate, since a
// filter that is ignored answers too much.
func (c *call) filter(properties ...string) (func(value func(property string) string) bool, error) {
	text := strings.TrimSpace(c.URL.Query().Get("$filter"))
	if text == "" {
		return func(func(string) string) bool { return true }, nil
	}
	wanted := make(map[string]string)
	for _, term := range strings.Split(text, " and ") {
		match := equals.FindStringSubmatch(term)
		known := false
		for _, p := range properties {
			known = known || (match != nil && match[1] == p)
		}
		if !known {
			return nil, badRequest("Invalid filter clause: %s. The sandbox evaluates 'eq' on %s.", term, strings.Join(properties, ", "))
		}
		wanted[match[1]] = strings.ReplaceAll(match[2], "''", "'")
	}
	return func(value func(string) string) bool {
		for property, want := range wanted {
			if !strings.EqualFold(value(property), want) {
				return false
			}
		}
		return true
	}, nil
}

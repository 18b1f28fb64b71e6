package graph

import (
	"regexp"
	"slices"
	"strings"
)

// condition matches `property eq 'value'` with the `and` before the next one. A quote in the value
// is written twice.
var condition = regexp.MustCompile(`^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*(?:$|and\s+)`)

// filter returns the predicate of $filter: conditions `property eq 'value'`, joined by and. It
// refuses what it cannot evaluate, because an ignored filter would return too much. An OData parser
// would accept far more, and each of its operators would have to be refused again.
func (c *call) filter(properties ...string) (func(value func(property string) string) bool, error) {
	rest := strings.TrimSpace(c.URL.Query().Get("$filter"))
	var wanted [][2]string // property and value
	for rest != "" {
		match := condition.FindStringSubmatch(rest)
		if match == nil || !slices.Contains(properties, match[1]) {
			return nil, badRequest("Invalid filter clause: %s. The sandbox evaluates 'eq' on %s.", rest, strings.Join(properties, ", "))
		}
		wanted = append(wanted, [2]string{match[1], strings.ReplaceAll(match[2], "''", "'")})
		rest = rest[len(match[0]):]
	}
	return func(value func(string) string) bool {
		for _, w := range wanted {
			if !strings.EqualFold(value(w[0]), w[1]) {
				return false
			}
		}
		return true
	}, nil
}

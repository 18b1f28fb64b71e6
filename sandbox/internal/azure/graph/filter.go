package graph

import (
	"regexp"
	"slices"
	"strings"
)

// The conditions of $filter: `property eq 'value'`, `startswith(property,'value')` and, on a
// collection, `property/any(x:x eq 'value')`. A quote in the value is written twice.
var (
	equals     = regexp.MustCompile(`^(\w+)\s+eq\s+'((?:[^']|'')*)'`)
	startsWith = regexp.MustCompile(`^startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)`)
	anyEquals  = regexp.MustCompile(`^(\w+)/any\(\s*(\w+)\s*:\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*\)`)
	and        = regexp.MustCompile(`^\s+and\s+`)
)

// filterable are the properties of a type that $filter can name.
type filterable struct {
	single, collections []string
}

// condition is one condition of a filter.
type condition struct {
	property string
	matches  func(value string) bool
}

// filter returns the predicate of $filter: conditions that are joined by and. It refuses what it
// cannot evaluate, because an ignored filter would return too much. An OData parser would accept
// far more, and each of its operators would have to be refused again.
func (c *call) filter(f filterable) (func(values func(property string) []string) bool, error) {
	rest := strings.TrimSpace(c.URL.Query().Get("$filter"))
	var wanted []condition
	for rest != "" {
		one, length := f.next(rest)
		if length == 0 {
			return nil, c.invalidFilter(rest, f)
		}
		wanted, rest = append(wanted, one), rest[length:]
		joint := and.FindString(rest)
		if joint == "" && strings.TrimSpace(rest) != "" {
			return nil, c.invalidFilter(rest, f)
		}
		rest = strings.TrimSpace(rest[len(joint):])
	}
	return func(values func(string) []string) bool {
		for _, w := range wanted {
			if !slices.ContainsFunc(values(w.property), w.matches) {
				return false
			}
		}
		return true
	}, nil
}

func (c *call) invalidFilter(rest string, f filterable) *failure {
	return badRequest("Invalid filter clause: %s. The sandbox evaluates 'eq' and 'startswith' on %s, and 'any' with 'eq' on %s.",
		rest, strings.Join(f.single, ", "), strings.Join(append([]string{}, f.collections...), ", "))
}

// next reads the first condition of a filter and returns its length; 0 if it is none of those that
// can be evaluated.
func (f filterable) next(text string) (condition, int) {
	unquote := func(value string) string { return strings.ReplaceAll(value, "''", "'") }
	if m := equals.FindStringSubmatch(text); m != nil && slices.Contains(f.single, m[1]) {
		want := unquote(m[2])
		return condition{m[1], func(v string) bool { return strings.EqualFold(v, want) }}, len(m[0])
	}
	if m := startsWith.FindStringSubmatch(text); m != nil && slices.Contains(f.single, m[1]) {
		want := strings.ToLower(unquote(m[2]))
		return condition{m[1], func(v string) bool { return strings.HasPrefix(strings.ToLower(v), want) }}, len(m[0])
	}
	if m := anyEquals.FindStringSubmatch(text); m != nil && slices.Contains(f.collections, m[1]) && m[2] == m[3] {
		want := unquote(m[4])
		return condition{m[1], func(v string) bool { return strings.EqualFold(v, want) }}, len(m[0])
	}
	return condition{}, 0
}

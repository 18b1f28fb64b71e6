package azure

import (
	"slices"
	"strings"
)

// MatchAction reports whether the pattern of a role covers an action: case does not matter, and *
// stands for any characters
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions). It is not
// path.Match, in which * does not stand for a slash.
func MatchAction(pattern, action string) bool {
	pattern, action = strings.ToLower(pattern), strings.ToLower(action)
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == action
	}
	if !strings.HasPrefix(action, parts[0]) {
		return false
	}
	action = action[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(action, p)
		if i < 0 {
			return false
		}
		action = action[i+len(p):]
	}
	return strings.HasSuffix(action, parts[len(parts)-1])
}

// MatchAnyAction reports whether one of the patterns covers an action.
func MatchAnyAction(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return MatchAction(p, action) })
}

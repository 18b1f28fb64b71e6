package rule

import (
	"path"
	"slices"
	"strings"
)

// Matches reports whether a text matches a pattern in which a star stands for any characters,
// slashes included, and a question mark for one.
func Matches(pattern, text string) bool {
	// path.Match stops at slashes, and gives brackets and backslashes, which property paths and
	// URNs have, a meaning.
	escaped := strings.NewReplacer("/", "\x00", "[", "\x01", "]", "\x02", "\\", "\x03")
	ok, err := path.Match(escaped.Replace(pattern), escaped.Replace(text))
	return err == nil && ok
}

// MatchesAny reports whether a text matches one of the patterns, without regard to case.
func MatchesAny(text string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return Matches(strings.ToLower(pattern), strings.ToLower(text))
	})
}

package names

import (
	"strings"
	"unicode/utf8"
)

// Meant is the candidate that word was most probably meant to be, case aside. There is none when all are too far
// away: more than a third of the word's letters would have to change.
func Meant(word string, candidates []string) (string, bool) {
	best, limit := "", utf8.RuneCountInString(word)/3+1
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(word), strings.ToLower(c)); d < limit {
			best, limit = c, d
		}
	}
	return best, best != ""
}

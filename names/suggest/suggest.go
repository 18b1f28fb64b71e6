// Package suggest finds the word that somebody meant, for the remedy of a problem.
package suggest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate that word was most probably meant to be, case aside. There is none
// when all are too far away: more than a third of the word's letters would have to change.
func Nearest(word string, candidates []string) (string, bool) {
	best, limit := "", utf8.RuneCountInString(word)/3+1
	for _, c := range candidates {
		if d := EditDistance(strings.ToLower(word), strings.ToLower(c)); d < limit {
			best, limit = c, d
		}
	}
	return best, best != ""
}

// Closest returns the n words of a list that are nearest to word, however far, case aside: the
// nearest first, equally near ones in the order of the list.
func Closest(word string, list []string, n int) []string {
	list = slices.Clone(list)
	want := strings.ToLower(word)
	distance := make(map[string]int, len(list))
	for _, name := range list {
		distance[name] = EditDistance(want, strings.ToLower(name))
	}
	slices.SortStableFunc(list, func(a, b string) int { return distance[a] - distance[b] })
	return list[:min(n, len(list))]
}

// EditDistance returns the number of letters to insert, remove or replace, or of neighbours to
// swap, that lead from a to b (optimal string alignment).
//
// It is our own, because the libraries that are well kept compute the Levenshtein distance, in
// which a swap, the commonest typing error, counts twice.
func EditDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	before := make([]int, len(to)+1)
	previous := make([]int, len(to)+1)
	current := make([]int, len(to)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(from); i++ {
		current[0] = i
		for j := 1; j <= len(to); j++ {
			cost := 1
			if from[i-1] == to[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(to)]
}

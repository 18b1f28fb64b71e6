package stacks

import "strings"

// nearest finds the candidate that word was most probably meant to be. It finds none when all are too far away: more
// than a third of the word's letters would have to change.
func nearest(word string, candidates []string) (string, bool) {
	best, bestDistance := "", len([]rune(word))/3+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, remove or replace, or of neighbours to swap, that lead from a to b
// (optimal string alignment). Swaps count once, because they are the commonest slip of the fingers.
func distance(a, b string) int {
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

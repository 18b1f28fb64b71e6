package azure_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func TestMatchAction(t *testing.T) {
	cases := map[string]struct {
		pattern, action string
		want            bool
	}{
		"the star alone covers all":          {"*", "A/b/c", true},
		"a star covers slashes":              {"A/*", "A/b/c/d", true},
		"a star in the middle":               {"A/*/read", "A/b/c/read", true},
		"a star needs what follows it":       {"A/*/read", "A/b/write", false},
		"prefix and suffix must not overlap": {"ab*b", "ab", false},
		"no star is equality":                {"A/read", "A/reads", false},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			if got := azure.MatchAction(c.pattern, c.action); got != c.want {
				t.Errorf("MatchAction(%q, %q) = %v", c.pattern, c.action, got)
			}
		})
	}
}

// TestMatchCoversWhatStarsReplace checks that a star covers any part of an action that it replaces.
func TestMatchActionCoversWhatStarsReplace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		action := rapid.StringMatching(`[a-c/]{1,12}`).Draw(t, "action")
		from := rapid.IntRange(0, len(action)).Draw(t, "from")
		to := rapid.IntRange(from, len(action)).Draw(t, "to")
		pattern := action[:from] + "*" + action[to:]
		if !azure.MatchAction(pattern, strings.ToUpper(action)) {
			t.Fatalf("%q does not cover %q", pattern, action)
		}
	})
}

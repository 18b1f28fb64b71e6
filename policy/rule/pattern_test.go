package rule_test

import (
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

func TestMatches(t *testing.T) {
	for reason, tc := range map[string]struct {
		pattern, text string
		want          bool
	}{
		"a star stands for slashes too":            {"https://*.oic.prod-aks.azure.com/*", "https://we.oic.prod-aks.azure.com/t/u/", true},
		"all of the text must match":               {"kube", "kube-system", false},
		"brackets have no special meaning":         {"a[0]*", "a[0].b", true},
		"a backslash has no special meaning":       {`a\*`, `a\b`, true},
		"a question mark stands for one character": {"ns-?", "ns-1", true},
		"an empty pattern matches an empty text":   {"", "", true},
	} {
		t.Run(reason, func(t *testing.T) {
			if got := rule.Matches(tc.pattern, tc.text); got != tc.want {
				t.Errorf("Matches(%q, %q) = %v", tc.pattern, tc.text, got)
			}
		})
	}
}

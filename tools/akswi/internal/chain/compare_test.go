package chain

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDifference(t *testing.T) {
	cases := map[string]struct{ reason, want, have, difference string }{
		"Same":          {"equal values do not differ", "https://a/", "https://a/", ""},
		"Empty":         {"an empty value is reported as such", "https://a/", "", "is empty"},
		"SlashMissing":  {"the most frequent mistake", "https://a/b/", "https://a/b", "lacks the slash at its end"},
		"SlashTooMany":  {"audiences have none", "api://A", "api://A/", "has a slash too many at its end"},
		"Blank":         {"pasted with a line end", "https://a/", "https://a/\n", "has white space around it"},
		"Case":          {"Entra compares case-sensitively", "api://AzureAD", "api://azuread", "differs in letter case only"},
		"CaseAndSlash":  {"two differences at once", "https://a/B/", "https://a/b", "differs in letter case and in the slash at its end"},
		"Scheme":        {"http never works", "https://a/", "http://a/", "says http where https is needed"},
		"SomethingElse": {"no known pattern", "https://a/", "https://b/", "differs"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := difference(tc.want, tc.have); got != tc.difference {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.difference, got)
			}
		})
	}
}

func TestSubjectDifferenceNamesTheParts(t *testing.T) {
	cases := map[string]struct{ reason, have, difference string }{
		"Namespace": {"another namespace", "system:serviceaccount:default:app", `names namespace "default" instead of "demo"`},
		"Account":   {"another service account", "system:serviceaccount:demo:web", `names service account "web" instead of "app"`},
		"Both": {
			"both are others", "system:serviceaccount:a:b",
			`names namespace "a" instead of "demo" and names service account "b" instead of "app"`,
		},
		"Form":     {"a GitHub subject on a cluster's credential", "repo:org/app:ref:refs/heads/main", "is not of the form system:serviceaccount:NAMESPACE:NAME"},
		"Wildcard": {"a wildcard is only a name", "system:serviceaccount:demo:*", `names service account "*" instead of "app"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := subjectDifference("system:serviceaccount:demo:app", tc.have); got != tc.difference {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.difference, got)
			}
		})
	}
}

func TestDifferenceIsEmptyOnlyForEqualValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringMatching(`[a-zA-Z/: ]{0,8}`).Draw(t, "want")
		have := rapid.StringMatching(`[a-zA-Z/: ]{0,8}`).Draw(t, "have")
		if (difference(want, have) == "") != (want == have) {
			t.Fatalf("difference(%q, %q) = %q", want, have, difference(want, have))
		}
		if (subjectDifference(want, have) == "") != (want == have) {
			t.Fatalf("subjectDifference(%q, %q) = %q", want, have, subjectDifference(want, have))
		}
	})
}

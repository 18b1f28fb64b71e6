package suggest

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearestOfParameters(t *testing.T) {
	candidates := []string{"allowedIssuers", "allowedTenants", "minimum"}
	for reason, tc := range map[string]struct {
		word, want string
		found      bool
	}{
		"a letter is missing":        {"allowedIssuer", "allowedIssuers", true},
		"case does not count":        {"ALLOWEDTENANTS", "allowedTenants", true},
		"half of it is different":    {"allowedXxxxxxs", "", false},
		"nothing is near":            {"replicas", "", false},
		"nothing is near to nothing": {"", "", false},
	} {
		t.Run(reason, func(t *testing.T) {
			got, found := Nearest(tc.word, candidates)
			if got != tc.want || found != tc.found {
				t.Errorf("Nearest(%q) = %q, %v, want %q, %v", tc.word, got, found, tc.want, tc.found)
			}
		})
	}
}

func TestNearestOfKeys(t *testing.T) {
	cases := map[string]struct {
		word string
		want string
	}{
		"Swap":            {word: "worklaods", want: "workloads"},
		"MissingLetter":   {word: "webhok", want: "webhook"},
		"OtherCase":       {word: "Vault", want: "vault"},
		"TooFar":          {word: "region", want: ""},
		"ShortWord":       {word: "x", want: ""},
		"Empty":           {word: "", want: ""},
		"OtherAlphabet":   {word: "vаult", want: "vault"}, // a Cyrillic а
		"FurtherThanHalf": {word: "clstr", want: ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := Nearest(tc.word, []string{"cluster", "vault", "webhook", "workloads"})
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("nearest to %q is %q, %t; want %q", tc.word, got, ok, tc.want)
			}
		})
	}
}

func TestEditDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"same", "same", 0}, {"ab", "ba", 1}} {
		if got := EditDistance(tc.a, tc.b); got != tc.want {
			t.Errorf("EditDistance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		d := EditDistance(a, b)
		if d != EditDistance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("EditDistance(%q, %q) = %d", a, b, d)
		}
	})
}

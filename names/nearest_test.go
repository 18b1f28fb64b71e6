package names

import "testing"

func TestMeant(t *testing.T) {
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
			got, found := Meant(tc.word, candidates)
			if got != tc.want || found != tc.found {
				t.Errorf("Meant(%q) = %q, %v, want %q, %v", tc.word, got, found, tc.want, tc.found)
			}
		})
	}
}

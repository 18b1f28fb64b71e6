package chain

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDifferenceSaysHow(t *testing.T) {
	cases := map[string]struct{ reason, want, have, says string }{
		"Same":          {"equal values do not differ", "https://a/", "https://a/", ""},
		"Empty":         {"nothing is not just another value", "https://a/", "", "is empty"},
		"SlashMissing":  {"the commonest break of all", "https://a/b/", "https://a/b", "lacks the slash at its end"},
		"SlashTooMany":  {"audiences have none", "api://A", "api://A/", "has a slash too many at its end"},
		"Blank":         {"pasted with a line end", "https://a/", "https://a/\n", "has white space around it"},
		"Case":          {"Entra compares case-sensitively", "api://AzureAD", "api://azuread", "differs in letter case only"},
		"CaseAndSlash":  {"two breaks at once", "https://a/B/", "https://a/b", "differs in letter case and in the slash at its end"},
		"Scheme":        {"http never works", "https://a/", "http://a/", "says http where https is needed"},
		"SomethingElse": {"no pattern", "https://a/", "https://b/", "differs"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := difference(tc.want, tc.have); got != tc.says {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.says, got)
			}
		})
	}
}

func TestSubjectDifferenceNamesTheParts(t *testing.T) {
	cases := map[string]struct{ reason, have, says string }{
		"Namespace": {"the namespace is another", "system:serviceaccount:default:app", `names namespace "default" instead of "demo"`},
		"Account":   {"the service account is another", "system:serviceaccount:demo:web", `names service account "web" instead of "app"`},
		"Both": {
			"both are", "system:serviceaccount:a:b",
			`names namespace "a" instead of "demo" and names service account "b" instead of "app"`,
		},
		"Form":     {"a GitHub subject on a cluster's credential", "repo:org/app:ref:refs/heads/main", "is not of the form system:serviceaccount:NAMESPACE:NAME"},
		"Wildcard": {"wildcards are only names", "system:serviceaccount:demo:*", `names service account "*" instead of "app"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := subjectDifference("system:serviceaccount:demo:app", tc.have); got != tc.says {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.says, got)
			}
		})
	}
}

func TestDifferenceIsSilentOnlyForEqualValues(t *testing.T) {
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

func TestParseClaimsRefusesWhatIsNoToken(t *testing.T) {
	for name, token := range map[string]string{"Empty": "", "Opaque": "abc", "NotBase64": "a.!.c", "NotJSON": "YQ.YQ.YQ", "NumberAsIssuer": "e30.eyJpc3MiOjF9."} {
		t.Run(name, func(t *testing.T) {
			if got, err := parseClaims(token); err == nil {
				t.Errorf("want an error, got %+v", got)
			}
		})
	}
}

func TestVaultOf(t *testing.T) {
	const vault = "/subscriptions/s/resourcegroups/rg/providers/microsoft.keyvault/vaults/shop"
	for _, resource := range []string{vault, vault + "/secrets/greeting", strings.Replace(vault, "microsoft.keyvault", "Microsoft.KeyVault", 1) + "/secrets/x"} {
		if got := vaultOf(resource); !strings.EqualFold(got, vault) {
			t.Errorf("vaultOf(%q) = %q", resource, got)
		}
	}
	if got := vaultOf("/subscriptions/s"); got != "/subscriptions/s" {
		t.Errorf("what is no vault stays as it is, got %q", got)
	}
}

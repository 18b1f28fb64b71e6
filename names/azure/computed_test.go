package azure

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFederatedCredentialName(t *testing.T) {
	cases := map[string]struct {
		reason                   string
		key, namespace, sa, want string
	}{
		"Plain": {
			reason: "the readable part names all three",
			key:    "main", namespace: "shop", sa: "web", want: "main-shop-web-b073f4dd3efa2245",
		},
		"Dots": {
			reason: "Azure allows no dots",
			key:    "main", namespace: "shop", sa: "web.v1", want: "main-shop-web-v1-",
		},
		"KeyStartsWithUnderscore": {
			reason: "the first character is a letter or digit",
			key:    "_", namespace: "shop", sa: "web", want: "shop-web-",
		},
		"NothingReadable": {
			reason: "there is a name even for what Kubernetes would refuse",
			want:   "fic-",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := FederatedCredentialName(tc.key, tc.namespace, tc.sa)
			if !strings.HasPrefix(got, tc.want) {
				t.Errorf("%s: %q, want it to start with %q", tc.reason, got, tc.want)
			}
		})
	}
}

// Carries R5, R16.
func TestFederatedCredentialNameIsAlwaysLegal(t *testing.T) {
	// The rule as Azure states it, not as this package does.
	legal := regexp.MustCompile(`^[a-zA-Z0-9]{1}[a-zA-Z0-9-_]{2,119}$`)
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}`), rapid.String()).Draw(t, "key")
		ns, sa := drawNamespace(t), drawServiceAccount(t)
		name := FederatedCredentialName(key, ns, sa)
		if !legal.MatchString(name) {
			t.Fatalf("%q", name)
		}
		if again := FederatedCredentialName(key, ns, sa); again != name {
			t.Fatalf("%q, then %q", name, again)
		}
	})
}

// Carries R5, R16.
func TestFederatedCredentialNamesDoNotCollide(t *testing.T) {
	type triple struct{ key, namespace, sa string }
	for reason, pair := range map[string][2]triple{
		"the border between key and namespace": {{"a-b", "c", "d"}, {"a", "b-c", "d"}},
		"the border to the service account":    {{"a", "b-c", "d"}, {"a", "b", "c-d"}},
		"dot and hyphen":                       {{"a", "b", "c.d"}, {"a", "b", "c-d"}},
		"what is cut off": {
			{"a", strings.Repeat("n", 63), strings.Repeat("s", 252) + "a"},
			{"a", strings.Repeat("n", 63), strings.Repeat("s", 252) + "b"},
		},
		"case, which Azure ignores": {{"A", "b", "c"}, {"a", "b", "c"}},
	} {
		x := FederatedCredentialName(pair[0].key, pair[0].namespace, pair[0].sa)
		y := FederatedCredentialName(pair[1].key, pair[1].namespace, pair[1].sa)
		if strings.EqualFold(x, y) {
			t.Errorf("%s: both are %q", reason, x)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		seen := map[string]triple{}
		for _, key := range []string{"a", "A", "a-b"} {
			for range 20 {
				x := triple{key, drawNamespace(t), drawServiceAccount(t)}
				name := strings.ToLower(FederatedCredentialName(x.key, x.namespace, x.sa))
				if y, taken := seen[name]; taken && x != y {
					t.Fatalf("%v and %v are both %q", x, y, name)
				}
				seen[name] = x
			}
		}
	})
}

func TestRoleAssignmentName(t *testing.T) {
	const (
		scope     = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/Data"
		principal = "99999999-0000-4000-8000-00000000cccc"
		reader    = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	)
	name := RoleAssignmentName(scope, principal, reader)
	// Fixed for ever: another value would replace every assignment there is.
	if want := "6d37ee81-44ad-5a51-a637-fa73f9269aa8"; name != want {
		t.Errorf("name = %s, want %s", name, want)
	}
	for reason, same := range map[string]string{
		"Azure ignores case in scopes":     RoleAssignmentName(strings.ToLower(scope), principal, reader),
		"a trailing slash does not count":  RoleAssignmentName(scope+"/", principal, reader),
		"GUIDs have no case":               RoleAssignmentName(scope, strings.ToUpper(principal), strings.ToUpper(reader)),
		"a definition id is the same role": RoleAssignmentName(scope, principal, "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/"+reader),
	} {
		if same != name {
			t.Errorf("%s: %s and %s", reason, same, name)
		}
	}
	for reason, other := range map[string]string{
		"another scope":     RoleAssignmentName(scope+"/x", principal, reader),
		"another principal": RoleAssignmentName(scope, reader, reader),
		"another role":      RoleAssignmentName(scope, principal, principal),
	} {
		if other == name {
			t.Errorf("%s has the same name", reason)
		}
	}
	version5 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	rapid.Check(t, func(t *rapid.T) {
		got := RoleAssignmentName(rapid.String().Draw(t, "scope"), rapid.String().Draw(t, "principal"), rapid.String().Draw(t, "role"))
		if !version5.MatchString(got) {
			t.Fatalf("%q is not a version 5 UUID", got)
		}
	})
}

// drawNamespace draws any legal namespace.
func drawNamespace(t *rapid.T) string {
	return rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`).Draw(t, "namespace")
}

// drawServiceAccount draws any legal service account, with dots.
func drawServiceAccount(t *rapid.T) string {
	label := `[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`
	s := rapid.StringMatching(label+`(\.`+label+`){0,3}`).Draw(t, "service account")
	return strings.TrimRight(s[:min(len(s), 253)], "-.")
}

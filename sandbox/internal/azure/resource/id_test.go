package resource

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestParseID(t *testing.T) {
	const sub = "/subscriptions/s"
	cases := map[string]struct {
		path string
		want ID
	}{
		"a resource":             {sub + "/resourceGroups/rg/providers/N.S/vaults/v", ID{Scope: sub + "/resourceGroups/rg", Subscription: "s", ResourceGroup: "rg", Namespace: "N.S", Types: []string{"vaults"}, Names: []string{"v"}}},
		"a child resource":       {sub + "/resourceGroups/rg/providers/N.S/vaults/v/secrets/x", ID{Scope: sub + "/resourceGroups/rg", Subscription: "s", ResourceGroup: "rg", Namespace: "N.S", Types: []string{"vaults", "secrets"}, Names: []string{"v", "x"}}},
		"a collection":           {sub + "/providers/N.S/vaults", ID{Scope: sub, Subscription: "s", Namespace: "N.S", Types: []string{"vaults"}}},
		"an extension resource":  {sub + "/resourcegroups/rg/providers/N.S/vaults/v/providers/A/roles/r", ID{Scope: sub + "/resourcegroups/rg/providers/N.S/vaults/v", Subscription: "s", ResourceGroup: "rg", Namespace: "A", Types: []string{"roles"}, Names: []string{"r"}}},
		"a resource group":       {sub + "/resourcegroups/rg/", ID{Scope: sub, Subscription: "s", ResourceGroup: "rg", Namespace: "Microsoft.Resources", Types: []string{"resourceGroups"}, Names: []string{"rg"}}},
		"a subscription":         {sub, ID{Subscription: "s", Namespace: "Microsoft.Resources", Types: []string{"subscriptions"}, Names: []string{"s"}}},
		"a tenant-level type":    {"/providers/A/roles", ID{Namespace: "A", Types: []string{"roles"}}},
		"the tenant, as a scope": {"/", ID{}},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got, err := ParseID(c.path)
			if err != nil {
				t.Fatalf("ParseID: %v", err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(ID{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseIDRefuses(t *testing.T) {
	for reason, path := range map[string]string{
		"an empty segment":                    "/subscriptions//resourceGroups/rg",
		"nothing after providers":             "/subscriptions/s/providers",
		"neither scope nor provider":          "/foo/bar",
		"a path too long without a namespace": "/subscriptions/s/resourceGroups/rg/more/things",
	} {
		t.Run(reason, func(t *testing.T) {
			if id, err := ParseID(path); err == nil {
				t.Errorf("ParseID(%q) = %+v", path, id)
			}
		})
	}
}

func TestAncestors(t *testing.T) {
	got := Ancestors("/subscriptions/S/resourceGroups/RG/providers/N.S/vaults/V/secrets/X")
	want := []string{
		"", "/subscriptions/s", "/subscriptions/s/resourcegroups/rg",
		"/subscriptions/s/resourcegroups/rg/providers/n.s/vaults/v", "/subscriptions/s/resourcegroups/rg/providers/n.s/vaults/v/secrets/x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestParseIDAnyPath checks that ParseID accepts or refuses any path without a panic, and that the
// last ancestor of an accepted one is its key.
func TestParseIDAnyPath(t *testing.T) {
	word := rapid.SampledFrom([]string{"subscriptions", "resourceGroups", "providers", "N.S", "a", "b", ""})
	rapid.Check(t, func(t *rapid.T) {
		path := "/" + strings.Join(rapid.SliceOfN(word, 0, 9).Draw(t, "segments"), "/")
		id, err := ParseID(path)
		if err != nil {
			return
		}
		if len(id.Types)-len(id.Names) > 1 || len(id.Names) > len(id.Types) {
			t.Fatalf("%q: %d types and %d names", path, len(id.Types), len(id.Names))
		}
		list := Ancestors(path)
		if last := list[len(list)-1]; last != Key("/"+strings.Trim(path, "/")) {
			t.Fatalf("the last ancestor of %q is %q", path, last)
		}
		id.Name()
		id.Parent()
	})
}

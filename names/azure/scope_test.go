package azure

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseScope(t *testing.T) {
	const group = "/subscriptions/s/resourceGroups/g"
	for reason, tc := range map[string]struct {
		id   string
		want Scope
	}{
		"a subscription":                     {"/subscriptions/s", Scope{Kind: ScopeSubscription}},
		"a resource group":                   {group, Scope{Kind: ScopeResourceGroup}},
		"ids have no case":                   {"/SUBSCRIPTIONS/s/RESOURCEGROUPS/g", Scope{Kind: ScopeResourceGroup}},
		"a management group":                 {"/providers/Microsoft.Management/managementGroups/root", Scope{Kind: ScopeManagementGroup}},
		"a management group in another case": {"/providers/microsoft.management/managementgroups/root", Scope{Kind: ScopeManagementGroup}},
		"a resource":                         {group + "/providers/Microsoft.KeyVault/vaults/kv", Scope{ScopeResource, "Microsoft.KeyVault/vaults"}},
		"a child of a resource":              {group + "/providers/Microsoft.KeyVault/vaults/kv/secrets/s", Scope{ScopeResource, "Microsoft.KeyVault/vaults/secrets"}},
		"an extension of a resource":         {group + "/providers/Microsoft.KeyVault/vaults/kv/providers/Microsoft.Insights/x/y", Scope{ScopeResource, "Microsoft.Insights/x"}},
		"a resource of the subscription":     {"/subscriptions/s/providers/Microsoft.Security/pricings/p", Scope{ScopeResource, "Microsoft.Security/pricings"}},
		"a resource of the tenant":           {"/providers/Microsoft.Billing/billingAccounts/b", Scope{ScopeResource, "Microsoft.Billing/billingAccounts"}},
		"a provider and nothing else":        {"/providers/Microsoft.Billing", Scope{ScopeResource, "Microsoft.Billing"}},
		"no provider at all":                 {"/providers", Scope{ScopeResource, ""}},
	} {
		if got := ParseScope(tc.id); got != tc.want {
			t.Errorf("%s: ParseScope(%q) = %+v, want %+v", reason, tc.id, got, tc.want)
		}
	}
}

func TestBroadScopes(t *testing.T) {
	for kind, want := range map[ScopeKind]bool{
		ScopeManagementGroup: true, ScopeSubscription: true, ScopeResourceGroup: false, ScopeResource: false,
	} {
		if got := kind.Broad(); got != want {
			t.Errorf("%s: broad = %t", kind, got)
		}
	}
}

func TestParseScopeNeverFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`(/(subscriptions|providers|Providers|resourceGroups|[a-z.]{0,3})){0,9}/?`).Draw(t, "id")
		switch s := ParseScope(id); s.Kind {
		case ScopeManagementGroup, ScopeSubscription, ScopeResourceGroup:
			if s.Type != "" {
				t.Fatalf("%q: %+v", id, s)
			}
		case ScopeResource:
		default:
			t.Fatalf("%q: %+v", id, s)
		}
	})
}

func TestScopeWithin(t *testing.T) {
	for reason, tc := range map[string]struct {
		inner, outer string
		want         bool
	}{
		"a scope lies in itself":            {"/subscriptions/s", "/subscriptions/S", true},
		"a group lies in its subscription":  {"/subscriptions/s/resourceGroups/g", "/subscriptions/s", true},
		"not the other way round":           {"/subscriptions/s", "/subscriptions/s/resourceGroups/g", false},
		"a longer name is another resource": {"/subscriptions/s/resourceGroups/gg", "/subscriptions/s/resourceGroups/g", false},
		"types nest as ids do":              {"Microsoft.KeyVault/vaults/secrets", "microsoft.keyvault/vaults", true},
		"another type":                      {"Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", false},
	} {
		if got := ScopeWithin(tc.inner, tc.outer); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
	}
}

// The case names are the reasons; an empty want means that the value is legal.
func TestValidateScope(t *testing.T) {
	for reason, tc := range map[string]struct {
		validate func(string) error
		in, want string
	}{
		"a resource's scope":            {ValidateScope, "/subscriptions/s/resourceGroups/g", ""},
		"a management group's scope":    {ValidateScope, "/providers/Microsoft.Management/managementGroups/g", ""},
		"no scope":                      {ValidateScope, "", "required"},
		"a scope that is a name":        {ValidateScope, "my-vault", "/subscriptions/"},
		"a scope with a trailing slash": {ValidateScope, "/subscriptions/s/", "slash"},
		"a scope with an empty segment": {ValidateScope, "/subscriptions//resourceGroups/g", "slash"},
		"a scope with a wildcard":       {ValidateScope, "/subscriptions/*", "wildcard"},
	} {
		t.Run(reason, func(t *testing.T) {
			checkError(t, reason, tc.validate(tc.in), tc.want)
		})
	}
}

package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Carries R12.
func TestGrant(t *testing.T) {
	r := run(t, full)
	principal := pulumitest.GUID("shop-identity", "principal")
	scope := "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/data"
	want := map[string]any{
		"scope": scope, "principalId": principal, "principalType": "ServicePrincipal",
		"roleAssignmentName": azure.RoleAssignmentName(scope, principal, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
		"roleDefinitionId":   "/subscriptions/" + pulumitest.SubscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
		"condition":          "@Resource[x] StringEquals 'y'", "conditionVersion": "2.0", "description": "reads",
	}
	// The role was named by its GUID; the child's name is the one that its name would give.
	got := r.Get(t, grantType, "shop-grant-data.storage-blob-data-reader").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRoleDefinitionFollowsSubscription(t *testing.T) {
	const managementGroup = "/providers/Microsoft.Management/managementGroups/root"
	cases := map[string]struct{ scope, subscription, want string }{
		"of the scope":               {scope: vaultID, want: "/subscriptions/" + pulumitest.SubscriptionID},
		"none at a management group": {scope: managementGroup, want: ""},
		"of the argument": {
			scope: managementGroup, subscription: "22222222-2222-4333-8444-555555555555", want: "/subscriptions/22222222-2222-4333-8444-555555555555",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := minimal(c)
				args.Grants = []workload.GrantArgs{{Role: "Reader", Scope: pulumi.String(tc.scope), ScopeKey: "x"}}
				if tc.subscription != "" {
					args.SubscriptionId = pulumi.String(tc.subscription)
				}
				return args
			})
			want := tc.want + "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
			if got := r.Get(t, grantType, "shop-grant-x.reader").Inputs["roleDefinitionId"].StringValue(); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestGrantGraphs(t *testing.T) {
	for name, tc := range map[string]struct {
		change  func(*workload.FederatedWorkloadArgs)
		options pulumitest.Options
	}{
		"grants-lookup":   {lookedUp, options()},
		"grants-custom":   {customRoles, options()},
		"grants-policies": {policies, with(getVault, pulumitest.ExistingVault(false))},
		"grants-sql":      {sql, options()},
	} {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Matrix(t, tc.options, []string{"azure-native"}, plain(tc.change))
			pulumitest.Golden(t, name, r.Graph())
		})
	}
}

func TestInvalidGrants(t *testing.T) {
	grant := workload.GrantArgs{Role: "Reader", Scope: pulumi.String(vaultID), ScopeKey: "vault"}
	with := func(change func(*workload.GrantArgs)) *workload.FederatedWorkloadArgs {
		g := grant
		change(&g)
		return granted(g)
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty grant lacks everything": {
			Args: granted(workload.GrantArgs{}),
			Want: []pulumitest.Problem{
				{Path: "grants[0].role", Text: "required"},
				{Path: "grants[0].scope", Text: "required"},
				{Path: "grants[0].scopeKey", Text: "short name"},
			},
		},
		"a misspelt role": {
			Args: with(func(g *workload.GrantArgs) { g.Role = "Key Vault Secret User" }),
			Want: []pulumitest.Problem{{Path: "grants[0].role", Text: `did you mean "Key Vault Secrets User"`}},
		},
		"a scope that is no resource id": {
			Args: with(func(g *workload.GrantArgs) { g.Scope = pulumi.String("kv") }),
			Want: []pulumitest.Problem{{Path: "grants[0].scope", Text: "/subscriptions/"}},
		},
		"a scope key with a slash": {
			Args: with(func(g *workload.GrantArgs) { g.ScopeKey = "a/b" }),
			Want: []pulumitest.Problem{{Path: "grants[0].scopeKey", Text: "letters, digits"}},
		},
		"the same grant twice, once by name and once by id": {
			Args: granted(grant, workload.GrantArgs{Role: "acdd72a7-3385-48ef-bd42-f606fba81ae7", Scope: pulumi.String(vaultID), ScopeKey: "vault"}),
			Want: []pulumitest.Problem{{Path: "grants[1]", Text: "grants[0]"}},
		},
	}, newWorkload)
}

// A wide scope that only Azure knows is warned about when it is known, and once.
func TestWarningOfALaterScope(t *testing.T) {
	r := try(t, options(), func(a *workload.FederatedWorkloadArgs) {
		a.Grants = []workload.GrantArgs{{Role: "Reader", Scope: later(subscriptionID), ScopeKey: "x"}}
	})
	checkWarnings(t, r, []string{"on a whole subscription"})
}

func TestGrantWarnings(t *testing.T) {
	role := func(role, scope string) func(*workload.FederatedWorkloadArgs) {
		return func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Role: role, Scope: pulumi.String(scope), ScopeKey: "x"}}
		}
	}
	runWarnings(t, map[string]warningCase{
		"a resource":         {role("Reader", vaultID), nil},
		"a resource group":   {role("Reader", groupID), nil},
		"a subscription":     {role("Reader", subscriptionID), []string{`grants[0] gives role "Reader" on a whole subscription (` + subscriptionID}},
		"a management group": {role("Reader", managementID), []string{"on a whole management group"}},
		"a role that only its GUID names, on a subscription": {
			role("00000000-1111-4222-8333-444444444444", subscriptionID), []string{`gives role "00000000-1111-4222-8333-444444444444" on a whole`},
		},
		"a preset's custom role, on a subscription": {func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Preset: workload.ListRoleAssignments, Scope: pulumi.String(subscriptionID), ScopeKey: "x"}}
		}, []string{`gives role "listRoleAssignments" on a whole subscription`}},
		"Owner":       {role("Owner", groupID), []string{`grants[0] gives role "Owner" on "x", which manages everything there and gives roles`}},
		"Contributor": {role("contributor", groupID), []string{`gives role "Contributor"`}},
		"User Access Administrator, by GUID": {
			role("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", groupID), []string{`gives role "User Access Administrator"`},
		},
		"Role Based Access Control Administrator": {role("Role Based Access Control Administrator", groupID), []string{"gives roles to anybody"}},
		"Owner of a subscription":                 {role("Owner", subscriptionID), []string{"manages everything", "on a whole subscription"}},
	})
}

func TestInvalidWaysOfGranting(t *testing.T) {
	pulumitest.Invalid(t, map[string]invalidCase{
		"a role said twice": {
			Args: one(func(g *workload.GrantArgs) { g.Preset = workload.ReadBlobs }),
			Want: []pulumitest.Problem{{Path: "grants[0].preset", Text: "leave out role, or this"}},
		},
		"a role said three times": {
			Args: one(func(g *workload.GrantArgs) { g.Preset, g.CustomRole = workload.ReadBlobs, customRole(nil) }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole", Text: "leave out role and customRole, or this"}},
		},
		"a preset that does not exist": {
			Args: one(func(g *workload.GrantArgs) { g.Role, g.Preset = "", "readSecret" }),
			Want: []pulumitest.Problem{{Path: "grants[0].preset", Text: `did you mean "readSecrets"? There are readSecrets, manageSecrets`}},
		},
		"a preset for vaults on a storage account": {
			Args: one(func(g *workload.GrantArgs) { g.Role, g.Preset = "", workload.ReadSecrets }),
			Want: []pulumitest.Problem{{Path: "grants[0].scope", Text: `"readSecrets" is for Microsoft.KeyVault/vaults, not for Microsoft.Storage/storageAccounts`}},
		},
		"a condition on a role that none can limit": {
			Args: granted(workload.GrantArgs{Role: "Reader", Scope: pulumi.String(storageID), ScopeKey: "x", Condition: pulumi.String("x")}),
			Want: []pulumitest.Problem{{Path: "grants[0].condition", Text: "the role would hold without it"}},
		},
		"a condition on a custom role that none can limit": {
			Args: granted(workload.GrantArgs{CustomRole: customRole(nil), Scope: pulumi.String(storageID), ScopeKey: "x", Condition: pulumi.String("x")}),
			Want: []pulumitest.Problem{{Path: "grants[0].condition", Text: `role "Shop lists roles" has no data actions`}},
		},
		"an empty condition": {
			Args: one(func(g *workload.GrantArgs) { g.Condition = pulumi.String("") }),
			Want: []pulumitest.Problem{{Path: "grants[0].condition", Text: "leave it out"}},
		},
		"condition and description too long": {
			Args: one(func(g *workload.GrantArgs) {
				g.Condition, g.Description = pulumi.String(strings.Repeat("x", 8193)), pulumi.String(strings.Repeat("x", 2049))
			}),
			Want: []pulumitest.Problem{
				{Path: "grants[0].condition", Text: "8193 bytes: Azure allows at most 8192"},
				{Path: "grants[0].description", Text: "2049 bytes: Azure allows at most 2048"},
			},
		},
	}, newWorkload)
}

func TestGrantsThatReadSecrets(t *testing.T) {
	custom := func(data, not []string) workload.GrantArgs {
		return workload.GrantArgs{CustomRole: &workload.CustomRoleArgs{DataActions: data, NotDataActions: not}}
	}
	getSecret := []string{azure.ActionReadSecret}
	for reason, tc := range map[string]struct {
		grant workload.GrantArgs
		want  bool
	}{
		"a role that does":                  {workload.GrantArgs{Role: "Key Vault Secrets User"}, true},
		"a role that does not":              {workload.GrantArgs{Role: "Reader"}, false},
		"a role that only Azure knows":      {workload.GrantArgs{Role: pulumitest.ObjectID}, true},
		"a role that does not exist":        {workload.GrantArgs{Role: "Key Vault Secret User"}, true},
		"a preset that does":                {workload.GrantArgs{Preset: workload.ReadSecrets}, true},
		"a preset that does not":            {workload.GrantArgs{Preset: workload.ReadBlobs}, false},
		"a preset with a custom role":       {workload.GrantArgs{Preset: workload.ListRoleAssignments}, false},
		"a preset that does not exist":      {workload.GrantArgs{Preset: "readSecret"}, true},
		"a custom role that does":           {custom(getSecret, nil), true},
		"a wildcard":                        {custom([]string{"Microsoft.KeyVault/vaults/*"}, nil), true},
		"a wildcard that leaves it out":     {custom([]string{"Microsoft.KeyVault/vaults/*"}, getSecret), false},
		"a custom role that does not":       {custom(nil, nil), false},
		"a grant that names no role at all": {workload.GrantArgs{}, true},
	} {
		if got := tc.grant.ReadsSecrets(); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
	}
}

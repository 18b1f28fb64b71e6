package workload_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func named(kind workload.ResourceKind, name string) *workload.ResourceArgs {
	return &workload.ResourceArgs{Kind: kind, Name: pulumi.String(name), ResourceGroupName: pulumi.String("data")}
}

// lookedUp grants on every kind of resource, by name.
func lookedUp(a *workload.FederatedWorkloadArgs) {
	a.Grants = []workload.GrantArgs{
		{Preset: workload.ReadBlobs, Resource: named("storageAccount", "shop1"), ScopeKey: "blobs"},
		{Preset: workload.ReadSecrets, Resource: named("vault", "kv-shop"), ScopeKey: "vault"},
		{Preset: workload.PullImages, Resource: named("registry", "shop1"), ScopeKey: "images"},
		{Role: "Reader", Resource: named("sqlServer", "sql-shop"), ScopeKey: "sql"},
		{Preset: workload.ReadLogs, Resource: named("workspace", "log-shop"), ScopeKey: "logs"},
		{Role: "Reader", Resource: &workload.ResourceArgs{Kind: "resourceGroup", Name: pulumi.String("data")}, ScopeKey: "data"},
		{Preset: workload.ReadCluster, Resource: named("managedCluster", "aks"), ScopeKey: "cluster"},
	}
}

// Carries R12.
func TestLookedUpScopes(t *testing.T) {
	r := try(t, options(), lookedUp)
	for key, want := range map[string]string{
		"blobs.storage-blob-data-reader": "/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/shop1",
		"vault.key-vault-secrets-user":   "/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-shop",
		"images.acrpull":                 "/resourceGroups/data/providers/Microsoft.ContainerRegistry/registries/shop1",
		"sql.reader":                     "/resourceGroups/data/providers/Microsoft.Sql/servers/sql-shop",
		"logs.log-analytics-reader":      "/resourceGroups/data/providers/Microsoft.OperationalInsights/workspaces/log-shop",
		"data.reader":                    "/resourceGroups/data",
		"cluster.reader":                 "/resourceGroups/data/providers/Microsoft.ContainerService/managedClusters/aks",
	} {
		if got := r.Get(t, grantType, "shop-grant-"+key).Inputs["scope"].StringValue(); got != subscriptionID+want {
			t.Errorf("%s: scope = %s", key, got)
		}
	}
}

// A lookup happens in a preview too, unless its names come from what the preview does not know.
func TestLookupsInAPreview(t *testing.T) {
	o := options()
	o.DryRun = true
	r := try(t, o, lookedUp)
	if r.Err != nil || len(r.Calls) != 7 {
		t.Errorf("calls = %v, error = %v", r.Calls, r.Err)
	}
	r = try(t, o, func(a *workload.FederatedWorkloadArgs) {
		unknown := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "x" }).(pulumi.StringOutput)
		lookedUp(a)
		policies(a)
		sql(a)
		for i := range a.Grants {
			a.Grants[i].Resource.Name = unknown
		}
		for i := range a.VaultPolicies {
			a.VaultPolicies[i].VaultName = unknown
		}
		a.SqlServerAdmin.ServerName = unknown
	})
	if r.Err != nil || len(r.Calls) != 0 {
		t.Errorf("calls = %v, error = %v", r.Calls, r.Err)
	}
	if got := len(r.ByType(grantType)) + len(r.ByType(policyType)) + len(r.ByType(adminType)); got != 10 {
		t.Errorf("the preview shows %d of 10 resources:\n%s", got, r.Graph())
	}
}

// Roles that are not about a vault's data are given on any vault.
func TestManagementRolesFitEveryVault(t *testing.T) {
	r := try(t, with(getVault, pulumitest.ExistingVault(false)), func(a *workload.FederatedWorkloadArgs) {
		a.Grants = []workload.GrantArgs{{Role: "Reader", Resource: named("vault", "kv-old"), ScopeKey: "x"}}
	})
	if r.Err != nil {
		t.Error(r.Err)
	}
}

func TestScopesThatFailLater(t *testing.T) {
	checkLater(t, map[string]laterCase{
		"a scope that is no resource id": {
			args: granted(workload.GrantArgs{Role: "Reader", Scope: later("kv"), ScopeKey: "x"}),
			want: []string{`grants[0].scope of workload "shop"`},
		},
		"a resource that is not there": {
			args: granting(workload.GrantArgs{Preset: workload.ReadBlobs, Resource: named("storageAccount", "missing1"), ScopeKey: "x"}),
			want: []string{`grants[0].resource of workload "shop": there is no storage account "missing1" in resource group "data"`, "by scope"},
		},
		"one scope under two keys": {
			args: granting(workload.GrantArgs{Role: "Reader", Scope: later(vaultID), ScopeKey: "a"}, workload.GrantArgs{Role: "Reader", Scope: later(strings.ToLower(vaultID)), ScopeKey: "b"}),
			want: []string{`grants[0] and grants[1] both give role "Reader"`, "leave one out"},
		},
		"one scope by id and by name": {
			args: granting(workload.GrantArgs{Role: "Reader", Scope: pulumi.String(storageID), ScopeKey: "a"}, workload.GrantArgs{Role: "Reader", Resource: named("storageAccount", "shop1"), ScopeKey: "b"}),
			want: []string{`grants[0] and grants[1] both give role "Reader"`},
		},
		"a preset on what turns out to be something else": {
			args: granting(workload.GrantArgs{Preset: workload.ReadSecrets, Scope: later(storageID), ScopeKey: "x"}),
			want: []string{`grants[0].scope of workload "shop": preset "readSecrets" is for Microsoft.KeyVault/vaults`},
		},
		"a role for a vault that uses access policies": {
			options: with(getVault, pulumitest.ExistingVault(false)),
			args:    granting(workload.GrantArgs{Preset: workload.ReadSecrets, Resource: named("vault", "kv-old"), ScopeKey: "x"}),
			want:    []string{`vault "kv-old" uses access policies`, "use vaultPolicies"},
		},
		"an old vault that says nothing uses access policies": {
			options: with(getVault, func(args resource.PropertyMap) (resource.PropertyMap, error) {
				found, err := pulumitest.ExistingVault(false)(args)
				if err == nil {
					delete(found["properties"].ObjectValue(), "enableRbacAuthorization")
				}
				return found, err
			}),
			args: granting(workload.GrantArgs{Preset: workload.ReadSecrets, Resource: named("vault", "kv-old"), ScopeKey: "x"}),
			want: []string{"uses access policies"},
		},
	})
}

func TestInvalidScopes(t *testing.T) {
	pulumitest.Invalid(t, map[string]invalidCase{
		"a preset for vaults on a registry by name": {
			Args: one(func(g *workload.GrantArgs) {
				g.Role, g.Preset, g.Scope, g.Resource = "", workload.ReadSecrets, nil, named("registry", "shop1")
			}),
			Want: []pulumitest.Problem{{Path: "grants[0].resource.kind", Text: "not for Microsoft.ContainerRegistry/registries"}},
		},
		"a scope and a resource": {
			Args: one(func(g *workload.GrantArgs) { g.Resource = named("storageAccount", "shop1") }),
			Want: []pulumitest.Problem{{Path: "grants[0].resource", Text: "leave out scope or resource"}},
		},
		"an empty resource": {
			Args: one(func(g *workload.GrantArgs) { g.Scope, g.Resource = nil, &workload.ResourceArgs{} }),
			Want: []pulumitest.Problem{
				{Path: "grants[0].resource.kind", Text: "a kind is required: one of storageAccount, vault, "},
				{Path: "grants[0].resource.name", Text: "required"},
			},
		},
		"a resource of which only the kind is known": {
			Args: one(func(g *workload.GrantArgs) { g.Scope, g.Resource = nil, &workload.ResourceArgs{Kind: "storageAccount"} }),
			Want: []pulumitest.Problem{
				{Path: "grants[0].resource.resourceGroupName", Text: "required"},
				{Path: "grants[0].resource.name", Text: "a name is required: the storage account's own"},
			},
		},
		"kinds have a case": {
			Args: one(func(g *workload.GrantArgs) { g.Scope, g.Resource = nil, named("Vault", "shop") }),
			Want: []pulumitest.Problem{{Path: "grants[0].resource.kind", Text: `"Vault" is not one of storageAccount, vault, `}},
		},
		"a kind that cannot be looked up": {
			Args: one(func(g *workload.GrantArgs) { g.Scope, g.Resource = nil, named("redis", "shop") }),
			Want: []pulumitest.Problem{{Path: "grants[0].resource.kind", Text: "by its id, as scope"}},
		},
		"names that Azure does not have": {
			Args: one(func(g *workload.GrantArgs) {
				g.Scope, g.Resource = nil, named("storageAccount", "Shop-1")
				g.Resource.ResourceGroupName = pulumi.String("data.")
			}),
			Want: []pulumitest.Problem{
				{Path: "grants[0].resource.resourceGroupName", Text: "full stop"},
				{Path: "grants[0].resource.name", Text: "3 to 24 lower-case"},
			},
		},
		"an id for a name": {
			Args: one(func(g *workload.GrantArgs) { g.Scope, g.Resource = nil, named("storageAccount", storageID) }),
			Want: []pulumitest.Problem{{Path: "grants[0].resource.name", Text: "is an id"}},
		},
		"a resource group in a resource group": {
			Args: one(func(g *workload.GrantArgs) { g.Scope, g.Resource = nil, named("resourceGroup", "data") }),
			Want: []pulumitest.Problem{{Path: "grants[0].resource.resourceGroupName", Text: "leave it out"}},
		},
		"one scope under two keys": {
			Args: granted(
				workload.GrantArgs{Role: "Reader", Scope: pulumi.String(vaultID), ScopeKey: "a"},
				workload.GrantArgs{Role: "Reader", Scope: pulumi.String(strings.ToUpper(vaultID[:20]) + vaultID[20:]), ScopeKey: "b"},
			),
			Want: []pulumitest.Problem{{Path: "grants[1]", Text: `grants[0] gives role "Reader" on`}},
		},
		"one resource under two keys, by preset and by role": {
			Args: granted(
				workload.GrantArgs{Role: "Key Vault Secrets User", Resource: named("vault", "kv-shop"), ScopeKey: "a"},
				workload.GrantArgs{Preset: workload.ReadSecrets, Resource: named("vault", "KV-shop"), ScopeKey: "b"},
			),
			Want: []pulumitest.Problem{{Path: "grants[1]", Text: `already, under scope key "a"`}},
		},
	}, newWorkload)
}

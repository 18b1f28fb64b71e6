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

func TestPresetsGiveTheirRoles(t *testing.T) {
	for preset, tc := range map[workload.Preset]struct{ role, guid string }{
		workload.ReadSecrets: {"key-vault-secrets-user", "4633458b-17de-408a-b874-0445c86b69e6"},
		workload.WriteBlobs:  {"storage-blob-data-contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"},
		workload.PullImages:  {"acrpull", "7f951dda-4ed3-4680-a7ca-43fe172d538d"},
		workload.ReadCluster: {"reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7"},
	} {
		r := try(t, options(), func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Preset: preset, Scope: pulumi.String(groupID), ScopeKey: "data"}}
		})
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		// The name is that which the role by name gives: changing over replaces nothing.
		got := r.Get(t, grantType, "shop-grant-data."+tc.role).Inputs["roleDefinitionId"].StringValue()
		if !strings.HasSuffix(got, "/roleDefinitions/"+tc.guid) {
			t.Errorf("%s gives %s", preset, got)
		}
	}
}

func TestEveryPresetWorks(t *testing.T) {
	presets := enum(t, workload.GrantArgs{}, "preset")
	r := try(t, options(), func(a *workload.FederatedWorkloadArgs) {
		for _, preset := range presets {
			a.Grants = append(a.Grants, workload.GrantArgs{Preset: workload.Preset(preset), Scope: pulumi.String(groupID), ScopeKey: "data"})
		}
	})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if got, want := len(r.ByType(grantType)), len(presets); got != want {
		t.Errorf("%d role assignments for %d presets", got, want)
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

// Carries R15.
func TestCustomRole(t *testing.T) {
	r := try(t, options(), customRoles)
	guid := azure.RoleDefinitionName(subscriptionID, "Shop reads blobs")
	want := map[string]any{
		"roleName": "Shop reads blobs", "roleType": "CustomRole", "description": "and not their tags",
		"roleDefinitionId": guid, "scope": subscriptionID, "assignableScopes": []any{subscriptionID},
		"permissions": []any{map[string]any{
			"actions": []any{}, "notActions": []any{},
			"dataActions":    []any{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"},
			"notDataActions": []any{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read"},
		}},
	}
	definition := r.Get(t, roleType, "shop-role-blobs.shop-reads-blobs")
	if diff := cmp.Diff(want, definition.Inputs.Mappable()); diff != "" {
		t.Errorf("definition (-want +got):\n%s", diff)
	}
	assignment := r.Get(t, grantType, "shop-grant-blobs.shop-reads-blobs")
	principal := pulumitest.GUID("shop-identity", "principal")
	want = map[string]any{
		"scope": storageID, "principalId": principal, "principalType": "ServicePrincipal",
		"roleAssignmentName": azure.RoleAssignmentName(storageID, principal, guid),
		"roleDefinitionId":   subscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/" + guid,
		"condition":          "@Resource[x] StringEquals 'y'", "conditionVersion": "2.0",
	}
	if diff := cmp.Diff(want, assignment.Inputs.Mappable()); diff != "" {
		t.Errorf("assignment (-want +got):\n%s", diff)
	}
	// What is assigned is deleted before what it names: the edge orders both ways.
	if !r.Reaches(assignment, definition) || r.Reaches(definition, assignment) {
		t.Errorf("the assignment must wait for its definition, and not the other way round:\n%s", r.Graph())
	}
	own := r.Get(t, roleType, "shop-role-data.shop-lists-roles").Inputs
	if got := own["assignableScopes"].ArrayValue()[0].StringValue(); got != groupID || own["scope"].StringValue() != groupID {
		t.Errorf("a role without scopes is assignable at %s, want the grant's scope", got)
	}
	if got := r.Get(t, roleType, "shop-role-data.list-role-assignments").Inputs["roleName"].StringValue(); got != "listRoleAssignments (project/test, shop, data)" {
		t.Errorf("the preset's role is called %q: a tenant has it once", got)
	}
}

// Carries R13.
func TestVaultPolicy(t *testing.T) {
	r := try(t, with(getVault, pulumitest.ExistingVault(false)), policies)
	want := map[string]any{
		"resourceGroupName": "data", "vaultName": "kv-keys",
		"policy": map[string]any{
			"objectId": pulumitest.GUID("shop-identity", "principal"), "tenantId": pulumitest.TenantID,
			"permissions": map[string]any{"keys": []any{"wrapKey"}, "certificates": []any{"get"}},
		},
	}
	got := r.Get(t, policyType, "shop-vaultpolicy-keys").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Carries R14.
func TestSqlOutputs(t *testing.T) {
	r := try(t, options(), sql)
	client := pulumitest.GUID("shop-identity", "client")
	sid, err := azure.SQLSID(client)
	if err != nil {
		t.Fatal(err)
	}
	scripts := r.Exports["sqlScripts"].Value.(map[string]string)
	for key, want := range map[string][]string{
		"orders": {"IF DB_NAME() <> N'orders'", "CREATE USER [shop] WITH SID = " + sid + ", TYPE = E;", "ALTER ROLE [db_datareader] ADD MEMBER [shop];"},
		"stock":  {"IF DB_NAME() <> N'stock'", "CREATE USER [web] WITH SID = " + sid + ", TYPE = E;", "ALTER ROLE [db_datawriter] ADD MEMBER [web];"},
	} {
		for _, text := range want {
			if !strings.Contains(scripts[key], text) {
				t.Errorf("script %q lacks %q:\n%s", key, text, scripts[key])
			}
		}
	}
	if len(scripts) != 2 || r.Exports["sqlScripts"].Secret {
		t.Errorf("scripts = %v", r.Exports["sqlScripts"])
	}
	want := map[string]any{
		"resourceGroupName": "data", "serverName": "sql-shop", "login": "shop", "administratorName": "ActiveDirectory",
		"administratorType": "ActiveDirectory", "sid": pulumitest.GUID("shop-identity", "principal"), "tenantId": pulumitest.TenantID,
	}
	if diff := cmp.Diff(want, r.Get(t, adminType, "shop-sqladmin").Inputs.Mappable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWithoutSqlThereAreNoScripts(t *testing.T) {
	r := try(t, options(), func(*workload.FederatedWorkloadArgs) {})
	if got := r.Exports["sqlScripts"]; !got.Known || len(got.Value.(map[string]string)) != 0 {
		t.Errorf("scripts = %v", got)
	}
}

// A lookup happens in a preview too, unless its names come from what the preview
// does not know.
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

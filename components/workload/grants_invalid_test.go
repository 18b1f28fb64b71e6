package workload_test

import (
	"strings"
	"testing"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func one(change func(*workload.GrantArgs)) *workload.FederatedWorkloadArgs {
	g := workload.GrantArgs{Role: "Storage Blob Data Reader", Scope: pulumi.String(storageID), ScopeKey: "blobs"}
	change(&g)
	return granted(g)
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

func TestInvalidCustomRoles(t *testing.T) {
	custom := func(scope string, change func(*workload.CustomRoleArgs)) *workload.FederatedWorkloadArgs {
		return granted(workload.GrantArgs{CustomRole: customRole(change), Scope: pulumi.String(scope), ScopeKey: "x"})
	}
	scopes := func(list ...string) pulumi.StringArrayInput { return pulumi.ToStringArray(list) }
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty role": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { *r = workload.CustomRoleArgs{} }),
			Want: []pulumitest.Problem{
				{Path: "grants[0].customRole.name", Text: "unique in the whole tenant"},
				{Path: "grants[0].customRole.actions", Text: "at least one of actions or dataActions"},
			},
		},
		"everything at once": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) {
				r.Name, r.Description = "reader", pulumi.String(strings.Repeat("é", 2049))
				r.Actions = []string{"*", "read", readAssignments, strings.ToUpper(readAssignments)}
				r.NotDataActions = []string{"Microsoft.X/y/list"}
			}),
			Want: []pulumitest.Problem{
				{Path: "grants[0].customRole.name", Text: "is a built-in role"},
				{Path: "grants[0].customRole.description", Text: "2049 characters: Azure allows at most 2048"},
				{Path: "grants[0].customRole.actions[0]", Text: "allow everything"},
				{Path: "grants[0].customRole.actions[1]", Text: "is not an action"},
				{Path: "grants[0].customRole.actions[3]", Text: "actions[2] is the same"},
				{Path: "grants[0].customRole.notDataActions[0]", Text: "is not an action"},
				{Path: "grants[0].customRole.notDataActions", Text: "no dataActions to take them away from"},
			},
		},
		"nothing to take actions away from": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) {
				r.Actions, r.NotActions, r.DataActions = nil, []string{readAssignments}, []string{"Microsoft.X/y/read"}
			}),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.notActions", Text: "they deny nothing"}},
		},
		"data actions on a management group": {
			Args: custom(managementID, func(r *workload.CustomRoleArgs) { r.DataActions = []string{"Microsoft.X/y/read"} }),
			Want: []pulumitest.Problem{{Path: "grants[0].scope", Text: "with data actions is forbidden on a management group"}},
		},
		"data actions assignable in a management group": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) {
				r.DataActions, r.AssignableScopes = []string{"Microsoft.X/y/read"}, scopes(managementID)
			}),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "forbidden in a management group"}},
		},
		"two management groups": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes(managementID, managementID+"2") }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "Azure allows one"}},
		},
		"nowhere assignable": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes() }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "leave it out"}},
		},
		"a scope that is none": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes("/") }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "not a resource id"}},
		},
		"not assignable where it is granted": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes(groupID + "2") }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "lies in none of them"}},
		},
		"one name for two roles": {
			Args: granted(
				workload.GrantArgs{CustomRole: customRole(nil), Scope: pulumi.String(groupID), ScopeKey: "a"},
				workload.GrantArgs{CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.Name = strings.ToUpper(r.Name) }), Scope: pulumi.String(vaultID), ScopeKey: "b"},
			),
			Want: []pulumitest.Problem{{Path: "grants[1].customRole.name", Text: "grants[0] defines custom role"}},
		},
	}, newWorkload)
}

// Carries R13.
func TestInvalidVaultPolicies(t *testing.T) {
	of := func(list ...workload.VaultPolicyArgs) *workload.FederatedWorkloadArgs {
		return valid(func(a *workload.FederatedWorkloadArgs) { a.VaultPolicies = list })
	}
	policy := workload.VaultPolicyArgs{Key: "kv", VaultName: pulumi.String("kv-shop"), ResourceGroupName: pulumi.String("data"), SecretPermissions: []keyvault.SecretPermissions{"get"}}
	changed := func(change func(*workload.VaultPolicyArgs)) workload.VaultPolicyArgs {
		p := policy
		change(&p)
		return p
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty policy": {
			Args: of(workload.VaultPolicyArgs{}),
			Want: []pulumitest.Problem{
				{Path: "vaultPolicies[0].key", Text: "a short name of the policy is required"},
				{Path: "vaultPolicies[0].vaultName", Text: "a name is required"},
				{Path: "vaultPolicies[0].resourceGroupName", Text: "a resource group is required"},
				{Path: "vaultPolicies[0]", Text: "allows nothing"},
			},
		},
		"words that are no permissions": {
			Args: of(changed(func(p *workload.VaultPolicyArgs) {
				p.SecretPermissions = []keyvault.SecretPermissions{"Get", "read", "list", "list"}
				p.KeyPermissions, p.CertificatePermissions = []keyvault.KeyPermissions{"wrapkey"}, []keyvault.CertificatePermissions{"sign"}
			})),
			Want: []pulumitest.Problem{
				{Path: "vaultPolicies[0].secretPermissions[3]", Text: "secretPermissions[2] is the same"},
				{Path: "vaultPolicies[0].secretPermissions[0]", Text: `"Get" is not allowed: did you mean "get"?`},
				{Path: "vaultPolicies[0].secretPermissions[1]", Text: `"read" is not allowed: use one of get, list, set`},
				{Path: "vaultPolicies[0].keyPermissions[0]", Text: `did you mean "wrapKey"?`},
				{Path: "vaultPolicies[0].certificatePermissions[0]", Text: `"sign" is not allowed: use one of get, list, create`},
			},
		},
		"names that Azure does not have": {
			Args: of(changed(func(p *workload.VaultPolicyArgs) {
				p.Key, p.VaultName, p.ResourceGroupName = "a.b", pulumi.String("kv--shop"), pulumi.String("")
			})),
			Want: []pulumitest.Problem{
				{Path: "vaultPolicies[0].key", Text: "letters, digits"},
				{Path: "vaultPolicies[0].vaultName", Text: "single hyphens"},
				{Path: "vaultPolicies[0].resourceGroupName", Text: "a name is required"},
			},
		},
		"one key for two policies": {
			Args: of(policy, changed(func(p *workload.VaultPolicyArgs) { p.VaultName = pulumi.String("kv-other") })),
			Want: []pulumitest.Problem{{Path: "vaultPolicies[1].key", Text: `vaultPolicies[0] has the key "kv"`}},
		},
		"one vault for two policies": {
			Args: of(policy, changed(func(p *workload.VaultPolicyArgs) { p.Key, p.VaultName = "other", pulumi.String("KV-shop") })),
			Want: []pulumitest.Problem{{Path: "vaultPolicies[1].vaultName", Text: "merge them"}},
		},
	}, newWorkload)
}

func TestInvalidSql(t *testing.T) {
	of := func(list ...workload.SqlUserArgs) *workload.FederatedWorkloadArgs {
		return valid(func(a *workload.FederatedWorkloadArgs) { a.SqlUsers = list })
	}
	admin := func(a workload.SqlServerAdminArgs) *workload.FederatedWorkloadArgs {
		return valid(func(w *workload.FederatedWorkloadArgs) { w.SqlServerAdmin = &a })
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty user": {
			Args: of(workload.SqlUserArgs{}),
			Want: []pulumitest.Problem{
				{Path: "sqlUsers[0].key", Text: "a short name of the script is required"},
				{Path: "sqlUsers[0].database", Text: "a name is required"},
			},
		},
		"names that a script cannot hold": {
			Args: of(workload.SqlUserArgs{Key: "a/b", Database: "a\nGO", UserName: `CORP\web`, Roles: []string{"$(x)", "", "db_owner", "DB_OWNER"}}),
			Want: []pulumitest.Problem{
				{Path: "sqlUsers[0].key", Text: "letters, digits"},
				{Path: "sqlUsers[0].database", Text: "control character"},
				{Path: "sqlUsers[0].userName", Text: "Windows domain"},
				{Path: "sqlUsers[0].roles[0]", Text: "sqlcmd"},
				{Path: "sqlUsers[0].roles[1]", Text: "required"},
				{Path: "sqlUsers[0].roles[3]", Text: "roles[2] is the same"},
			},
		},
		"one key for two scripts": {
			Args: of(workload.SqlUserArgs{Key: "db", Database: "a"}, workload.SqlUserArgs{Key: "db", Database: "b"}),
			Want: []pulumitest.Problem{{Path: "sqlUsers[1].key", Text: `sqlUsers[0] has the key "db"`}},
		},
		"an administrator of nothing": {
			Args: admin(workload.SqlServerAdminArgs{}),
			Want: []pulumitest.Problem{
				{Path: "sqlServerAdmin.serverName", Text: "required"},
				{Path: "sqlServerAdmin.resourceGroupName", Text: "required"},
			},
		},
		"a server by its host name, and a login that is none": {
			Args: admin(workload.SqlServerAdminArgs{
				ServerName: pulumi.String("sql.database.windows.net"), ResourceGroupName: pulumi.String("data"), Login: pulumi.String(""),
			}),
			Want: []pulumitest.Problem{
				{Path: "sqlServerAdmin.serverName", Text: "host name"},
				{Path: "sqlServerAdmin.login", Text: "a name is required"},
			},
		},
	}, newWorkload)
}

func TestComponentNameThatIsNoSqlUser(t *testing.T) {
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
		_, err := workload.NewFederatedWorkload(ctx, `team\shop`, valid(func(a *workload.FederatedWorkloadArgs) {
			a.SqlUsers = []workload.SqlUserArgs{{Key: "orders", Database: "orders"}}
		}))
		return err
	}, options())
	pulumitest.CheckProblems(t, r.Err, []pulumitest.Problem{{Path: "sqlUsers[0].userName", Text: "name the user"}})
}

package workload_test

import (
	"testing"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const (
	roleType   = "azure-native:authorization:RoleDefinition"
	policyType = "azure-native:keyvault:AccessPolicy"
	adminType  = "azure-native:sql:ServerAzureADAdministrator"

	subscriptionID = "/subscriptions/" + pulumitest.SubscriptionID
	groupID        = subscriptionID + "/resourceGroups/data"
	storageID      = groupID + "/providers/Microsoft.Storage/storageAccounts/shop1"
	managementID   = "/providers/Microsoft.Management/managementGroups/root"

	readAssignments = "Microsoft.Authorization/roleAssignments/read"
	getVault        = "azure-native:keyvault:getVault"
	getAdmin        = "azure-native:sql:getServerAzureADAdministrator"
)

// with lays a fake function over the standard ones.
func with(token string, call pulumitest.FakeCall) pulumitest.Options {
	o := options()
	o.Fakes.Calls = map[string]pulumitest.FakeCall{token: call}
	return o
}

// plain builds a workload without federations, and exports what grants give.
func plain(change func(*workload.FederatedWorkloadArgs)) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		w, err := workload.NewFederatedWorkload(ctx, name, valid(func(a *workload.FederatedWorkloadArgs) {
			a.Federations = nil
			change(a)
		}), opts...)
		if err != nil {
			return err
		}
		ctx.Export("roleAssignmentIds", w.RoleAssignmentIds)
		ctx.Export("sqlScripts", w.SqlScripts)
		return nil
	}
}

// try runs a workload that may fail.
func try(t *testing.T, o pulumitest.Options, change func(*workload.FederatedWorkloadArgs)) *pulumitest.Result {
	t.Helper()
	return pulumitest.Try(t, func(ctx *pulumi.Context) error { return plain(change)(ctx, "shop") }, o)
}

func named(kind workload.ResourceKind, name string) *workload.ResourceArgs {
	return &workload.ResourceArgs{Kind: kind, Name: pulumi.String(name), ResourceGroupName: pulumi.String("data")}
}

func customRole(change func(*workload.CustomRoleArgs)) *workload.CustomRoleArgs {
	r := &workload.CustomRoleArgs{Name: "Shop lists roles", Actions: []string{readAssignments}}
	if change != nil {
		change(r)
	}
	return r
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

// customRoles defines roles of its own, on a scope of its own and over wider ones.
func customRoles(a *workload.FederatedWorkloadArgs) {
	a.Grants = []workload.GrantArgs{
		{CustomRole: customRole(nil), Scope: pulumi.String(groupID), ScopeKey: "data"},
		{Preset: workload.ListRoleAssignments, Scope: pulumi.String(groupID), ScopeKey: "data"},
		{
			CustomRole: customRole(func(r *workload.CustomRoleArgs) {
				r.Name, r.Description = "Shop reads blobs", pulumi.String("and not their tags")
				r.Actions = nil
				r.DataActions = []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"}
				r.NotDataActions = []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read"}
				r.AssignableScopes = pulumi.StringArray{pulumi.String(subscriptionID)}
			}),
			Scope: pulumi.String(storageID), ScopeKey: "blobs", Condition: pulumi.String("@Resource[x] StringEquals 'y'"),
		},
	}
}

func policies(a *workload.FederatedWorkloadArgs) {
	a.VaultPolicies = []workload.VaultPolicyArgs{
		{Key: "old", VaultName: pulumi.String("kv-old"), ResourceGroupName: pulumi.String("data"), SecretPermissions: []keyvault.SecretPermissions{"get", "list"}},
		{Key: "keys", VaultName: pulumi.String("kv-keys"), ResourceGroupName: pulumi.String("data"), KeyPermissions: []keyvault.KeyPermissions{"wrapKey"}, CertificatePermissions: []keyvault.CertificatePermissions{"get"}},
	}
}

func sql(a *workload.FederatedWorkloadArgs) {
	a.SqlUsers = []workload.SqlUserArgs{
		{Key: "orders", Database: "orders"},
		{Key: "stock", Database: "stock", UserName: "web", Roles: []string{"db_datareader", "db_datawriter"}},
	}
	a.SqlServerAdmin = &workload.SqlServerAdminArgs{ServerName: pulumi.String("sql-shop"), ResourceGroupName: pulumi.String("data")}
}

package workload

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// FederatedWorkloadArgs describes a FederatedWorkload.
type FederatedWorkloadArgs struct {
	// Identity selects the identity that the pods use. Default: a new user-assigned identity.
	Identity *IdentityArgs `pulumi:"identity,optional"`
	// ResourceGroupName is where a new user-assigned identity is created. Required for
	// UserAssigned, refused otherwise.
	ResourceGroupName pulumi.StringPtrInput `pulumi:"resourceGroupName,optional"`
	// Location is the region of a new user-assigned identity. Default: the provider's location
	// setting, else the resource group's region.
	Location pulumi.StringPtrInput `pulumi:"location,optional"`
	// Tags go to the new user-assigned identity. (Entra applications have no resource tags.)
	// Default: none.
	Tags pulumi.StringMapInput `pulumi:"tags,optional"`

	// Targets are the clusters whose service accounts use the identity. Default: none, and then
	// every federation names its issuer.
	Targets []Target `pulumi:"targets,optional"`
	// ServiceAccount has the settings that the service accounts of all federations share.
	ServiceAccount *ServiceAccountArgs `pulumi:"serviceAccount,optional"`
	// Federations are the service accounts that may use the identity: at most 20 that are enabled,
	// a limit of Entra's, where one with several targets counts once for each. Each (key,
	// namespace, service account) only once. The component writes one credential after the other,
	// as Azure requires; two components cannot wait for each other, so do not use one identity in
	// two components. Default: one for ServiceAccount, if that has a namespace.
	Federations []FederationArgs `pulumi:"federations,optional"`

	// Grants are the identity's role assignments. Each (scope, role) only once. Default: none.
	Grants []GrantArgs `pulumi:"grants,optional"`
	// VaultPolicies are the identity's access policies, on vaults that use them instead of roles.
	// Each vault only once. Default: none.
	VaultPolicies []VaultPolicyArgs `pulumi:"vaultPolicies,optional"`
	// SqlUsers are the identity's users in databases. The component writes the scripts that create
	// them, as the output SqlScripts; it does not run them. Default: none.
	SqlUsers []SqlUserArgs `pulumi:"sqlUsers,optional"`
	// SqlServerAdmin makes the identity the administrator of a SQL server, which has only one.
	// Prefer SqlUsers. Default: none.
	SqlServerAdmin *SqlServerAdminArgs `pulumi:"sqlServerAdmin,optional"`

	// TenantId is the tenant that the webhook injects by default, from the cluster's tenantId
	// output. Where the identity's tenant differs, the service account gets the tenant-id
	// annotation. Clusters of other tenants have Target.TenantId. Default: the same tenant.
	TenantId pulumi.StringPtrInput `pulumi:"tenantId,optional"`
	// SubscriptionId is the subscription in whose scope role definitions are named: a GUID.
	// Default: the one in each grant's scope.
	SubscriptionId pulumi.StringPtrInput `pulumi:"subscriptionId,optional"`
	// Cloud is the Azure cloud, whose authority and default audience go into PodAnnotations:
	// AzurePublicCloud (the default), AzureUSGovernment or AzureChinaCloud. The webhook projects
	// one audience in all of them. Give the webhook the same.
	Cloud azure.Cloud `pulumi:"cloud,optional"`
}

// Validate returns an error that reports all problems of the arguments of a workload of that name,
// as far as their values are known. It unwraps to *errors.InputPropertiesError. Validate registers
// nothing; NewFederatedWorkload calls it.
func (args *FederatedWorkloadArgs) Validate(name string) error {
	if args == nil {
		args = &FederatedWorkloadArgs{}
	}
	var l problem.List
	args.checkIdentity(&l)
	args.checkTargets(&l, name)
	args.checkServiceAccount(&l, name)
	args.checkFederations(&l, name)
	args.checkGrants(&l)
	args.checkVaultPolicies(&l)
	args.checkSqlUsers(&l, name)
	args.checkSqlServerAdmin(&l)
	if id, ok := known.String(args.TenantId); ok && !azure.IsGUID(id) {
		l.Add("tenantId", fmt.Sprintf("%q is not a tenant", id), "use the directory's GUID, not its domain")
	}
	if id, ok := known.String(args.SubscriptionId); ok && !azure.IsGUID(id) {
		l.Add("subscriptionId", fmt.Sprintf("%q is not a subscription", id), "use its GUID, not its name")
	}
	arguments.Check(&l, "", args)
	return arguments.Err("workload", name, &l)
}

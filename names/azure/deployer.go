package azure

import (
	"encoding/json"
	"slices"
)

// Need is a kind of thing that a stack deploys, as far as its deployer needs rights for it.
type Need string

// Needs.
const (
	// NeedChecks are the reads of `akswi preflight`, and of the subscription at a login.
	NeedChecks Need = "checks before a deployment"
	// NeedResourceGroup is a resource group that the stack creates.
	NeedResourceGroup Need = "resource group"
	// NeedCluster is an AKS cluster with its pools, and the credentials of the Kubernetes provider.
	NeedCluster Need = "AKS cluster"
	// NeedExistingCluster is a cluster that the stack only signs in to.
	NeedExistingCluster Need = "existing AKS cluster"
	// NeedSubnet is a subnet that a cluster's nodes join.
	NeedSubnet Need = "subnet of a cluster"
	// NeedAssignIdentity is an existing identity that a cluster gets.
	NeedAssignIdentity Need = "identity of a cluster"
	// NeedWorkspace is a workspace that a cluster sends logs to.
	NeedWorkspace Need = "Log Analytics workspace of a cluster"
	// NeedIdentity is a new user-assigned identity.
	NeedIdentity Need = "user-assigned identity"
	// NeedFederation are the federated credentials of a user-assigned identity.
	NeedFederation Need = "federated credential"
	// NeedRoleAssignment is a role assignment.
	NeedRoleAssignment Need = "role assignment"
	// NeedCustomRole is a custom role.
	NeedCustomRole Need = "custom role"
	// NeedVault is a Key Vault with secrets.
	NeedVault Need = "Key Vault"
	// NeedVaultPolicy is an access policy of a vault.
	NeedVaultPolicy Need = "access policy of a vault"
	// NeedSQLAdministrator is the Entra administrator of a SQL server.
	NeedSQLAdministrator Need = "administrator of a SQL server"
)

// need is a Need with the actions of the Azure control plane for it.
type need struct {
	need    Need
	actions []string
}

// deployerNeeds are the actions of the requests that azure-native makes for the resource types of
// each need: read before and after a write, write, delete, and the list operations of its
// functions. Names:
// https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations. The
// end-to-end tests deploy everything with exactly these.
var deployerNeeds = []need{
	{NeedChecks, []string{
		"Microsoft.Authorization/permissions/read",
		"Microsoft.Compute/locations/usages/read",
		"Microsoft.Compute/skus/read",
		"Microsoft.ContainerService/locations/kubernetesVersions/read",
		"Microsoft.KeyVault/checkNameAvailability/read",
		"Microsoft.KeyVault/deletedVaults/read",
		"Microsoft.PolicyInsights/checkPolicyRestrictions/read",
		"Microsoft.Resources/subscriptions/locations/read",
		"Microsoft.Resources/subscriptions/providers/read",
		"Microsoft.Resources/subscriptions/read",
	}},
	{NeedResourceGroup, []string{
		"Microsoft.Resources/subscriptions/operationresults/read",
		"Microsoft.Resources/subscriptions/resourceGroups/delete",
		"Microsoft.Resources/subscriptions/resourceGroups/read",
		"Microsoft.Resources/subscriptions/resourceGroups/write",
	}},
	{NeedCluster, []string{
		"Microsoft.ContainerService/locations/operationresults/read",
		"Microsoft.ContainerService/locations/operations/read",
		"Microsoft.ContainerService/managedClusters/agentPools/delete",
		"Microsoft.ContainerService/managedClusters/agentPools/read",
		"Microsoft.ContainerService/managedClusters/agentPools/write",
		"Microsoft.ContainerService/managedClusters/delete",
		"Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
		"Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
		"Microsoft.ContainerService/managedClusters/maintenanceConfigurations/delete",
		"Microsoft.ContainerService/managedClusters/maintenanceConfigurations/read",
		"Microsoft.ContainerService/managedClusters/maintenanceConfigurations/write",
		"Microsoft.ContainerService/managedClusters/read",
		"Microsoft.ContainerService/managedClusters/write",
	}},
	{NeedExistingCluster, []string{
		"Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
		"Microsoft.ContainerService/managedClusters/read",
	}},
	{NeedSubnet, []string{"Microsoft.Network/virtualNetworks/subnets/join/action", "Microsoft.Network/virtualNetworks/subnets/read"}},
	{NeedAssignIdentity, []string{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", "Microsoft.ManagedIdentity/userAssignedIdentities/read"}},
	{NeedWorkspace, []string{"Microsoft.OperationalInsights/workspaces/read", "Microsoft.OperationalInsights/workspaces/sharedKeys/read"}},
	{NeedIdentity, []string{
		"Microsoft.ManagedIdentity/userAssignedIdentities/delete",
		"Microsoft.ManagedIdentity/userAssignedIdentities/read",
		"Microsoft.ManagedIdentity/userAssignedIdentities/write",
	}},
	{NeedFederation, []string{
		"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete",
		"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
		"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
		"Microsoft.ManagedIdentity/userAssignedIdentities/read",
	}},
	{NeedRoleAssignment, []string{
		"Microsoft.Authorization/roleAssignments/delete",
		"Microsoft.Authorization/roleAssignments/read",
		"Microsoft.Authorization/roleAssignments/write",
		"Microsoft.Authorization/roleDefinitions/read",
	}},
	{NeedCustomRole, []string{
		"Microsoft.Authorization/roleDefinitions/delete",
		"Microsoft.Authorization/roleDefinitions/read",
		"Microsoft.Authorization/roleDefinitions/write",
	}},
	{NeedVault, []string{
		"Microsoft.KeyVault/vaults/delete",
		"Microsoft.KeyVault/vaults/read",
		"Microsoft.KeyVault/vaults/secrets/read",
		"Microsoft.KeyVault/vaults/secrets/write",
		"Microsoft.KeyVault/vaults/write",
	}},
	{NeedVaultPolicy, []string{"Microsoft.KeyVault/vaults/accessPolicies/write", "Microsoft.KeyVault/vaults/read"}},
	{NeedSQLAdministrator, []string{
		"Microsoft.Sql/servers/administrators/delete",
		"Microsoft.Sql/servers/administrators/read",
		"Microsoft.Sql/servers/administrators/write",
		"Microsoft.Sql/servers/read",
	}},
}

// DeployerActions returns the actions that a deployer needs for each need, at the scope where the
// thing is: sorted, each once.
func DeployerActions(needs ...Need) []string {
	var actions []string
	for _, n := range deployerNeeds {
		if slices.Contains(needs, n.need) {
			actions = append(actions, n.actions...)
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// DeployerNeeds lists all needs.
func DeployerNeeds() []Need {
	var list []Need
	for _, n := range deployerNeeds {
		list = append(list, n.need)
	}
	return list
}

// DeployerRoleName is the name of the custom role that has a deployer's rights and no others.
const DeployerRoleName = "AKS Workload Identity Deployer"

// DeployerRole returns the definition of that role as JSON, in the form that `az role definition
// create` reads. The scope is where the role can be assigned, such as a subscription's resource id.
func DeployerRole(scope string, needs ...Need) ([]byte, error) {
	return json.MarshalIndent(struct {
		Name, Description                                string
		IsCustom                                         bool
		Actions, NotActions, DataActions, NotDataActions []string
		AssignableScopes                                 []string
	}{
		DeployerRoleName, "Deploys AKS clusters with workload identities: what the program of this name does, and nothing else.", true,
		DeployerActions(needs...), []string{}, []string{}, []string{}, []string{scope},
	}, "", "  ")
}

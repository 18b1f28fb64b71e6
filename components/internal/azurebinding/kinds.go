package azurebinding

import "github.com/aks-workload-identity/aks-workload-identity/names/azure"

// Kind is a kind of resource that can be looked up by name.
type Kind struct {
	// Noun is the kind's name in messages.
	Noun string
	// Type is the resource type, by which package azure knows the rule for its name.
	Type string
	// Token is the provider's function.
	Token string
	// NameArgument is the function's argument for the resource's name.
	NameArgument string
	// InGroup is true for all kinds but resource groups, which are in no resource group.
	InGroup bool
}

// The kinds of resources.
var (
	StorageAccount = Kind{"storage account", azure.TypeStorageAccount, "azure-native:storage:getStorageAccount", "accountName", true}
	Vault          = Kind{"vault", azure.TypeVault, "azure-native:keyvault:getVault", "vaultName", true}
	Registry       = Kind{"container registry", azure.TypeContainerRegistry, "azure-native:containerregistry:getRegistry", "registryName", true}
	SqlServer      = Kind{"SQL server", azure.TypeSQLServer, "azure-native:sql:getServer", "serverName", true}
	Workspace      = Kind{"Log Analytics workspace", azure.TypeWorkspace, "azure-native:operationalinsights:getWorkspace", "workspaceName", true}
	ResourceGroup  = Kind{"resource group", azure.TypeResourceGroup, "azure-native:resources:getResourceGroup", "resourceGroupName", false}
	ManagedCluster = Kind{"managed cluster", azure.TypeManagedCluster, "azure-native:containerservice/v20250101:getManagedCluster", "resourceName", true}
)

// ValidateName checks a resource's name.
func (k Kind) ValidateName(name string) error { return azure.ValidateResourceName(k.Type, name) }

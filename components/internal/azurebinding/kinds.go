package azurebinding

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Kind is a kind of resource that can be looked up by name.
type Kind struct {
	// Name is the kind's name in arguments.
	Name string
	// Noun is what messages call one.
	Noun string
	// Type is the resource type, by which package names knows the rule for its
	// name.
	Type string
	// Token is the provider's function.
	Token string
	// NameArgument is what that function calls the resource's name.
	NameArgument string
	// InGroup says that it lies in a resource group, which is so for all but
	// resource groups.
	InGroup bool
}

// Kinds that packages name.
var (
	Vault     = Kind{"vault", "vault", azure.TypeVault, "azure-native:keyvault:getVault", "vaultName", true}
	SqlServer = Kind{"sqlServer", "SQL server", azure.TypeSQLServer, "azure-native:sql:getServer", "serverName", true}
)

// kinds is the table; its order is that of the documentation.
var kinds = []Kind{
	{"storageAccount", "storage account", azure.TypeStorageAccount, "azure-native:storage:getStorageAccount", "accountName", true},
	Vault,
	{"registry", "container registry", azure.TypeContainerRegistry, "azure-native:containerregistry:getRegistry", "registryName", true},
	SqlServer,
	{"workspace", "Log Analytics workspace", azure.TypeWorkspace, "azure-native:operationalinsights:getWorkspace", "workspaceName", true},
	{"resourceGroup", "resource group", azure.TypeResourceGroup, "azure-native:resources:getResourceGroup", "resourceGroupName", false},
	{"managedCluster", "managed cluster", azure.TypeManagedCluster, "azure-native:containerservice/v20250101:getManagedCluster", "resourceName", true},
}

// Kinds lists the names of all kinds.
func Kinds() []string {
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = k.Name
	}
	return list
}

// KindOf finds a kind by name.
func KindOf(name string) (Kind, error) {
	for _, k := range kinds {
		if k.Name == name {
			return k, nil
		}
	}
	if name == "" {
		return Kind{}, problem.New("a kind is required", fmt.Sprintf("one of %s", strings.Join(Kinds(), ", ")))
	}
	return Kind{}, problem.New(fmt.Sprintf("%q is not one of %s", name, strings.Join(Kinds(), ", ")), "grant on another resource by its id, as scope")
}

// ValidateName checks a resource's name.
func (k Kind) ValidateName(name string) error { return azure.ValidateResourceName(k.Type, name) }

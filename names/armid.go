package names

import (
	"fmt"
	"strings"
)

// Resource types that arguments name, by id or by name.
const (
	TypeContainerRegistry    = "Microsoft.ContainerRegistry/registries"
	TypeManagedCluster       = "Microsoft.ContainerService/managedClusters"
	TypePrivateDNSZone       = "Microsoft.Network/privateDnsZones"
	TypeResourceGroup        = "Microsoft.Resources/resourceGroups"
	TypeSQLServer            = "Microsoft.Sql/servers"
	TypeStorageAccount       = "Microsoft.Storage/storageAccounts"
	TypeSubnet               = "Microsoft.Network/virtualNetworks/subnets"
	TypeUserAssignedIdentity = "Microsoft.ManagedIdentity/userAssignedIdentities"
	TypeVault                = "Microsoft.KeyVault/vaults"
	TypeWorkspace            = "Microsoft.OperationalInsights/workspaces"
)

// ValidateResourceID checks that an id is that of a resource of the given type in
// a resource group. Case does not count, as in Azure.
// Source: learn.microsoft.com, "Azure Resource Manager: resourceId".
func ValidateResourceID(id, resourceType string) error {
	if err := ValidateScope(id); err != nil {
		return err
	}
	provider, kinds, _ := strings.Cut(resourceType, "/")
	form := "/subscriptions/{id}/resourceGroups/{name}/providers/" + provider
	for _, kind := range strings.Split(kinds, "/") {
		form += "/" + kind + "/{name}"
	}
	want, got := strings.Split(form, "/"), strings.Split(id, "/")
	if len(got) != len(want) {
		return fmt.Errorf("%q is not the id of a %s: it has the form %s", id, resourceType, form)
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && !strings.EqualFold(got[i], want[i]) {
			return fmt.Errorf("%q is not the id of a %s: it has the form %s", id, resourceType, form)
		}
	}
	return nil
}

// ParentID is the id of the resource that the last two segments belong to: the
// virtual network of a subnet, for example.
func ParentID(id string) string {
	for range 2 {
		i := strings.LastIndex(id, "/")
		if i < 0 {
			return ""
		}
		id = id[:i]
	}
	return id
}

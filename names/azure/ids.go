package azure

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
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

// IsGUID reports whether s is a GUID in the usual 8-4-4-4-12 form, in either case.
func IsGUID(s string) bool {
	// uuid.Validate accepts other forms too; only this one has 36 characters.
	return len(s) == 36 && uuid.Validate(s) == nil
}

// ValidateResourceID checks that an id is that of a resource of the given type in a resource group.
// Case does not count, as in Azure. Source: learn.microsoft.com, "Azure Resource Manager:
// resourceId".
func ValidateResourceID(id, resourceType string) error {
	if err := ValidateScope(id); err != nil {
		return err
	}
	provider, kinds, _ := strings.Cut(resourceType, "/")
	form := "/subscriptions/{id}/resourceGroups/{name}/providers/" + provider
	for _, kind := range strings.Split(kinds, "/") {
		form += "/" + kind + "/{name}"
	}
	wrong := problem.New(fmt.Sprintf("%q is not the id of a %s", id, resourceType), "it has the form "+form)
	want, got := strings.Split(form, "/"), strings.Split(id, "/")
	if len(got) != len(want) {
		return wrong
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && !strings.EqualFold(got[i], want[i]) {
			return wrong
		}
	}
	return nil
}

// ParentID returns the id of the resource that the last two segments belong to: the virtual network
// of a subnet, for example.
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

// SubscriptionOf returns the subscription in a resource id, or "" if it has none.
func SubscriptionOf(id string) string {
	parts := strings.Split(id, "/")
	if len(parts) < 3 || parts[0] != "" || !strings.EqualFold(parts[1], "subscriptions") {
		return ""
	}
	return parts[2]
}

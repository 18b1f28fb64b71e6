package names

import (
	"fmt"
	"strings"
)

// Resource types of ids that a cluster's arguments name.
const (
	TypeUserAssignedIdentity = "Microsoft.ManagedIdentity/userAssignedIdentities"
	TypeContainerRegistry    = "Microsoft.ContainerRegistry/registries"
	TypeSubnet               = "Microsoft.Network/virtualNetworks/subnets"
	TypePrivateDNSZone       = "Microsoft.Network/privateDnsZones"
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

package graph

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// RoleOf returns the role of a role assignment, when it is known.
func RoleOf(r *Resource) (azure.Role, bool) {
	id, ok := r.Get("roleDefinitionId").KnownText()
	if !ok {
		return azure.Role{}, false
	}
	role, err := azure.LookupRole(id)
	return role, err == nil
}

// dataRoles are the beginnings of the names of built-in roles, and the resources whose data they
// are about.
var dataRoles = []struct{ prefix, resourceType string }{
	{"Key Vault ", TypeVault},
	{"Storage Blob Data ", TypeStorageAccount},
	{"Storage Queue Data ", TypeStorageAccount},
	{"Storage Table Data ", TypeStorageAccount},
	{"Storage File Data ", TypeStorageAccount},
}

// controlRoles are roles whose names begin like those of data roles, although they are not.
var controlRoles = map[string]bool{"Key Vault Contributor": true, "Key Vault Reader": true}

// DataTypeOf returns the canonical type of the resources whose data a built-in role is about; empty
// for other roles.
func DataTypeOf(role azure.Role) string {
	if controlRoles[role.Name] {
		return ""
	}
	for _, d := range dataRoles {
		if strings.HasPrefix(role.Name, d.prefix) {
			return d.resourceType
		}
	}
	return ""
}

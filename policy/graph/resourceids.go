package graph

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// nameProperties are the input properties that name the resources with an id that rules compare,
// and their types in Azure.
var nameProperties = map[string]struct{ azureType, property string }{
	TypeManagedCluster:       {azure.TypeManagedCluster, "resourceName"},
	TypeUserAssignedIdentity: {azure.TypeUserAssignedIdentity, "resourceName"},
	TypeVault:                {azure.TypeVault, "vaultName"},
	TypeStorageAccount:       {azure.TypeStorageAccount, "accountName"},
	TypeSQLServer:            {azure.TypeSQLServer, "serverName"},
}

// IDSuffix returns the end of a resource's id, in lower case:
// resourcegroups/<group>/providers/<type>/<name>. Pulumi does not show ids to policies, so it is
// computed from the inputs. It is empty while they are not known.
func IDSuffix(r *Resource) string {
	t, ok := nameProperties[r.Type]
	if !ok {
		return ""
	}
	group, hasGroup := r.Get("resourceGroupName").KnownText()
	name, hasName := r.Get(t.property).KnownText()
	if !hasName {
		name, hasName = r.Output("name").KnownText()
	}
	if !hasGroup || !hasName {
		return ""
	}
	return strings.ToLower("resourcegroups/" + group + "/providers/" + t.azureType + "/" + name)
}

// ParseIDSuffix returns what IDSuffix returns for the resource with an id, or for the one that
// contains it; empty for other ids.
func ParseIDSuffix(id string) string {
	_, rest, found := strings.Cut(strings.ToLower(id), "/resourcegroups/")
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	// group, "providers", namespace, type, name
	if !found || len(parts) < 5 {
		return ""
	}
	return "resourcegroups/" + strings.Join(parts[:5], "/")
}

package rules

import (
	"regexp"
	"strings"
)

// armTypes are the resource types in ids, and the properties that name the resource.
var armTypes = map[string]struct{ path, name string }{
	managedCluster: {"microsoft.containerservice/managedclusters", "resourceName"},
	userAssigned:   {"microsoft.managedidentity/userassignedidentities", "resourceName"},
	keyVault:       {"microsoft.keyvault/vaults", "vaultName"},
	storageAccount: {"microsoft.storage/storageaccounts", "accountName"},
	sqlServer:      {"microsoft.sql/servers", "serverName"},
}

// armName is the end of a resource's id, in lower case: resourcegroups/<group>/providers/<type>/<name>. Pulumi does not
// show ids to policies, so it is made of the inputs. It is empty while they are not known.
func armName(r *Resource) string {
	t, ok := armTypes[r.Type]
	if !ok {
		return ""
	}
	group, hasGroup := r.Get("resourceGroupName").KnownText()
	name, hasName := r.Get(t.name).KnownText()
	if !hasName {
		name, hasName = r.Output("name").KnownText()
	}
	if !hasGroup || !hasName {
		return ""
	}
	return strings.ToLower("resourcegroups/" + group + "/providers/" + t.path + "/" + name)
}

// armTail is the part of a resource id that armName makes, of the resource itself or the one that it is in.
func armTail(id string) string {
	_, tail, found := strings.Cut(strings.ToLower(id), "/resourcegroups/")
	parts := strings.Split(strings.Trim(tail, "/"), "/")
	// group, "providers", namespace, type, name
	if !found || len(parts) < 5 {
		return ""
	}
	return "resourcegroups/" + strings.Join(parts[:5], "/")
}

var (
	subscriptionScope = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/?$`)
	managementScope   = regexp.MustCompile(`(?i)^/providers/Microsoft\.Management/managementGroups/[^/]+/?$`)
	groupScope        = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourceGroups/([^/]+)/?$`)
)

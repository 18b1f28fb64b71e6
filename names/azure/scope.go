package azure

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// ScopeKind is how much of Azure a scope covers.
type ScopeKind string

// The kinds of scopes, the widest first.
const (
	ScopeManagementGroup ScopeKind = "management group"
	ScopeSubscription    ScopeKind = "subscription"
	ScopeResourceGroup   ScopeKind = "resource group"
	ScopeResource        ScopeKind = "resource"
)

// Broad reports whether the scope covers resources of other teams, and those that do not exist yet.
func (k ScopeKind) Broad() bool { return k == ScopeManagementGroup || k == ScopeSubscription }

// Scope describes a resource id as the scope of a role.
type Scope struct {
	Kind ScopeKind
	// Type is the resource's type, such as Microsoft.KeyVault/vaults/secrets, in the id's own case;
	// empty for everything that is not a resource.
	Type string
}

// managementGroupType is the resource type of management groups.
const managementGroupType = "Microsoft.Management/managementGroups"

// ParseScope describes a resource id that ValidateScope accepts. The type is that of the last
// provider in the id, because a resource may extend another.
func ParseScope(id string) Scope {
	parts := strings.Split(strings.Trim(id, "/"), "/")
	last := -1
	for i, part := range parts {
		if strings.EqualFold(part, "providers") {
			last = i
		}
	}
	if last < 0 {
		if len(parts) > 2 {
			return Scope{Kind: ScopeResourceGroup}
		}
		return Scope{Kind: ScopeSubscription}
	}
	// After the provider's namespace, types and names take turns.
	types := parts[last+1 : min(last+2, len(parts))]
	for i := last + 2; i < len(parts); i += 2 {
		types = append(types[:len(types):len(types)], parts[i])
	}
	typ := strings.Join(types, "/")
	if strings.EqualFold(typ, managementGroupType) {
		return Scope{Kind: ScopeManagementGroup}
	}
	return Scope{Kind: ScopeResource, Type: typ}
}

// ScopeWithin reports whether a scope is outer or lies in it, as far as the two ids tell. That a
// subscription belongs to a management group, they do not.
func ScopeWithin(inner, outer string) bool {
	inner, outer = strings.ToLower(inner), strings.ToLower(outer)
	return inner == outer || strings.HasPrefix(inner, outer+"/")
}

// ValidateScope checks the scope of a role assignment: an absolute resource id, without wildcard,
// white space, empty segment or trailing slash. Azure's ids have the form /subscriptions/… or
// /providers/Microsoft.Management/managementGroups/….
func ValidateScope(scope string) error {
	switch {
	case scope == "":
		return problem.New("a scope is required", "the id of a resource, resource group, subscription or management group")
	case strings.ContainsAny(scope, "*? \t\r\n"):
		return problem.New(fmt.Sprintf("scope %q contains a wildcard or white space", scope), "a role assignment has one resource id")
	case !strings.HasPrefix(strings.ToLower(scope), "/subscriptions/") && !strings.HasPrefix(strings.ToLower(scope), "/providers/"):
		return problem.New(fmt.Sprintf("scope %q is not a resource id", scope), "it starts with /subscriptions/ or /providers/")
	case strings.Contains(scope, "//") || strings.HasSuffix(scope, "/"):
		return problem.New(fmt.Sprintf("scope %q has an empty segment", scope), "remove the superfluous slash")
	}
	return nil
}

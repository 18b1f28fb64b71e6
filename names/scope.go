package names

import (
	"strings"
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

// Broad reports whether the scope covers resources of other teams, and those
// that do not exist yet.
func (k ScopeKind) Broad() bool { return k == ScopeManagementGroup || k == ScopeSubscription }

// Scope describes a resource id as the scope of a role.
type Scope struct {
	Kind ScopeKind
	// Type is the resource's type, such as Microsoft.KeyVault/vaults/secrets, in
	// the id's own case; empty for everything that is not a resource.
	Type string
}

// managementGroupType is the resource type of management groups.
const managementGroupType = "Microsoft.Management/managementGroups"

// ParseScope describes a resource id that ValidateScope accepts. The type is that
// of the last provider in the id, because a resource may extend another.
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

// ScopeWithin reports whether a scope is outer or lies in it, as far as the two
// ids tell. That a subscription belongs to a management group, they do not.
func ScopeWithin(inner, outer string) bool {
	inner, outer = strings.ToLower(inner), strings.ToLower(outer)
	return inner == outer || strings.HasPrefix(inner, outer+"/")
}

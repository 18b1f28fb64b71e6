// Package resource holds what all parts of the sandbox's Azure share about ARM resources: how IDs
// are parsed and how resources are stored.
package resource

import (
	"fmt"
	"strings"
)

// Type tokens in the case that Azure answers with.
const (
	TypeSubscription   = "Microsoft.Resources/subscriptions"
	TypeGroup          = "Microsoft.Resources/resourceGroups"
	TypeRoleAssignment = "Microsoft.Authorization/roleAssignments"
)

// ID is a parsed resource ID. ARM compares IDs without regard to case, so a resource is identified
// by Key; the fields keep the case in which they were written.
//
// A resource ID is a scope, the last "providers" segment, a namespace, and pairs of type and name
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). A
// subscription and a resource group have no "providers" segment.
//
// The parser is not azcore's arm.ParseResourceID, because a server must also read what that refuses
// or changes: the paths of collections, the tenant as a scope, and type names in the case in which
// the client wrote them.
type ID struct {
	// Scope is the path before the last "providers"; for a group its subscription; "" for the
	// tenant.
	Scope         string
	Subscription  string   // "" for tenant-level IDs
	ResourceGroup string   // "" above resource groups
	Namespace     string   // such as Microsoft.KeyVault
	Types         []string // such as vaults and secrets
	Names         []string // as many as Types, or one fewer in the path of a collection
	path          string
}

// ParseID parses a resource ID or the path of a collection of resources.
func ParseID(path string) (ID, error) {
	clean := "/" + strings.Trim(path, "/")
	segments := strings.Split(clean[1:], "/")
	id := ID{path: clean}
	if clean == "/" {
		return id, nil
	}
	for _, s := range segments {
		if s == "" {
			return ID{}, fmt.Errorf("resource ID %q has an empty segment", path)
		}
	}
	last := -1
	for i, s := range segments {
		if strings.EqualFold(s, "providers") {
			last = i
		}
	}
	if strings.EqualFold(segments[0], "subscriptions") && len(segments) > 1 {
		id.Subscription = segments[1]
		if len(segments) > 3 && strings.EqualFold(segments[2], "resourceGroups") {
			id.ResourceGroup = segments[3]
		}
	}
	if last < 0 {
		return parseAbove(id, segments)
	}
	if last+1 >= len(segments) {
		return ID{}, fmt.Errorf("resource ID %q ends where a provider namespace is expected", path)
	}
	if last > 0 {
		id.Scope = "/" + strings.Join(segments[:last], "/")
	}
	id.Namespace = segments[last+1]
	for i, s := range segments[last+2:] {
		if i%2 == 0 {
			id.Types = append(id.Types, s)
			continue
		}
		id.Names = append(id.Names, s)
	}
	return id, nil
}

// parseAbove parses paths without a "providers" segment: subscriptions, resource groups, and their
// collections.
func parseAbove(id ID, segments []string) (ID, error) {
	bad := fmt.Errorf("%q is not a resource ID", id.path)
	if !strings.EqualFold(segments[0], "subscriptions") {
		return ID{}, bad
	}
	id.Namespace = "Microsoft.Resources"
	switch {
	case len(segments) <= 2:
		id.Types, id.Names = []string{"subscriptions"}, segments[1:]
	case strings.EqualFold(segments[2], "resourceGroups") && len(segments) <= 4:
		id.Scope = "/" + strings.Join(segments[:2], "/")
		id.Types, id.Names = []string{"resourceGroups"}, segments[3:]
	default:
		return ID{}, bad
	}
	return id, nil
}

// String returns the ID as it was written, without a trailing slash.
func (id ID) String() string { return id.path }

// Key returns the lower-case ID, which identifies the resource.
func (id ID) Key() string { return Key(id.path) }

// Key returns the form of a resource ID or scope that identifies it: lower case, with one leading
// slash and no trailing one; "" for the tenant.
func Key(path string) string {
	trimmed := strings.Trim(path, "/")
	if trimmed == "" {
		return ""
	}
	return "/" + strings.ToLower(trimmed)
}

// Type returns the full type token as written, such as Microsoft.KeyVault/vaults/secrets.
func (id ID) Type() string { return strings.Join(append([]string{id.Namespace}, id.Types...), "/") }

// Name returns the last name; "" for a collection.
func (id ID) Name() string {
	if id.Collection() {
		return ""
	}
	return id.Names[len(id.Names)-1]
}

// Collection reports whether the path names all resources of a type rather than one.
func (id ID) Collection() bool { return len(id.Names) < len(id.Types) || len(id.Types) == 0 }

// Parent returns the ID of the resource to which this child resource belongs; ok is false for a
// top-level resource.
func (id ID) Parent() (parent string, ok bool) {
	if len(id.Types) < 2 {
		return "", false
	}
	cut := id.path[:strings.LastIndex(id.path, "/")]
	if !id.Collection() {
		cut = cut[:strings.LastIndex(cut, "/")]
	}
	return cut, true
}

// Ancestors lists the keys of every scope that contains the scope, widest first, the scope itself
// last. A role assignment at any of them applies to the scope
// (https://learn.microsoft.com/azure/role-based-access-control/scope-overview).
func Ancestors(scope string) []string {
	key := Key(scope)
	list := []string{""}
	if key == "" {
		return list
	}
	segments := strings.Split(key[1:], "/")
	ends := make(map[int]bool)
	for i := 0; i < len(segments); {
		if segments[i] == "providers" {
			// The first pair after a namespace ends at providers/ns/type/name.
			i += 4
		} else {
			i += 2
		}
		ends[min(i, len(segments))] = true
	}
	for i := 1; i <= len(segments); i++ {
		if ends[i] {
			list = append(list, "/"+strings.Join(segments[:i], "/"))
		}
	}
	return list
}

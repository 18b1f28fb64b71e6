// Package rbac is Azure role-based access control: the built-in role definitions, role assignments, and the decision
// whether a principal may do something at a scope.
package rbac

import (
	"strings"
)

// Definition is a role definition.
type Definition struct {
	ID             string // GUID, the same in every tenant
	Name           string // roleName, such as "Key Vault Secrets User"
	Description    string
	Actions        []string
	NotActions     []string
	DataActions    []string
	NotDataActions []string
}

// Builtin finds a built-in role by GUID.
func Builtin(id string) (Definition, bool) {
	for _, d := range builtins {
		if strings.EqualFold(d.ID, id) {
			return d, true
		}
	}
	return Definition{}, false
}

// Builtins lists the built-in roles that the sandbox knows. Azure has about 900; these are the ones that identities on
// AKS are given.
func Builtins() []Definition { return append([]Definition(nil), builtins...) }

// Allows reports whether the role allows an action of the control plane.
func (d Definition) Allows(action string) bool {
	return matchAny(d.Actions, action) && !matchAny(d.NotActions, action)
}

// AllowsData reports whether the role allows an action of the data plane. Actions never give data access: an Owner
// cannot read a secret of an RBAC vault until it also holds a role with data actions.
func (d Definition) AllowsData(action string) bool {
	return matchAny(d.DataActions, action) && !matchAny(d.NotDataActions, action)
}

func matchAny(patterns []string, action string) bool {
	for _, p := range patterns {
		if Match(p, action) {
			return true
		}
	}
	return false
}

// Match reports whether an action string of a role covers an action: case does not matter, and * stands for any
// characters, slashes included (https://learn.microsoft.com/azure/role-based-access-control/role-definitions).
func Match(pattern, action string) bool {
	pattern, action = strings.ToLower(pattern), strings.ToLower(action)
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == action
	}
	if !strings.HasPrefix(action, parts[0]) {
		return false
	}
	action = action[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(action, p)
		if i < 0 {
			return false
		}
		action = action[i+len(p):]
	}
	return strings.HasSuffix(action, parts[len(parts)-1])
}

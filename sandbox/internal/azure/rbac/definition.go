// Package rbac implements Azure role-based access control: the built-in role definitions, custom
// roles, role assignments with conditions, and the decision whether a principal is allowed an
// action at a scope.
package rbac

import (
	"slices"
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

// Builtin returns the built-in role with this GUID.
func Builtin(id string) (Definition, bool) {
	i := slices.IndexFunc(builtins, func(d Definition) bool { return strings.EqualFold(d.ID, id) })
	if i < 0 {
		return Definition{}, false
	}
	return builtins[i], true
}

// Builtins lists the built-in roles that the sandbox knows. Azure has about 900; these are the ones
// that identities on AKS are commonly given.
func Builtins() []Definition { return slices.Clone(builtins) }

// Allows reports whether the role allows an action of the control plane.
func (d Definition) Allows(action string) bool {
	return matchAny(d.Actions, action) && !matchAny(d.NotActions, action)
}

// AllowsData reports whether the role allows an action of the data plane. Actions never give access
// to data: an Owner cannot read a secret of an RBAC vault without a role that has data actions.
func (d Definition) AllowsData(action string) bool {
	return matchAny(d.DataActions, action) && !matchAny(d.NotDataActions, action)
}

func matchAny(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return Match(p, action) })
}

// Match reports whether the pattern of a role covers an action: case does not matter, and * stands
// for any characters
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions). It is not
// path.Match, in which * does not stand for a slash.
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

// Package rbac implements Azure role-based access control: the built-in role definitions, custom
// roles, role assignments with conditions, and the decision whether a principal is allowed an
// action at a scope.
package rbac

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
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

func matchAny(patterns []string, action string) bool { return azure.MatchAnyAction(patterns, action) }

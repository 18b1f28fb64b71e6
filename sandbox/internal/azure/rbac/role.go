package rbac

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Role is a role that can be assigned: a built-in definition or a custom one.
type Role interface {
	// Allows reports whether the role allows an action of the control plane.
	Allows(action string) bool
	// AllowsData reports whether the role allows an action of the data plane.
	AllowsData(action string) bool
	// AssignableAt reports whether the role can be assigned at the scope.
	AssignableAt(scope string) bool
	// PermissionSets returns the action patterns.
	PermissionSets() []Permission
}

// Permission is one set of action patterns of a custom role.
type Permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
}

// Custom is a stored custom role. It belongs to the tenant, not to the scope of its PUT: it remains
// when the resource group through which it was written is deleted
// (https://learn.microsoft.com/azure/role-based-access-control/custom-roles).
type Custom struct {
	ID               string       `json:"id"` // GUID
	Name             string       `json:"name"`
	Description      string       `json:"description"`
	Permissions      []Permission `json:"permissions"`
	AssignableScopes []string     `json:"assignableScopes"`
	Created          time.Time    `json:"created"`
	Changed          time.Time    `json:"changed"`
	CreatedBy        string       `json:"createdBy"` // object ID of the caller
	ChangedBy        string       `json:"changedBy"`
}

// Allows reports whether one of the role's permission sets allows the action. An action that the
// NotActions of one set exclude can be allowed by another set, because NotActions are no deny rule
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions).
func (c Custom) Allows(action string) bool {
	return slices.ContainsFunc(c.Permissions, func(p Permission) bool {
		return matchAny(p.Actions, action) && !matchAny(p.NotActions, action)
	})
}

// AllowsData reports whether one of the role's permission sets allows the data action.
func (c Custom) AllowsData(action string) bool {
	return slices.ContainsFunc(c.Permissions, func(p Permission) bool {
		return matchAny(p.DataActions, action) && !matchAny(p.NotDataActions, action)
	})
}

// AssignableAt reports whether the scope is one of the assignable scopes or inside one.
func (c Custom) AssignableAt(scope string) bool {
	return slices.ContainsFunc(c.AssignableScopes, func(within string) bool { return Contains(within, scope) })
}

// AssignableAt returns true, because the assignable scope of built-in roles is the root.
func (Definition) AssignableAt(string) bool { return true }

// PermissionSets returns the action patterns.
func (c Custom) PermissionSets() []Permission { return c.Permissions }

// PermissionSets returns the action patterns, as one set.
func (d Definition) PermissionSets() []Permission {
	list := func(s []string) []string { return append([]string{}, s...) } // never null in JSON
	return []Permission{{
		Actions: list(d.Actions), NotActions: list(d.NotActions), DataActions: list(d.DataActions), NotDataActions: list(d.NotDataActions),
	}}
}

// Contains reports whether a scope is another one or inside it.
func Contains(scope, inner string) bool {
	key, innerKey := resource.Key(scope), resource.Key(inner)
	return key == innerKey || strings.HasPrefix(innerKey, key+"/")
}

// Find reads the role with this GUID; nil if there is none.
func Find(tx *store.Tx, id string) (Role, error) {
	if d, ok := Builtin(id); ok {
		return d, nil
	}
	c, err := FindCustom(tx, id)
	if err != nil || c == nil {
		return nil, err
	}
	return *c, nil
}

// FindCustom reads the custom role with this GUID; nil if there is none.
func FindCustom(tx *store.Tx, id string) (*Custom, error) {
	var c Custom
	ok, err := tx.Get(store.Roles, strings.ToLower(id), &c)
	if err != nil {
		return nil, fmt.Errorf("custom role %s: %w", id, err)
	}
	if !ok {
		return nil, nil
	}
	return &c, nil
}

// Customs lists the custom roles of the tenant, by GUID.
func Customs(tx *store.Tx) ([]Custom, error) {
	all, err := store.List[Custom](tx, store.Roles, "")
	if err != nil {
		return nil, fmt.Errorf("list custom roles: %w", err)
	}
	return all, nil
}

// SaveCustom writes a custom role.
func SaveCustom(tx *store.Tx, c Custom) error { return tx.Put(store.Roles, strings.ToLower(c.ID), c) }

// RemoveCustom removes a custom role.
func RemoveCustom(tx *store.Tx, id string) error { return tx.Delete(store.Roles, strings.ToLower(id)) }

// AssignmentsOf lists the assignments of a role at all scopes.
func AssignmentsOf(tx *store.Tx, roleID string) ([]Stored, error) {
	all, err := resource.All[Assignment](tx, "", resource.TypeRoleAssignment)
	if err != nil {
		return nil, err
	}
	var assignments []Stored
	for _, a := range all {
		if strings.EqualFold(a.Body.RoleID, roleID) {
			assignments = append(assignments, a)
		}
	}
	return assignments, nil
}

package rbac

import (
	"fmt"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Role is what an assignment gives: a built-in definition or a custom one.
type Role interface {
	// Allows reports whether the role allows an action of the control plane.
	Allows(action string) bool
	// AllowsData reports whether the role allows an action of the data plane.
	AllowsData(action string) bool
	// AssignableAt reports whether the role can be assigned at the scope.
	AssignableAt(scope string) bool
}

// Permission is one set of action patterns of a custom role.
type Permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
}

// Custom is a stored custom role. It belongs to the tenant, not to the scope that its PUT named: deleting a resource
// group leaves the custom roles that were written through it
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

// Allows reports whether one of the role's permission sets allows the action. What one set takes away, another can
// give: NotActions are no deny rule (https://learn.microsoft.com/azure/role-based-access-control/role-definitions).
func (c Custom) Allows(action string) bool {
	for _, p := range c.Permissions {
		if matchAny(p.Actions, action) && !matchAny(p.NotActions, action) {
			return true
		}
	}
	return false
}

// AllowsData is Allows for the data plane.
func (c Custom) AllowsData(action string) bool {
	for _, p := range c.Permissions {
		if matchAny(p.DataActions, action) && !matchAny(p.NotDataActions, action) {
			return true
		}
	}
	return false
}

// AssignableAt reports whether the scope is one of the assignable scopes or inside one.
func (c Custom) AssignableAt(scope string) bool {
	for _, within := range c.AssignableScopes {
		if Contains(within, scope) {
			return true
		}
	}
	return false
}

// AssignableAt is true: built-in roles have the root as assignable scope.
func (Definition) AssignableAt(string) bool { return true }

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

// RemoveCustom takes a custom role away.
func RemoveCustom(tx *store.Tx, id string) error { return tx.Delete(store.Roles, strings.ToLower(id)) }

// AssignmentsOf lists the assignments of a role, wherever they are.
func AssignmentsOf(tx *store.Tx, roleID string) ([]Stored, error) {
	all, err := resource.All[Assignment](tx, "", resource.TypeRoleAssignment)
	if err != nil {
		return nil, err
	}
	var of []Stored
	for _, a := range all {
		if strings.EqualFold(a.Body.RoleID, roleID) {
			of = append(of, a)
		}
	}
	return of, nil
}

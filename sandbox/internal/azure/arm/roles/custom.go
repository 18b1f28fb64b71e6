package roles

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// writeDefinition is the action that the caller needs at every assignable scope ("Who can create,
// delete, update, or view a custom role" of
// https://learn.microsoft.com/azure/role-based-access-control/custom-roles).
const writeDefinition = TypeDefinition + "/write"

func (p *Provider) putDefinition(r *arm.Request) (arm.Response, error) {
	var body DefinitionBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	want, err := readCustom(r.ID.Name(), body)
	if err != nil {
		return arm.Response{}, err
	}
	err = p.core.Store.Update(func(tx *store.Tx) error {
		have, err := rbac.FindCustom(tx, want.ID)
		if err != nil {
			return err
		}
		scopes := want.AssignableScopes
		if have != nil {
			scopes = slices.Concat(scopes, have.AssignableScopes)
		}
		if err := p.checkLinked(tx, r, scopes); err != nil {
			return err
		}
		if err := checkUnique(tx, want, have == nil); err != nil {
			return err
		}
		now := p.core.Now().UTC()
		want.Created, want.CreatedBy = now, r.Caller.ObjectID
		if have != nil {
			if err := checkStillAssignable(tx, *have, want); err != nil {
				return err
			}
			want.ID, want.Created, want.CreatedBy = have.ID, have.Created, have.CreatedBy
		}
		want.Changed, want.ChangedBy = now, r.Caller.ObjectID
		return rbac.SaveCustom(tx, want)
	})
	if err != nil {
		return arm.Response{}, err
	}
	// 201 for an update too: authorization-RoleDefinitionsCalls.json has no other success.
	return p.core.Rendered(&p.definition, r.ID.String(), http.StatusCreated)
}

// checkLinked refuses assignable scopes at which the caller may not write roles, and scopes that do
// not exist. The sandbox has no management groups, so it always refuses them, as in a tenant where
// the caller has no rights on them. The text is that of
// https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, "Unable to create or
// update a custom role"; the code is inferred from ARM's other checks of linked scopes.
func (p *Provider) checkLinked(tx *store.Tx, r *arm.Request, scopes []string) error {
	var refused []string
	for _, scope := range scopes {
		exists, err := p.core.Exists(tx, scope)
		if err != nil {
			return err
		}
		allowed := exists
		if exists {
			if allowed, err = p.core.Checker.May(tx, r.Caller.ObjectID, scope, writeDefinition); err != nil {
				return err
			}
		}
		if !allowed {
			refused = append(refused, scope)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return arm.Errorf(http.StatusForbidden, "LinkedAuthorizationFailed",
		"The client '%s' with object id '%s' has permission to perform action '%s' on scope '%s'; however, it does not have permission to perform action '%s' on the linked scope(s) '%s' or the linked scope(s) are invalid.",
		r.Caller.AppID, r.Caller.ObjectID, writeDefinition, r.ID.Scope, writeDefinition, strings.Join(refused, ","))
}

// maxCustomRoles is the largest number of custom roles in a tenant
// (https://learn.microsoft.com/azure/role-based-access-control/custom-roles).
const maxCustomRoles = 5000

// checkUnique refuses a name that another role of the tenant has. The code is quoted in
// Azure/Azure-Landing-Zones#1505; the text, and that built-in roles are included, are inferred.
func checkUnique(tx *store.Tx, want rbac.Custom, isNew bool) error {
	customs, err := rbac.Customs(tx)
	if err != nil {
		return err
	}
	custom := slices.ContainsFunc(customs, func(c rbac.Custom) bool {
		return c.ID != want.ID && strings.EqualFold(c.Name, want.Name)
	})
	builtin := slices.ContainsFunc(rbac.Builtins(), func(d rbac.Definition) bool { return strings.EqualFold(d.Name, want.Name) })
	if custom || builtin {
		return arm.Errorf(http.StatusConflict, "RoleDefinitionWithSameNameExists",
			"A custom role with the same name already exists in this directory. Use a different name: '%s' is taken.", want.Name)
	}
	if isNew && len(customs) >= maxCustomRoles {
		return arm.Errorf(http.StatusBadRequest, "RoleDefinitionLimitExceeded", "Role definition limit exceeded. No more role definitions can be created (limit: %d).", maxCustomRoles)
	}
	return nil
}

// checkStillAssignable refuses to remove an assignable scope under which the role is assigned
// (Azure/bicep#17145).
func checkStillAssignable(tx *store.Tx, have, want rbac.Custom) error {
	assigned, err := rbac.AssignmentsOf(tx, have.ID)
	if err != nil {
		return err
	}
	for _, a := range assigned {
		if want.AssignableAt(a.Body.Scope) {
			continue
		}
		for _, scope := range have.AssignableScopes {
			if rbac.Contains(scope, a.Body.Scope) {
				return arm.Errorf(http.StatusBadRequest, "RoleScopeBeingRemovedContainsAssignments",
					"Role assignments found under scope '%s' which is being removed. Removing this scope from the role will orphan these assignments. Delete these assignments before removing the scope.", scope)
			}
		}
	}
	return nil
}

func (p *Provider) deleteDefinition(r *arm.Request) (arm.Response, error) {
	if _, ok := rbac.Builtin(r.ID.Name()); ok {
		return arm.Response{}, builtinIsFixed(r.ID.Name())
	}
	response := arm.Response{Status: http.StatusNoContent}
	err := p.core.Store.Update(func(tx *store.Tx) error {
		c, err := rbac.FindCustom(tx, r.ID.Name())
		if err != nil || c == nil {
			return err
		}
		if err := p.checkLinked(tx, r, p.existingScopes(tx, c.AssignableScopes)); err != nil {
			return err
		}
		assigned, err := rbac.AssignmentsOf(tx, c.ID)
		if err != nil {
			return err
		}
		if len(assigned) > 0 {
			// Text and code: troubleshooting, "Unable to delete a custom role"; the status is
			// inferred.
			return arm.Errorf(http.StatusBadRequest, "RoleDefinitionHasAssignments", "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).")
		}
		response = arm.OK(showCustom(r.ID.Subscription, *c))
		return rbac.RemoveCustom(tx, c.ID)
	})
	return response, err
}

// existingScopes returns the scopes that still exist. Those that were deleted since the role was
// written must not prevent its deletion.
func (p *Provider) existingScopes(tx *store.Tx, scopes []string) []string {
	var existing []string
	for _, scope := range scopes {
		if ok, err := p.core.Exists(tx, scope); err == nil && ok {
			existing = append(existing, scope)
		}
	}
	return existing
}

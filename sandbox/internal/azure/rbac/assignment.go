package rbac

import (
	"fmt"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Assignment is the body of a stored role assignment. The resource header holds ID, name and time
// of creation.
type Assignment struct {
	Scope            string `json:"scope"`  // as the caller wrote it
	RoleID           string `json:"roleId"` // GUID of the role definition
	PrincipalID      string `json:"principalId"`
	PrincipalType    string `json:"principalType"`
	Description      string `json:"description,omitempty"`
	Condition        string `json:"condition,omitempty"`
	ConditionVersion string `json:"conditionVersion,omitempty"`
}

// Stored is a role assignment with its header.
type Stored = resource.Document[Assignment]

const assignmentSegment = "/providers/microsoft.authorization/roleassignments/"

// AssignmentID returns the resource ID of the role assignment with this name at the scope.
func AssignmentID(scope, name string) string {
	return strings.TrimRight(scope, "/") + "/providers/" + resource.TypeRoleAssignment + "/" + name
}

// At lists the role assignments made exactly at the scope.
func At(tx *store.Tx, scope string) ([]Stored, error) {
	list, err := store.List[Stored](tx, store.Resources, resource.Key(scope)+assignmentSegment)
	if err != nil {
		return nil, fmt.Errorf("list role assignments at %s: %w", scope, err)
	}
	return list, nil
}

// Checker decides whether a principal is allowed an action at a scope.
type Checker struct {
	Now func() time.Time
	// EffectDelay is the time from the creation of an assignment until it has an effect. Azure
	// documents up to 10 minutes. Nil: none.
	EffectDelay func() time.Duration
}

// Access is an action that a caller requests, with what a condition can refer to.
type Access struct {
	Action string
	// Suboperation is the part of a data action that a condition can name, such as Blob.List; "" if
	// it has none.
	Suboperation string
	// Attributes are the values of attributes for conditions. The keys are written as in a
	// condition but in lower case, such as
	// "@resource[microsoft.storage/storageaccounts/blobservices/containers:name]". Attributes that
	// are not in the map are unknown.
	Attributes map[string]string
}

// May reports whether the principal is allowed a control-plane action at the scope by a role
// assigned to it there or at a wider scope.
func (c Checker) May(tx *store.Tx, principalID, scope, action string) (bool, error) {
	return c.any(tx, principalID, scope, Access{Action: action}, func(r Role) bool { return r.Allows(action) })
}

// MayData reports the same for a data action.
func (c Checker) MayData(tx *store.Tx, principalID, scope string, access Access) (bool, error) {
	return c.any(tx, principalID, scope, access, func(r Role) bool { return r.AllowsData(access.Action) })
}

// any reports whether an effective assignment of the principal at the scope, or at a wider one, has
// a role that allows the access and a condition that is met.
func (c Checker) any(tx *store.Tx, principalID, scope string, access Access, allows func(Role) bool) (bool, error) {
	effective := c.Now()
	if c.EffectDelay != nil {
		effective = effective.Add(-c.EffectDelay())
	}
	for _, ancestor := range resource.Ancestors(scope) {
		list, err := At(tx, ancestor)
		if err != nil {
			return false, err
		}
		for _, a := range list {
			if !strings.EqualFold(a.Body.PrincipalID, principalID) || a.Created.After(effective) {
				continue
			}
			role, err := Find(tx, a.Body.RoleID)
			if err != nil {
				return false, err
			}
			if role != nil && allows(role) && fulfilled(a.Body.Condition, access) {
				return true, nil
			}
		}
	}
	return false, nil
}

// PermissionSets lists the action patterns of all roles that a principal has at the scope or above.
// Conditions are not part of them, as in Azure's list of permissions.
func (c Checker) PermissionSets(tx *store.Tx, principalID, scope string) ([]Permission, error) {
	var sets []Permission
	_, err := c.any(tx, principalID, scope, Access{}, func(r Role) bool {
		sets = append(sets, r.PermissionSets()...)
		return false
	})
	return sets, err
}

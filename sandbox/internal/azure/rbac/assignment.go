package rbac

import (
	"fmt"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Assignment is the body of a stored role assignment. Its resource header holds ID, name and time of creation.
type Assignment struct {
	Scope            string `json:"scope"`  // as written by the caller
	RoleID           string `json:"roleId"` // GUID of the role definition
	PrincipalID      string `json:"principalId"`
	PrincipalType    string `json:"principalType"`
	Description      string `json:"description,omitempty"`
	Condition        string `json:"condition,omitempty"`
	ConditionVersion string `json:"conditionVersion,omitempty"`
}

// Stored is a role assignment with its header.
type Stored = resource.Document[Assignment]

const segment = "/providers/microsoft.authorization/roleassignments/"

// AssignmentID is the resource ID of the role assignment with this name at the scope.
func AssignmentID(scope, name string) string {
	return strings.TrimRight(scope, "/") + "/providers/" + resource.TypeRoleAssignment + "/" + name
}

// At lists the role assignments made exactly at the scope.
func At(tx *store.Tx, scope string) ([]Stored, error) {
	list, err := store.List[Stored](tx, store.Resources, resource.Key(scope)+segment)
	if err != nil {
		return nil, fmt.Errorf("list role assignments at %s: %w", scope, err)
	}
	return list, nil
}

// Checker decides on requests.
type Checker struct {
	Now func() time.Time
	// EffectDelay is how long after its creation an assignment starts to count. Azure says up to 10 minutes.
	EffectDelay time.Duration
}

// Access is one thing that a caller wants to do.
type Access struct {
	Action string
	// Suboperation is the part of a data action that a condition can single out, such as Blob.List; "" if it has none.
	Suboperation string
	// Attributes are what a condition can ask for, as it is written there but in lower case, such as
	// "@resource[microsoft.storage/storageaccounts/blobservices/containers:name]". What is not here is unknown.
	Attributes map[string]string
}

// May reports whether the principal may do a control-plane action at the scope: whether a role assigned to it there or
// at any wider scope allows it.
func (c Checker) May(tx *store.Tx, principalID, scope, action string) (bool, error) {
	return c.any(tx, principalID, scope, Access{Action: action}, func(r Role) bool { return r.Allows(action) })
}

// MayData is May for an action of the data plane.
func (c Checker) MayData(tx *store.Tx, principalID, scope string, access Access) (bool, error) {
	return c.any(tx, principalID, scope, access, func(r Role) bool { return r.AllowsData(access.Action) })
}

func (c Checker) any(tx *store.Tx, principalID, scope string, access Access, allows func(Role) bool) (bool, error) {
	effective := c.Now().Add(-c.EffectDelay)
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

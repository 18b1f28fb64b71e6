package roles

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Limits of custom roles, in characters and scopes
// (https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties).
const (
	maxRoleName        = 512
	maxRoleDescription = 2048
	maxScopes          = 2000
)

func builtinIsFixed(id string) *arm.Error {
	return arm.Errorf(http.StatusBadRequest, "RoleDefinitionCannotBeChanged", "The role definition '%s' is built in and cannot be changed or deleted.", id)
}

func invalidDefinition(format string, args ...any) *arm.Error {
	return arm.Errorf(http.StatusBadRequest, "InvalidRoleDefinition", format, args...)
}

// readCustom checks what depends on the request alone, and returns the role. Microsoft documents
// the rules but few of the error codes: InvalidRoleDefinition and similar codes are inferred.
func readCustom(id string, body DefinitionBody) (rbac.Custom, error) {
	if !azure.IsGUID(id) {
		return rbac.Custom{}, arm.Errorf(http.StatusBadRequest, "InvalidRoleDefinitionId", "The role definition ID '%s' is not valid. The role definition ID must be a GUID.", id)
	}
	if _, ok := rbac.Builtin(id); ok {
		return rbac.Custom{}, builtinIsFixed(id)
	}
	p := body.Properties
	switch {
	case p == nil || p.RoleName == "":
		return rbac.Custom{}, invalidDefinition("The role definition has no name.").At("properties.roleName")
	case utf8.RuneCountInString(p.RoleName) > maxRoleName:
		return rbac.Custom{}, invalidDefinition("The name of the role has more than %d characters.", maxRoleName).At("properties.roleName")
	case utf8.RuneCountInString(p.Description) > maxRoleDescription:
		return rbac.Custom{}, invalidDefinition("The description of the role has more than %d characters.", maxRoleDescription).At("properties.description")
	case p.Type != "" && p.Type != customRole:
		return rbac.Custom{}, invalidDefinition("The type '%s' is not valid: only roles of the type '%s' can be written.", p.Type, customRole).At("properties.type")
	}
	permissions, err := readPermissions(p.Permissions)
	if err != nil {
		return rbac.Custom{}, err
	}
	if err := checkScopes(p.AssignableScopes, permissions); err != nil {
		return rbac.Custom{}, err
	}
	return rbac.Custom{
		ID: strings.ToLower(id), Name: p.RoleName, Description: p.Description,
		Permissions: permissions, AssignableScopes: p.AssignableScopes,
	}, nil
}

func readPermissions(given []Permission) ([]Permission, error) {
	permissions, grants := make([]Permission, 0, len(given)), 0
	for _, g := range given {
		for _, action := range slices.Concat(g.Actions, g.NotActions) {
			if !wellFormed(action) {
				return nil, arm.Errorf(http.StatusBadRequest, "InvalidActionOrNotAction", "'%s' does not match any of the actions supported by the providers.", action).At("properties.permissions")
			}
		}
		for _, action := range slices.Concat(g.DataActions, g.NotDataActions) {
			if !wellFormed(action) {
				return nil, arm.Errorf(http.StatusBadRequest, "InvalidDataActionOrNotDataAction", "'%s' does not match any of the data actions supported by the providers.", action).At("properties.permissions")
			}
		}
		grants += len(g.Actions) + len(g.DataActions)
		permissions = append(permissions, Permission{
			Actions: notNull(g.Actions), NotActions: notNull(g.NotActions),
			DataActions: notNull(g.DataActions), NotDataActions: notNull(g.NotDataActions),
		})
	}
	if grants == 0 {
		return nil, invalidDefinition("The role allows nothing: it needs at least one action or data action.").At("properties.permissions")
	}
	return permissions, nil
}

var actionShape = regexp.MustCompile(`^[A-Za-z][\w.*-]*(/[\w.*-]+)+$`)

// wellFormed reports whether an action has the form
// {Company}.{ProviderName}/{resourceType}/{action} with wildcards
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format).
// Azure also checks it against every provider's list of operations. The sandbox does not have these
// lists and accepts a misspelt resource type.
func wellFormed(action string) bool {
	if strings.HasPrefix(action, "*") {
		return action == "*" || slices.Contains([]string{"*/read", "*/write", "*/delete", "*/action"}, strings.ToLower(action))
	}
	last := strings.ToLower(action[strings.LastIndex(action, "/")+1:])
	verb := slices.Contains([]string{"read", "write", "delete", "action"}, last) || strings.Contains(last, "*")
	return actionShape.MatchString(action) && verb
}

var managementGroup = regexp.MustCompile(`(?i)^/providers/microsoft\.management/managementgroups/[^/]+$`)

// checkScopes refuses assignable scopes that
// https://learn.microsoft.com/azure/role-based-access-control/role-definitions#assignablescopes
// does not allow.
func checkScopes(scopes []string, permissions []Permission) error {
	at := func(e *arm.Error) error { return e.At("properties.assignableScopes") }
	if len(scopes) == 0 || len(scopes) > maxScopes {
		return at(invalidDefinition("The role has %d assignable scopes; it needs at least one and can have %d.", len(scopes), maxScopes))
	}
	groups := 0
	for _, scope := range scopes {
		id, err := resource.ParseID(scope)
		switch {
		case resource.Key(scope) == "":
			return at(invalidDefinition("The root scope '%s' is not an assignable scope of a custom role; only built-in roles have it.", scope))
		case err != nil || !strings.HasPrefix(scope, "/") || strings.HasSuffix(scope, "/") || id.Collection():
			return at(arm.Errorf(http.StatusBadRequest, "InvalidAssignableScope", "The assignable scope '%s' is not the ID of a management group, subscription, resource group or resource.", scope))
		case managementGroup.MatchString(scope):
			groups++
		case id.Subscription == "":
			return at(arm.Errorf(http.StatusBadRequest, "InvalidAssignableScope", "The assignable scope '%s' is not the ID of a management group, subscription, resource group or resource.", scope))
		}
	}
	if groups > 1 {
		return at(invalidDefinition("You can define only one management group in the assignable scopes of a custom role."))
	}
	data := slices.ContainsFunc(permissions, func(p Permission) bool { return len(p.DataActions)+len(p.NotDataActions) > 0 })
	if groups > 0 && data {
		return at(invalidDefinition("You cannot add data action permissions when you have a management group as an assignable scope."))
	}
	return nil
}

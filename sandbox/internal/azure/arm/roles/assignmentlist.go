package roles

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

var (
	principalFilter = regexp.MustCompile(`(?i)^(principalId|assignedTo)(?: eq |\()'([0-9a-f-]{36})'\)?$`)
	atScope         = "atscope()"
)

// list serves the list of role assignments
// (https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest): without
// a filter those at, above and below the scope; with atScope() none below it; with principalId only
// those of the principal.
func (p *Provider) list(r *arm.Request) (arm.Response, error) {
	principal, below := "", true
	if filter := strings.TrimSpace(r.URL.Query().Get("$filter")); filter != "" {
		for _, term := range strings.Split(filter, " and ") {
			match := principalFilter.FindStringSubmatch(strings.TrimSpace(term))
			switch {
			case strings.EqualFold(strings.TrimSpace(term), atScope):
				below = false
			case match != nil:
				principal = match[2]
			default:
				return arm.Response{}, arm.Errorf(http.StatusBadRequest, "UnsupportedQuery", "The filter '%s' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}'' or 'assignedTo('{value}')'.", filter)
			}
		}
	}
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		found, err := assignmentsAround(tx, r.ID.Scope, below)
		if err != nil {
			return err
		}
		for _, a := range found {
			if principal == "" || strings.EqualFold(a.Body.PrincipalID, principal) {
				items = append(items, show(&a))
			}
		}
		return nil
	})
	return arm.List(items), err
}

// assignmentsAround returns the assignments at and above the scope, and those below it if below is
// set.
func assignmentsAround(tx *store.Tx, scope string, below bool) ([]rbac.Stored, error) {
	var found []rbac.Stored
	ancestors := resource.Ancestors(scope)
	if below {
		ancestors = ancestors[:len(ancestors)-1]
	}
	for _, ancestor := range ancestors {
		at, err := rbac.At(tx, ancestor)
		if err != nil {
			return nil, err
		}
		found = append(found, at...)
	}
	if !below {
		return found, nil
	}
	inside, err := resource.All[rbac.Assignment](tx, scope, resource.TypeRoleAssignment)
	return append(found, inside...), err
}

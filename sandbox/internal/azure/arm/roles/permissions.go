package roles

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

var permissionVersions = []string{"2015-07-01", "2018-07-01", "2022-04-01", "2022-05-01-preview"}

// registerPermissions adds the caller's own permissions at the subscription and at resource groups
// (https://learn.microsoft.com/rest/api/authorization/permissions). Everybody may read their own;
// that no right is needed for it is inferred.
func (p *Provider) registerPermissions() {
	for _, scope := range []string{"/subscriptions/{sub}", "/subscriptions/{sub}/resourceGroups/{rg}"} {
		p.core.Route(http.MethodGet, scope+"/providers/Microsoft.Authorization/permissions", "", permissionVersions, p.permissions)
	}
}

func (p *Provider) permissions(r *arm.Request) (arm.Response, error) {
	scope := "/subscriptions/" + p.core.SubscriptionID
	if rg, ok := r.Vars["rg"]; ok {
		scope += "/resourceGroups/" + rg
	}
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		if rg, ok := r.Vars["rg"]; ok {
			if exists, err := resource.Exists(tx, scope); err != nil {
				return err
			} else if !exists {
				return arm.GroupNotFound(rg)
			}
		}
		var sets []rbac.Permission
		sets, err := p.core.Checker.PermissionSets(tx, r.Caller.ObjectID, scope)
		for _, set := range sets {
			items = append(items, set)
		}
		return err
	})
	return arm.List(items), err
}

package roles

import (
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// TypePermissions is the type token of the list of a caller's own permissions.
const TypePermissions = "Microsoft.Authorization/permissions"

var permissionVersions = []string{"2015-07-01", "2018-07-01", "2022-04-01", "2022-05-01-preview"}

// permissionsType returns the type whose list has the caller's own permissions at a scope
// (https://learn.microsoft.com/rest/api/authorization/permissions). It exists as a list only.
func (p *Provider) permissionsType() arm.Type {
	return arm.Type{
		Name: TypePermissions, Versions: permissionVersions, List: p.permissions,
		Render: func(*store.Tx, string) (any, error) { return nil, nil },
	}
}

func (p *Provider) permissions(r *arm.Request) (arm.Response, error) {
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		exists, err := p.core.Exists(tx, r.ID.Scope)
		if err != nil {
			return err
		}
		if !exists {
			return arm.Missing(r)
		}
		sets, err := p.core.Checker.PermissionSets(tx, r.Caller.ObjectID, r.ID.Scope)
		for _, set := range sets {
			items = append(items, set)
		}
		return err
	})
	return arm.List(items), err
}

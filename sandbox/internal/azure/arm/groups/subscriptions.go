package groups

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// subscription renders the only subscription.
func (p *Provider) subscription(tx *store.Tx, id string) (any, error) {
	if !strings.EqualFold(strings.TrimRight(id, "/"), "/subscriptions/"+p.core.SubscriptionID) {
		return nil, nil
	}
	settings, err := region.Load(tx)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"id": "/subscriptions/" + p.core.SubscriptionID, "subscriptionId": p.core.SubscriptionID,
		"tenantId": p.core.Authority.TenantID, "displayName": "Sandbox", "state": settings.State(),
		"subscriptionPolicies": map[string]any{"locationPlacementId": "Public_2014-09-01", "quotaId": "Sandbox", "spendingLimit": "On"},
		"authorizationSource":  "RoleBased",
	}, nil
}

func (p *Provider) subscriptions(*arm.Request) (arm.Response, error) {
	var one any
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		one, err = p.subscription(tx, "/subscriptions/"+p.core.SubscriptionID)
		return err
	})
	return arm.List([]any{one}), err
}

func (p *Provider) tenants(*arm.Request) (arm.Response, error) {
	tenant := p.core.Authority.TenantID
	return arm.List([]any{map[string]any{
		"id": "/tenants/" + tenant, "tenantId": tenant, "displayName": "Sandbox", "tenantCategory": "Home",
		"countryCode": "", "domains": []string{}, "tenantType": "AAD",
	}}), nil
}

// resources serves the list of top-level resources, which contains no child resources, groups or
// role assignments, as in Azure.
func (p *Provider) resources(r *arm.Request) (arm.Response, error) {
	if f := r.URL.Query().Get("$filter"); f != "" {
		return arm.Response{}, arm.BadRequestf("The sandbox does not support $filter '%s' on this list.", f)
	}
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
		headers, err := resource.Headers(tx, scope)
		if err != nil {
			return err
		}
		for _, h := range headers {
			id, err := resource.ParseID(h.ID)
			if err != nil {
				return err
			}
			if len(id.Types) != 1 || h.Type == resource.TypeGroup || h.Type == resource.TypeRoleAssignment {
				continue
			}
			items = append(items, map[string]any{"id": h.ID, "name": h.Name, "type": h.Type, "location": h.Location, "tags": h.Tags})
		}
		return nil
	})
	return arm.List(items), err
}

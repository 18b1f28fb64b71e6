package groups

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
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

// locations serves the regions that the subscription can use
// (https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations).
func (p *Provider) locations(*arm.Request) (arm.Response, error) {
	var items []any
	for _, name := range arm.Regions() {
		items = append(items, map[string]any{
			"id": "/subscriptions/" + p.core.SubscriptionID + "/locations/" + name, "name": name, "type": "Region",
			"metadata": map[string]any{"regionType": "Physical"},
		})
	}
	return arm.List(items), nil
}

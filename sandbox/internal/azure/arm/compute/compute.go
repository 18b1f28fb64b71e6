// Package compute implements the reads of Microsoft.Compute and Microsoft.Resources that tell what
// a subscription can have in a region: VM sizes, quotas and resource providers.
package compute

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

var (
	skuVersions   = []string{"2017-09-01", "2019-04-01", "2021-07-01"}
	usageVersions = []string{"2021-07-01", "2021-11-01", "2022-03-01", "2022-08-01", "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01"}
)

// Counter returns the vCPUs in use in a region.
type Counter func(tx *store.Tx, location string) (region.Usage, error)

// Provider serves the reads.
type Provider struct {
	core  *arm.Core
	count Counter
}

// Register adds the routes to the core.
func Register(core *arm.Core, count Counter) *Provider {
	p := &Provider{core: core, count: count}
	base := "/subscriptions/{sub}/providers/Microsoft.Compute"
	core.Route(http.MethodGet, base+"/skus", "Microsoft.Compute/skus/read", skuVersions, p.skus)
	core.Route(http.MethodGet, base+"/locations/{location}/usages", "Microsoft.Compute/locations/usages/read", usageVersions, p.usages)
	p.registerProviders()
	return p
}

// skus serves the list of VM sizes, in one region or, as `az vm list-skus` asks for it, in all of
// them (https://learn.microsoft.com/rest/api/compute/resource-skus/list).
func (p *Provider) skus(r *arm.Request) (arm.Response, error) {
	locations := arm.Regions()
	if filter := r.URL.Query().Get("$filter"); filter != "" {
		location, ok := locationFilter(filter)
		if !ok {
			return arm.Response{}, arm.BadRequestf("The filter '%s' is not supported on SKUs: use $filter=location eq 'REGION'.", filter)
		}
		locations = []string{location}
	}
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	var items []any
	for _, location := range locations {
		for _, o := range s.Offers(location) {
			items = append(items, showSKU(o, location))
		}
	}
	return arm.List(items), nil
}

func locationFilter(filter string) (string, bool) {
	rest, ok := strings.CutPrefix(filter, "location eq '")
	if !ok {
		return "", false
	}
	location, ok := strings.CutSuffix(rest, "'")
	return arm.CanonicalLocation(location), ok
}

func showSKU(o region.Offer, location string) map[string]any {
	zones := o.Zones
	if zones == nil {
		zones = []string{}
	}
	restrictions := []any{}
	if o.Restricted {
		restrictions = append(restrictions, map[string]any{
			"type": "Location", "values": []string{location}, "reasonCode": "NotAvailableForSubscription",
			"restrictionInfo": map[string]any{"locations": []string{location}},
		})
	}
	tier, size, _ := strings.Cut(o.Name, "_")
	return map[string]any{
		"resourceType": "virtualMachines", "name": o.Name, "tier": tier, "size": size, "family": o.Family, "locations": []string{location},
		"locationInfo": []any{map[string]any{"location": location, "zones": zones, "zoneDetails": []any{}}},
		"capabilities": []any{
			map[string]any{"name": "vCPUs", "value": strconv.Itoa(o.VCPUs)},
			map[string]any{"name": "MemoryGB", "value": strconv.FormatFloat(o.MemoryGiB, 'f', -1, 64)},
		},
		"restrictions": restrictions,
	}
}

// usages serves the quotas of a region with their use
// (https://learn.microsoft.com/rest/api/compute/usage/list).
func (p *Provider) usages(r *arm.Request) (arm.Response, error) {
	location, err := arm.CheckLocation(r.Vars["location"], "locations/usages")
	if err != nil {
		return arm.Response{}, err
	}
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	var used region.Usage
	if err := p.core.Store.View(func(tx *store.Tx) (err error) {
		used, err = p.count(tx, location)
		return err
	}); err != nil {
		return arm.Response{}, err
	}
	show := func(name, words string) any {
		return map[string]any{"unit": "Count", "currentValue": used[name], "limit": s.Limit(name), "name": map[string]any{"value": name, "localizedValue": words}}
	}
	items := []any{show(region.QuotaTotal, "Total Regional vCPUs"), show(region.QuotaSpot, "Total Regional Low-priority vCPUs")}
	for _, family := range region.Families() {
		words := strings.TrimSuffix(strings.TrimPrefix(family, "standard"), "Family")
		items = append(items, show(family, "Standard "+words+" Family vCPUs"))
	}
	return arm.List(items), nil
}

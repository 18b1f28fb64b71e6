package preflight

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// sku is a VM size in a region.
type sku struct {
	ResourceType string   `json:"resourceType"`
	Name         string   `json:"name"`
	Family       string   `json:"family"`
	Locations    []string `json:"locations"`
	LocationInfo []struct {
		Zones []string `json:"zones"`
	} `json:"locationInfo"`
	Capabilities []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"capabilities"`
	Restrictions []restriction `json:"restrictions"`
}

type restriction struct {
	Type string `json:"type"` // Location or Zone
	Info struct {
		Zones []string `json:"zones"`
	} `json:"restrictionInfo"`
}

// capability returns the number of a capability; 0 if there is none.
func (s sku) capability(name string) float64 {
	for _, c := range s.Capabilities {
		if c.Name == name {
			n, _ := strconv.ParseFloat(c.Value, 64)
			return n
		}
	}
	return 0
}

func (s sku) vCPUs() int { return int(s.capability("vCPUs")) }

// restricted reports whether the subscription cannot use the size in the region.
func (s sku) restricted() bool {
	return slices.ContainsFunc(s.Restrictions, func(r restriction) bool { return r.Type == "Location" })
}

// zones returns the zones in which the subscription can have the size.
func (s sku) zones() []string {
	var zones []string
	for _, l := range s.LocationInfo {
		zones = append(zones, l.Zones...)
	}
	for _, r := range s.Restrictions {
		if r.Type == "Zone" {
			zones = slices.DeleteFunc(zones, func(z string) bool { return slices.Contains(r.Info.Zones, z) })
		}
	}
	slices.Sort(zones)
	return zones
}

// catalogue is what the region has of sizes and quotas. Two checks need it, and read it once.
type catalogue struct {
	once   sync.Once
	err    error
	skus   map[string]sku // by lower-case name
	quotas map[string]quota
}

type quota struct{ used, limit int }

func (q quota) left() int { return q.limit - q.used }

// offers reads sizes and quotas.
func (c *Checker) offers(ctx context.Context) (*catalogue, error) {
	c.sizesAndQuotas.once.Do(func() {
		k := &c.sizesAndQuotas
		k.skus, k.quotas = map[string]sku{}, map[string]quota{}
		base := c.subscriptionScope() + "/providers/Microsoft.Compute"
		all, err := list[sku](ctx, c.azure, base+"/skus", apiSKUs, "location eq '"+c.Plan.Location+"'")
		if err != nil {
			k.err = err
			return
		}
		for _, s := range all {
			if s.ResourceType == "virtualMachines" {
				k.skus[strings.ToLower(s.Name)] = s
			}
		}
		usages, err := list[struct {
			Current int `json:"currentValue"`
			Limit   int `json:"limit"`
			Name    struct {
				Value string `json:"value"`
			} `json:"name"`
		}](ctx, c.azure, base+"/locations/"+c.Plan.Location+"/usages", apiUsages, "")
		k.err = err
		for _, u := range usages {
			k.quotas[strings.ToLower(u.Name.Value)] = quota{u.Current, u.Limit}
		}
	})
	return &c.sizesAndQuotas, c.sizesAndQuotas.err
}

// sizes checks that the subscription can have the pools' VM sizes in their zones.
func (c *Checker) sizes(ctx context.Context) []Row {
	if c.Plan.Cluster == nil {
		return []Row{ok(checkSizes, "the stack creates no nodes")}
	}
	k, err := c.offers(ctx)
	if err != nil {
		return []Row{cannotRead(checkSizes, err)}
	}
	var rows []Row
	var fine []string
	for _, p := range c.Plan.Cluster.Pools {
		if row, bad := c.size(k, p); bad {
			rows = append(rows, row)
		} else if !slices.Contains(fine, p.VMSize) && p.VMSize != "" {
			fine = append(fine, p.VMSize)
		}
	}
	switch {
	case len(rows) > 0:
		return rows
	case len(fine) == 0:
		return []Row{ok(checkSizes, "AKS chooses the size of the nodes")}
	}
	return []Row{ok(checkSizes, strings.Join(fine, ", ")+" in "+c.Plan.Location)}
}

// size returns a row if a new pool cannot have its size or a zone.
func (c *Checker) size(k *catalogue, p Pool) (Row, bool) {
	if p.VMSize == "" || c.Deployed.Pools[p.Name].VMSize == p.VMSize {
		return Row{}, false
	}
	s, known := k.skus[strings.ToLower(p.VMSize)]
	if !known || s.restricted() {
		found := fmt.Sprintf("%s.vmSize: %s does not exist in %s", p.Path, p.VMSize, c.Plan.Location)
		if known {
			found = fmt.Sprintf("%s.vmSize: %s is not available to the subscription in %s", p.Path, p.VMSize, c.Plan.Location)
		}
		return problem(checkSizes, "SkuNotAvailable", found, c.set(p.Path+".vmSize", k.instead(s, p))), true
	}
	var missing []string
	for _, z := range p.Zones {
		if !slices.Contains(s.zones(), z) {
			missing = append(missing, z)
		}
	}
	if len(missing) == 0 {
		return Row{}, false
	}
	remedy := c.set(p.Path+".vmSize", k.instead(s, p))
	if zones := s.zones(); len(zones) == 0 {
		remedy = c.unset(p.Path + ".availabilityZones")
	}
	return problem(checkSizes, "AvailabilityZoneNotSupported",
		fmt.Sprintf("%s.availabilityZones: %s is not in zone %s of %s, only in [%s]", p.Path, p.VMSize, strings.Join(missing, ", "), c.Plan.Location, strings.Join(s.zones(), ", ")),
		remedy), true
}

// instead returns a size that the subscription can have in the pool's zones and for which it has
// quota: of the vCPUs and the memory of the size that cannot be had, or of AKS's smallest; the
// first by name of those with the nearest memory.
func (k *catalogue) instead(like sku, p Pool) string {
	cores, memory := like.vCPUs(), like.capability("MemoryGB")
	if cores == 0 {
		cores, memory = 2, 8
	}
	var fitting []sku
	for _, s := range k.skus {
		inZones := !slices.ContainsFunc(p.Zones, func(z string) bool { return !slices.Contains(s.zones(), z) })
		if s.vCPUs() == cores && s.capability("MemoryGB") >= memory && !s.restricted() && inZones &&
			k.quotas[strings.ToLower(s.Family)].left() >= cores*p.Count {
			fitting = append(fitting, s)
		}
	}
	if len(fitting) == 0 {
		return "SIZE"
	}
	slices.SortFunc(fitting, func(a, b sku) int {
		if x, y := a.capability("MemoryGB"), b.capability("MemoryGB"); x != y {
			return int(x - y)
		}
		return strings.Compare(a.Name, b.Name)
	})
	// Burstable sizes run out of credits under the load of a system pool.
	for _, s := range fitting {
		if !strings.HasPrefix(s.Name, "Standard_B") {
			return s.Name
		}
	}
	return fitting[0].Name
}

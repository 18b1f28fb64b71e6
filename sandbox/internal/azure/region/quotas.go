package region

import (
	"slices"
	"strings"
)

// Names of the quotas that are not a family's.
const (
	QuotaTotal = "cores"
	QuotaSpot  = "lowPriorityCores"
)

// Default limits: those of a subscription with an enterprise agreement for a region, and none for
// GPUs and the largest memory
// (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits).
const (
	limitTotal  = 350
	limitFamily = 350
	limitSpot   = 100
)

var withoutQuota = []string{"StandardNCADSA100v4Family", "standardMSFamily"}

// Families lists the quota families of all VM sizes, sorted.
func Families() []string {
	var list []string
	for _, s := range sizes {
		if !slices.Contains(list, s.Family) {
			list = append(list, s.Family)
		}
	}
	slices.Sort(list)
	return list
}

// defaultLimit returns the limit of a quota in a subscription without settings.
func defaultLimit(name string) (int, bool) {
	switch {
	case strings.EqualFold(name, QuotaTotal):
		return limitTotal, true
	case strings.EqualFold(name, QuotaSpot):
		return limitSpot, true
	}
	i := slices.IndexFunc(Families(), func(f string) bool { return strings.EqualFold(f, name) })
	if i < 0 {
		return 0, false
	}
	if slices.Contains(withoutQuota, Families()[i]) {
		return 0, true
	}
	return limitFamily, true
}

// Limit returns the limit of a quota in vCPUs.
func (s Settings) Limit(name string) int {
	if limit, ok := findFold(s.Quotas, name); ok {
		return limit
	}
	limit, _ := defaultLimit(name)
	return limit
}

// Usage counts vCPUs by the name of their quota.
type Usage map[string]int

// Add counts nodes of a size. Spot nodes count in a quota of their own.
func (u Usage) Add(size Size, nodes int, spot bool) {
	if spot {
		u[QuotaSpot] += size.VCPUs * nodes
		return
	}
	u[QuotaTotal] += size.VCPUs * nodes
	u[size.Family] += size.VCPUs * nodes
}

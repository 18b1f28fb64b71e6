package region

import (
	"fmt"
	"slices"
	"strings"
)

// Size is a VM size.
type Size struct {
	Name   string // such as Standard_D2s_v5
	Family string // such as standardDSv5Family: the name of its quota
	VCPUs  int
	// MemoryGiB of the size.
	MemoryGiB float64
}

// series is a row of VM sizes that differ in the number of their vCPUs.
type series struct {
	pattern string // of the name, with %d for the number of vCPUs
	family  string
	gib     float64 // memory for each vCPU
	vcpus   []int
}

// sizes are the series that AKS clusters commonly run on, with their quota families
// (https://learn.microsoft.com/azure/virtual-machines/sizes/overview and the family column of `az vm
// list-skus`). Azure has about 900 sizes; a size that is not here is not offered.
var sizes = expand([]series{
	{"Standard_B%dms", "standardBSFamily", 4, []int{2, 4, 8}},
	{"Standard_B%ds", "standardBSFamily", 2, []int{2}},
	{"Standard_B%ds_v2", "standardBsv2Family", 4, []int{2, 4, 8, 16, 32}},
	{"Standard_B%das_v2", "standardBasv2Family", 4, []int{2, 4, 8, 16, 32}},
	{"Standard_D%ds_v3", "standardDSv3Family", 4, []int{2, 4, 8, 16, 32, 48, 64}},
	{"Standard_D%ds_v4", "standardDSv4Family", 4, []int{2, 4, 8, 16, 32, 48, 64}},
	{"Standard_D%d_v5", "standardDv5Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_D%ds_v5", "standardDSv5Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_D%dds_v5", "standardDDSv5Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_D%das_v5", "standardDASv5Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_D%dads_v5", "standardDADSv5Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_D%dps_v5", "standardDPSv5Family", 4, []int{2, 4, 8, 16, 32, 48, 64}},
	{"Standard_D%ds_v6", "standardDsv6Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_D%dads_v6", "standardDadv6Family", 4, []int{2, 4, 8, 16, 32, 48, 64, 96}},
	{"Standard_E%ds_v5", "standardESv5Family", 8, []int{2, 4, 8, 16, 20, 32, 48, 64, 96}},
	{"Standard_E%das_v5", "standardEASv5Family", 8, []int{2, 4, 8, 16, 20, 32, 48, 64, 96}},
	{"Standard_F%ds_v2", "standardFSv2Family", 2, []int{2, 4, 8, 16, 32, 48, 64, 72}},
	{"Standard_NC%dads_A100_v4", "StandardNCADSA100v4Family", 9.17, []int{24, 48, 96}},
	{"Standard_M%ds", "standardMSFamily", 16, []int{8, 16, 32, 64, 128}},
}, []Size{
	// The number in these names is not that of the vCPUs.
	{"Standard_DS2_v2", "standardDSv2Family", 2, 7},
	{"Standard_DS3_v2", "standardDSv2Family", 4, 14},
	{"Standard_DS4_v2", "standardDSv2Family", 8, 28},
})

func expand(rows []series, single []Size) []Size {
	out := slices.Clone(single)
	for _, s := range rows {
		for _, n := range s.vcpus {
			out = append(out, Size{Name: fmt.Sprintf(s.pattern, n), Family: s.family, VCPUs: n, MemoryGiB: s.gib * float64(n)})
		}
	}
	slices.SortFunc(out, func(a, b Size) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Sizes lists the VM sizes that Azure has, also those that are restricted.
func Sizes() []Size { return slices.Clone(sizes) }

// FindSize returns a VM size by its name, in any case.
func FindSize(name string) (Size, bool) {
	i := slices.IndexFunc(sizes, func(s Size) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return Size{}, false
	}
	return sizes[i], true
}

// withoutZones are regions without availability zones
// (https://learn.microsoft.com/azure/reliability/regions-list).
var withoutZones = strings.Fields(`australiacentral australiasoutheast canadaeast koreasouth northcentralus southindia ukwest
	westcentralus westindia westus`)

// Offer is what a region offers of a VM size to the subscription.
type Offer struct {
	Size
	// Zones in which the size can be had, sorted; empty if the region has none, or none for it.
	Zones []string
	// Restricted reports that the subscription cannot use the size in the region at all.
	Restricted bool
}

// Offers lists what a region offers of all VM sizes.
func (s Settings) Offers(location string) []Offer {
	var zones []string
	if !slices.Contains(withoutZones, location) {
		zones = []string{"1", "2", "3"}
	}
	offers := make([]Offer, 0, len(sizes))
	for _, size := range sizes {
		o := Offer{Size: size, Zones: zones}
		if set, ok := findFold(s.VMSizes, size.Name); ok {
			o.Restricted = set.Restricted
			if set.Zones != nil {
				o.Zones = *set.Zones
			}
		}
		offers = append(offers, o)
	}
	return offers
}

// findFold returns the value of a key in any case.
func findFold[V any](m map[string]V, key string) (V, bool) {
	for name, value := range m {
		if strings.EqualFold(name, key) {
			return value, true
		}
	}
	var none V
	return none, false
}

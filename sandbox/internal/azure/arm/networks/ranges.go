package networks

import (
	"net/http"
	"net/netip"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// minSubnet is the length of the smallest IPv4 subnet, whose first four addresses and last one Azure keeps; IPv6
// subnets are all of one size (https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq).
const (
	minSubnet  = 29
	ipv6Subnet = 64
)

type prefixes []netip.Prefix

// parse reads a range in CIDR notation. The codes are Azure's for what it calls an invalid notation; that a range whose
// address has bits beyond the prefix is refused with the same one is inferred.
func parse(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, arm.Errorf(http.StatusBadRequest, "InvalidAddressPrefixFormat", "Address prefix %s of resource is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.", text)
	}
	if p != p.Masked() {
		return p, arm.Errorf(http.StatusBadRequest, "InvalidCIDRNotation", "The address prefix %s has an invalid CIDR notation. For the given prefix length, the address prefix should be %s.", text, p.Masked())
	}
	return p, nil
}

// parseSpace reads the ranges of a network, which must not overlap.
func parseSpace(texts []string) (prefixes, error) {
	var space prefixes
	for _, text := range texts {
		p, err := parse(text)
		if err != nil {
			return nil, err
		}
		for _, other := range space {
			if p.Overlaps(other) {
				return nil, arm.Errorf(http.StatusBadRequest, "NetcfgVirtualNetworkAddressSpaceOverlap", "The address prefixes %s and %s of the virtual network overlap.", other, p).At("properties.addressSpace")
			}
		}
		space = append(space, p)
	}
	return space, nil
}

func (all prefixes) contain(p netip.Prefix) bool {
	for _, within := range all {
		if within.Bits() <= p.Bits() && within.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// checkFit refuses subnets outside the network's ranges and subnets that overlap. Codes and texts are quoted in
// MicrosoftDocs/azure-docs#123869.
func checkFit(network string, space prefixes, subnets []resource.Document[Subnet]) error {
	var taken prefixes
	for _, s := range subnets {
		for _, text := range s.Body.Prefixes {
			p, err := parse(text)
			if err != nil {
				return err
			}
			if p.Addr().Is4() && p.Bits() > minSubnet || p.Addr().Is6() && p.Bits() != ipv6Subnet {
				return arm.Errorf(http.StatusBadRequest, "NetcfgInvalidSubnet", "Subnet '%s' is not valid in virtual network '%s': an IPv4 subnet is /%d or larger, an IPv6 subnet /%d.", s.Name, network, minSubnet, ipv6Subnet)
			}
			if !space.contain(p) {
				return arm.Errorf(http.StatusBadRequest, "NetcfgSubnetRangeOutsideVnet", "Subnet '%s' is not valid because its IP address range is outside the IP address range of virtual network '%s'.", s.Name, network)
			}
			for _, other := range taken {
				if p.Overlaps(other) {
					return arm.Errorf(http.StatusBadRequest, "NetcfgSubnetRangesOverlap", "Subnet '%s' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '%s'.", s.Name, network)
				}
			}
			taken = append(taken, p)
		}
	}
	return nil
}

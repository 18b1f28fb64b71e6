package networks

import (
	"net/http"
	"net/netip"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// minSubnet is the prefix length of the smallest IPv4 subnet, of which Azure reserves five
// addresses. All IPv6 subnets have the same size
// (https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq).
const (
	minSubnet  = 29
	ipv6Subnet = 64
)

type prefixes []netip.Prefix

// parse parses a range in CIDR notation. The codes are those of Azure for an invalid notation; that
// Azure also uses the second one for an address with bits beyond the prefix is inferred.
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

// parseSpace parses the ranges of a network, which must not overlap.
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

// contain reports whether one of the ranges contains the whole range p.
func (all prefixes) contain(p netip.Prefix) bool {
	return slices.ContainsFunc(all, func(within netip.Prefix) bool {
		return within.Bits() <= p.Bits() && within.Contains(p.Addr())
	})
}

// checkFit refuses subnets outside the network's ranges and subnets that overlap. Codes and texts
// are quoted in MicrosoftDocs/azure-docs#123869.
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

package cluster

import (
	"fmt"
	"net/netip"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
)

// reservedRanges are those that AKS uses itself.
// Source: learn.microsoft.com, "Azure Kubernetes Service (AKS) CNI networking
// overview", prerequisites.
var reservedRanges = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.30.0.0/16"),
	netip.MustParsePrefix("172.31.0.0/16"), netip.MustParsePrefix("192.0.2.0/24"),
}

// parseRange reads an IPv4 range that is written with its first address.
func parseRange(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		if addr, err := netip.ParseAddr(text); err == nil && addr.Is4() {
			return netip.Prefix{}, problem.New(fmt.Sprintf("%q is an address, not a range", text), fmt.Sprintf("write \"%s/32\" if that one is meant", text))
		}
		return netip.Prefix{}, problem.New(fmt.Sprintf("%q is not a range", text), "write it in CIDR form, such as \"10.1.0.0/16\"")
	}
	if !prefix.Addr().Is4() {
		return netip.Prefix{}, problem.New(fmt.Sprintf("%q is not an IPv4 range", text), "this component sets up single-stack IPv4 clusters")
	}
	if masked := prefix.Masked(); masked != prefix {
		return netip.Prefix{}, problem.New(fmt.Sprintf("%q does not start with the range's first address", text), fmt.Sprintf("write %q", masked))
	}
	return prefix, nil
}

// reserved checks a range of pods or services against those that AKS keeps.
func reserved(prefix netip.Prefix) error {
	for _, r := range reservedRanges {
		if r.Overlaps(prefix) {
			return problem.New(fmt.Sprintf("%s overlaps %s, which AKS keeps for itself", prefix, r), "choose another range")
		}
	}
	return nil
}

// nodesIn is the number of nodes that a range of pods has room for: every node
// takes a /24, with kubenet as with overlay.
// Source: learn.microsoft.com, "IP address planning for your Azure Kubernetes
// Service (AKS) clusters".
func nodesIn(pods netip.Prefix) int {
	if pods.Bits() > 24 {
		return 0
	}
	return 1 << (24 - pods.Bits())
}

// dnsAddress is the tenth address of a range of services, as in AKS's own default,
// or the second where there are not as many.
func dnsAddress(services netip.Prefix) netip.Addr {
	steps := 10
	if services.Bits() > 28 {
		steps = 2
	}
	addr := services.Addr()
	for range steps {
		addr = addr.Next()
	}
	return addr
}

// tenthAddress is the default of dnsServiceIp for a range that may be known later.
func tenthAddress(services pulumi.StringPtrInput) pulumi.StringPtrInput {
	tenth := func(text string) (string, error) {
		prefix, err := parseRange(text)
		if err != nil {
			return "", fmt.Errorf("network.serviceCidr: %w", err)
		}
		return dnsAddress(prefix).String(), nil
	}
	if text, ok := known.String(services); ok {
		// Validate has refused what is no range.
		addr, err := tenth(text)
		if err != nil {
			return nil
		}
		return pulumi.String(addr)
	}
	return services.ToStringPtrOutput().Elem().ApplyT(tenth).(pulumi.StringOutput).ToStringPtrOutput()
}

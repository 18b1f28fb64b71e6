// Package cidr reads ranges of IPv4 addresses in CIDR notation (RFC 4632).
package cidr

import (
	"fmt"
	"net/netip"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Parse returns the range that text describes. It must be written with its first address, as Azure
// wants it.
func Parse(text string) (netip.Prefix, error) {
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

// Address returns the address that is n above the first one of the range, which need not be in the
// range any more.
func Address(prefix netip.Prefix, n int) netip.Addr {
	addr := prefix.Addr()
	for range n {
		addr = addr.Next()
	}
	return addr
}

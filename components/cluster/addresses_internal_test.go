package cluster

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"
)

// drawRange draws a range of 10.0.0.0/8, none of which AKS keeps for itself.
func drawRange(t *rapid.T, narrowest int) netip.Prefix {
	a := [4]byte{10}
	for i := 1; i < len(a); i++ {
		a[i] = rapid.Byte().Draw(t, "byte")
	}
	return netip.PrefixFrom(netip.AddrFrom4(a), rapid.IntRange(maxServiceRange, narrowest).Draw(t, "bits")).Masked()
}

// The default DNS address must itself be one that Validate accepts.
func TestDefaultDNSAddressIsAlwaysRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		services := drawRange(t, 30)
		addr := dnsAddress(services)
		if !services.Contains(addr) || addr == services.Addr() || addr == services.Addr().Next() {
			t.Fatalf("%s has its DNS at %s", services, addr)
		}
	})
}

// Whatever the two ranges are, they are refused exactly if they share an address.
func TestOverlapIsFoundBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pods, services := drawRange(t, 23), drawRange(t, 24)
		if rapid.Bool().Draw(t, "within") {
			services = netip.PrefixFrom(pods.Addr(), max(pods.Bits(), services.Bits())).Masked()
		}
		shared := pods.Contains(services.Addr()) || services.Contains(pods.Addr())
		err := (&ClusterArgs{Network: &NetworkArgs{
			PodCidr: pulumi.String(pods.String()), ServiceCidr: pulumi.String(services.String()),
		}, SystemPool: &NodePoolArgs{Count: pulumi.Int(1)}}).Validate("shop")
		if refused := err != nil && strings.Contains(err.Error(), "overlaps the pods' range"); refused != shared {
			t.Fatalf("pods %s, services %s: %v", pods, services, err)
		}
	})
}

func TestNodesIn(t *testing.T) {
	for text, want := range map[string]int{"10.244.0.0/16": 256, "10.244.0.0/24": 1, "10.244.0.0/25": 0, "100.64.0.0/10": 16384} {
		if got := nodesIn(netip.MustParsePrefix(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

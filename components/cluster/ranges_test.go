package cluster

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"
)

func TestParseRange(t *testing.T) {
	for reason, tc := range map[string]struct{ text, want string }{
		"a range":                      {"10.0.0.0/16", ""},
		"all addresses":                {"0.0.0.0/0", ""},
		"an address":                   {"203.0.113.7", `write "203.0.113.7/32"`},
		"a range with host bits":       {"10.0.0.5/16", `write "10.0.0.0/16"`},
		"IPv6":                         {"fd00::/64", "single-stack IPv4"},
		"nothing":                      {"", "CIDR form"},
		"a prefix that is too long":    {"10.0.0.0/33", "CIDR form"},
		"a text":                       {"ten", "CIDR form"},
		"a prefix with a leading zero": {"10.0.0.0/08", "CIDR form"},
	} {
		_, err := parseRange(tc.text)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", reason, err, tc.want)
		}
	}
}

// drawRange draws a range of 10.0.0.0/8, none of which AKS keeps for itself.
func drawRange(t *rapid.T, narrowest int) netip.Prefix {
	a := [4]byte{10}
	for i := 1; i < len(a); i++ {
		a[i] = rapid.Byte().Draw(t, "byte")
	}
	return netip.PrefixFrom(netip.AddrFrom4(a), rapid.IntRange(widestService, narrowest).Draw(t, "bits")).Masked()
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

func TestVersions(t *testing.T) {
	for reason, tc := range map[string]struct {
		v, w string
		want bool
	}{
		"a newer minor":                  {"1.35", "1.34.4", true},
		"an older minor":                 {"1.33.9", "1.34", false},
		"the same":                       {"1.34.1", "1.34.1", false},
		"a newer patch":                  {"1.34.2", "1.34.1", true},
		"a patch that one does not say":  {"1.34.2", "1.34", false},
		"numbers, not texts":             {"1.9", "1.10", false},
		"another major":                  {"2.0", "1.34", true},
		"more digits than a number has":  {"1.99999999999999999999", "1.34", false},
		"an older major, a newer minor ": {"1.99", "2.0", false},
	} {
		if got := parseVersion(tc.v).above(parseVersion(tc.w)); got != tc.want {
			t.Errorf("%s: %s above %s = %t", reason, tc.v, tc.w, got)
		}
	}
}

func TestIsPrice(t *testing.T) {
	for price, want := range map[float64]bool{0.98765: true, 1: true, 123.45: true, 0.00001: true, 0.123456: false, 0: false, -0.5: false, 0.000001: false} {
		if got := isPrice(price); got != want {
			t.Errorf("%g: %t", price, got)
		}
	}
}

package cidr

import (
	"net/netip"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
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
		_, err := Parse(tc.text)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", reason, err, tc.want)
		}
	}
}

func TestAddress(t *testing.T) {
	prefix := netip.MustParsePrefix("10.0.0.0/29")
	for n, want := range map[int]string{0: "10.0.0.0", 2: "10.0.0.2", 10: "10.0.0.10", 256: "10.0.1.0"} {
		if got := Address(prefix, n).String(); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

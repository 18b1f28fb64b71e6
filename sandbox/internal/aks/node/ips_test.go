package node

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAddresses(t *testing.T) {
	t.Run("a pod keeps its address, also after a restart", func(t *testing.T) {
		a := newAddresses(netip.Prefix{})
		if ip, err := a.claim("old", "10.244.0.9"); err != nil || ip != "10.244.0.9" {
			t.Errorf("%s, %v", ip, err)
		}
		if ip, err := a.claim("old", ""); err != nil || ip != "10.244.0.9" {
			t.Errorf("%s, %v", ip, err)
		}
		if ip, err := a.claim("second pod", "10.244.0.9"); err != nil || ip == "10.244.0.9" {
			t.Errorf("%s, %v", ip, err)
		}
		if ip, err := a.claim("pod with an address outside the range", "192.0.2.1"); err != nil || ip == "192.0.2.1" {
			t.Errorf("%s, %v", ip, err)
		}
	})
	t.Run("no two pods have the same address", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			a, held := newAddresses(netip.Prefix{}), map[string]string{}
			for range rapid.IntRange(1, 200).Draw(t, "steps") {
				uid := rapid.StringMatching(`[a-h]`).Draw(t, "pod")
				if rapid.Bool().Draw(t, "release") {
					a.release(uid)
					delete(held, uid)
					continue
				}
				ip, err := a.claim(uid, "")
				if err != nil {
					t.Fatal(err)
				}
				held[uid] = ip
				for other, taken := range held {
					if other != uid && taken == ip {
						t.Fatalf("%s and %s both have %s", uid, other, ip)
					}
				}
			}
		})
	})
	t.Run("a given range is used up to its end, and then from its start", func(t *testing.T) {
		a := newAddresses(netip.MustParsePrefix("192.168.7.8/29"))
		var got []string
		for _, uid := range []string{"a", "b", "c", "d", "e", "f"} {
			ip, err := a.claim(uid, "10.244.0.9")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ip)
		}
		a.release("b")
		again, err := a.claim("g", "")
		want := []string{"192.168.7.10", "192.168.7.11", "192.168.7.12", "192.168.7.13", "192.168.7.14", "192.168.7.15"}
		if diff := cmp.Diff(want, got); diff != "" || again != "192.168.7.11" || err != nil {
			t.Errorf("then %s, %v; -want +got:\n%s", again, err, diff)
		}
	})
	t.Run("a full range is an error", func(t *testing.T) {
		a := newAddresses(netip.Prefix{})
		for ip := podRange.Addr(); podRange.Contains(ip); ip = ip.Next() {
			a.taken[ip] = "x"
		}
		if _, err := a.claim("one too many", ""); err == nil {
			t.Error("an address was found")
		}
	})
}

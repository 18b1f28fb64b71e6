package node

import (
	"fmt"
	"net/netip"
	"sync"
)

// podRange is AKS's default --pod-cidr.
var podRange = netip.MustParsePrefix("10.244.0.0/16")

// addresses assigns addresses to pods.
type addresses struct {
	within netip.Prefix

	mu    sync.Mutex
	next  netip.Addr
	taken map[netip.Addr]string // pod UID
	byPod map[string]netip.Addr
}

// newAddresses returns the addresses of a range; the zero Prefix means AKS's default.
func newAddresses(within netip.Prefix) *addresses {
	if !within.IsValid() {
		within = podRange
	}
	a := &addresses{within: within.Masked(), taken: map[netip.Addr]string{}, byPod: map[string]netip.Addr{}}
	a.next = a.first()
	return a
}

// first returns the first address for a pod: the first two of a subnet are those of the network and
// the gateway.
func (a *addresses) first() netip.Addr { return a.within.Addr().Next().Next() }

// claim assigns an address to a pod: the one that it has, the wanted one if that is free, or the
// next free one.
func (a *addresses) claim(uid, wanted string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ip, ok := a.byPod[uid]; ok {
		return ip.String(), nil
	}
	ip, err := netip.ParseAddr(wanted)
	if err != nil || !a.within.Contains(ip) || a.taken[ip] != "" {
		ip, err = a.free()
		if err != nil {
			return "", err
		}
	}
	a.taken[ip], a.byPod[uid] = uid, ip
	return ip.String(), nil
}

// free returns the next free address after the last one assigned, so that an address is reused as
// late as possible: a connection meant for a deleted pod must not reach a new one.
func (a *addresses) free() (netip.Addr, error) {
	for range 1 << (a.within.Addr().BitLen() - a.within.Bits()) {
		ip := a.next
		a.next = ip.Next()
		if !a.within.Contains(a.next) {
			a.next = a.first()
		}
		if a.within.Contains(ip) && a.taken[ip] == "" {
			return ip, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("no free pod address in %s", a.within)
}

func (a *addresses) release(uid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ip, ok := a.byPod[uid]; ok {
		delete(a.byPod, uid)
		delete(a.taken, ip)
	}
}

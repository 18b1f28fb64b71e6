package cluster

import (
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
)

// widestService is the shortest prefix of a range of services: smaller than /12.
// Source: learn.microsoft.com, "IP address planning for your Azure Kubernetes
// Service (AKS) clusters", as all rules of this file.
const widestService = 13

// maxNodes is the largest number of nodes of a pool.
// Source: Microsoft.ContainerService/managedClusters/agentPools, property count.
const maxNodes = 1000

// validateRanges checks the ranges of pods and services by themselves, against
// each other and against what the pools ask for, as far as they are known.
func (args *ClusterArgs) validateRanges(l *problems.List) {
	n := args.plan()
	if given := args.Network; given != nil && given.PodCidr != nil && !n.overlay() {
		l.Addf("network.podCidr", "pods have a range of their own only with pluginMode %s or the plugin %s: leave podCidr out", ModeOverlay, PluginKubenet)
	}
	pods, podsOK := checkedRange(l, "network.podCidr", n.podCidr)
	services, servicesOK := checkedRange(l, "network.serviceCidr", n.serviceCidr)
	if podsOK {
		args.checkRoom(l, pods)
	}
	if servicesOK && services.Bits() < widestService {
		l.Addf("network.serviceCidr", "%s is too wide: a range of services is smaller than /12", services)
	}
	if podsOK && servicesOK && pods.Overlaps(services) {
		l.Addf("network.serviceCidr", "the services' range %s overlaps the pods' range %s: give serviceCidr or podCidr another one", services, pods)
	}
	if servicesOK {
		args.checkDNS(l, services)
	}
}

// checkedRange is a range that is known and right.
func checkedRange(l *problems.List, path string, in pulumi.StringPtrInput) (netip.Prefix, bool) {
	text, ok := known.String(in)
	if !ok {
		return netip.Prefix{}, false
	}
	prefix, err := parseRange(text)
	if err == nil {
		err = reserved(prefix)
	}
	l.Add(path, err)
	return prefix, err == nil
}

// checkRoom compares the pods' range with the number of nodes that the pools may
// have. Nodes that an upgrade adds for a while come on top.
func (args *ClusterArgs) checkRoom(l *problems.List, pods netip.Prefix) {
	room := nodesIn(pods)
	if room == 0 {
		l.Addf("network.podCidr", "%s is too small: every node takes a /24 of it", pods)
		return
	}
	system := args.SystemPool
	if system == nil {
		system = &NodePoolArgs{}
	}
	nodes := system.mostNodes(defaultSystemCount)
	for i := range args.NodePools {
		nodes += args.NodePools[i].mostNodes(defaultUserCount)
	}
	if nodes > room {
		l.Addf("network.podCidr", "%s has room for %d nodes (each takes a /24), and the pools may have %d: choose a wider range before the cluster is created, because another one replaces it", pods, room, nodes)
	}
}

// mostNodes is the largest number of nodes of the pool, or 0 where it is not known
// or wrong by itself.
func (p *NodePoolArgs) mostNodes(byDefault int) int {
	in := p.Count
	if p.MaxCount != nil {
		in = p.MaxCount
	}
	if in == nil {
		return byDefault
	}
	most, _ := known.Int(in)
	if most > maxNodes {
		return 0
	}
	return most
}

func (args *ClusterArgs) checkDNS(l *problems.List, services netip.Prefix) {
	if args.Network == nil {
		return
	}
	text, ok := known.String(args.Network.DnsServiceIp)
	if !ok {
		return
	}
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil:
		l.Addf("network.dnsServiceIp", "%q is not an IP address: give one of the services' range, or leave it out", text)
	case !services.Contains(addr):
		l.Addf("network.dnsServiceIp", "%s is not in the services' range %s: give one of that range, or leave it out", addr, services)
	case addr == services.Addr() || addr == services.Addr().Next():
		l.Addf("network.dnsServiceIp", "%s is the first address of the services' range, which belongs to kubernetes.default.svc: choose another, such as %s", addr, dnsAddress(services))
	}
}

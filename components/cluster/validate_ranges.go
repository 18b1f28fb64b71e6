package cluster

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
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
func (args *ClusterArgs) validateRanges(l *problem.List) {
	n := args.plan()
	if given := args.Network; given != nil && given.PodCidr != nil && !n.overlay() {
		l.Add("network.podCidr", fmt.Sprintf("pods have a range of their own only with pluginMode %s or the plugin %s", ModeOverlay, PluginKubenet), "leave podCidr out")
	}
	pods, podsOK := checkedRange(l, "network.podCidr", n.podCidr)
	services, servicesOK := checkedRange(l, "network.serviceCidr", n.serviceCidr)
	if podsOK {
		args.checkRoom(l, pods)
	}
	if servicesOK && services.Bits() < widestService {
		l.Add("network.serviceCidr", fmt.Sprintf("%s is too wide", services), "a range of services is smaller than /12")
	}
	if podsOK && servicesOK && pods.Overlaps(services) {
		l.Add("network.serviceCidr", fmt.Sprintf("the services' range %s overlaps the pods' range %s", services, pods), "give serviceCidr or podCidr another one")
	}
	if servicesOK {
		args.checkDNS(l, services)
	}
}

// checkedRange is a range that is known and right.
func checkedRange(l *problem.List, path problem.Path, in pulumi.StringPtrInput) (netip.Prefix, bool) {
	text, ok := known.String(in)
	if !ok {
		return netip.Prefix{}, false
	}
	prefix, err := parseRange(text)
	if err == nil {
		err = reserved(prefix)
	}
	l.AddError(path, err)
	return prefix, err == nil
}

// checkRoom compares the pods' range with the number of nodes that the pools may
// have. Nodes that an upgrade adds for a while come on top.
func (args *ClusterArgs) checkRoom(l *problem.List, pods netip.Prefix) {
	room := nodesIn(pods)
	if room == 0 {
		l.Add("network.podCidr", fmt.Sprintf("%s is too small", pods), "every node takes a /24 of it")
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
		l.Add("network.podCidr", fmt.Sprintf("%s has room for %d nodes (each takes a /24), and the pools may have %d", pods, room, nodes), "choose a wider range before the cluster is created, because another one replaces it")
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

func (args *ClusterArgs) checkDNS(l *problem.List, services netip.Prefix) {
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
		l.Add("network.dnsServiceIp", fmt.Sprintf("%q is not an IP address", text), "give one of the services' range, or leave it out")
	case !services.Contains(addr):
		l.Add("network.dnsServiceIp", fmt.Sprintf("%s is not in the services' range %s", addr, services), "give one of that range, or leave it out")
	case addr == services.Addr() || addr == services.Addr().Next():
		l.Add("network.dnsServiceIp", fmt.Sprintf("%s is the first address of the services' range, which belongs to kubernetes.default.svc", addr), fmt.Sprintf("choose another, such as %s", dnsAddress(services)))
	}
}

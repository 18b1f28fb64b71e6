package cluster

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/cidr"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

const (
	// defaultPodCidr and defaultServiceCidr are AKS's own.
	defaultPodCidr     = "10.244.0.0/16"
	defaultServiceCidr = "10.0.0.0/16"

	// maxServiceRange is the shortest prefix of a range of services. Source: learn.microsoft.com,
	// "IP address planning for your Azure Kubernetes Service (AKS) clusters", as of all rules about
	// ranges that name no other source.
	maxServiceRange = 13
)

// reservedRanges are those that AKS uses. Source: learn.microsoft.com, "Azure Kubernetes Service
// (AKS) CNI networking overview", prerequisites.
var reservedRanges = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.30.0.0/16"),
	netip.MustParsePrefix("172.31.0.0/16"), netip.MustParsePrefix("192.0.2.0/24"),
}

// checkRanges checks the ranges of pods and services, as far as they are known: their form, whether
// they overlap, and whether they have room for the nodes of the pools.
func (args *ClusterArgs) checkRanges(l *problem.List) {
	n := args.networkPlan()
	if given := args.Network; given != nil && given.PodCidr != nil && !n.hasPodRange() {
		l.Add("network.podCidr", fmt.Sprintf("pods have a separate range only with pluginMode %s or the plugin %s", ModeOverlay, PluginKubenet), "leave podCidr out")
	}
	pods, podsOK := checkRange(l, "network.podCidr", n.podCidr)
	services, servicesOK := checkRange(l, "network.serviceCidr", n.serviceCidr)
	if podsOK {
		args.checkRoom(l, pods)
	}
	if servicesOK && services.Bits() < maxServiceRange {
		l.Add("network.serviceCidr", fmt.Sprintf("%s is too wide", services), "a range of services is smaller than /12")
	}
	if podsOK && servicesOK && pods.Overlaps(services) {
		l.Add("network.serviceCidr", fmt.Sprintf("the services' range %s overlaps the pods' range %s", services, pods), "give serviceCidr or podCidr another one")
	}
	if servicesOK {
		args.checkDNS(l, services)
	}
}

// checkRange returns a range that is known and that AKS accepts.
func checkRange(l *problem.List, path problem.Path, in pulumi.StringPtrInput) (netip.Prefix, bool) {
	text, ok := known.String(in)
	if !ok {
		return netip.Prefix{}, false
	}
	prefix, err := cidr.Parse(text)
	if err == nil {
		err = checkReserved(prefix)
	}
	l.AddError(path, err)
	return prefix, err == nil
}

func checkReserved(prefix netip.Prefix) error {
	for _, r := range reservedRanges {
		if r.Overlaps(prefix) {
			return problem.New(fmt.Sprintf("%s overlaps %s, which AKS keeps for itself", prefix, r), "choose another range")
		}
	}
	return nil
}

// checkRoom compares the pods' range with the number of nodes that the pools may have. Nodes that
// an upgrade adds for a while are not counted.
func (args *ClusterArgs) checkRoom(l *problem.List, pods netip.Prefix) {
	room := nodesIn(pods)
	if room == 0 {
		l.Add("network.podCidr", fmt.Sprintf("%s is too small", pods), "every node takes a /24 of it")
		return
	}
	nodes := cmp.Or(args.SystemPool, &NodePoolArgs{}).maxNodes(defaultSystemCount)
	for i := range args.NodePools {
		nodes += args.NodePools[i].maxNodes(defaultUserCount)
	}
	if nodes > room {
		l.Add("network.podCidr", fmt.Sprintf("%s has room for %d nodes (each takes a /24), and the pools may have %d", pods, room, nodes), "choose a wider range before the cluster is created, because another one replaces it")
	}
}

// nodesIn returns the number of nodes that a range of pods has room for. Every node takes a /24,
// with kubenet as with overlay.
func nodesIn(pods netip.Prefix) int {
	if pods.Bits() > 24 {
		return 0
	}
	return 1 << (24 - pods.Bits())
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
	case addr == cidr.Address(services, 0) || addr == cidr.Address(services, 1):
		l.Add("network.dnsServiceIp", fmt.Sprintf("%s is the first address of the services' range, which belongs to kubernetes.default.svc", addr), fmt.Sprintf("choose another, such as %s", dnsAddress(services)))
	}
}

// dnsAddress returns the address of the DNS in a range of services: the one that AKS's own default
// has in AKS's default range, or the first that is free in a range that is too narrow for it.
func dnsAddress(services netip.Prefix) netip.Addr {
	if services.Bits() > 28 {
		return cidr.Address(services, 2)
	}
	return cidr.Address(services, 10)
}

// dnsServiceIP returns dnsAddress as text, for a range that may be known only later.
func dnsServiceIP(services pulumi.StringPtrInput) pulumi.StringPtrInput {
	address := func(text string) (string, error) {
		prefix, err := cidr.Parse(text)
		if err != nil {
			return "", fmt.Errorf("network.serviceCidr: %w", err)
		}
		return dnsAddress(prefix).String(), nil
	}
	if text, ok := known.String(services); ok {
		addr, err := address(text)
		if err != nil {
			return nil // Validate has refused such a range.
		}
		return pulumi.String(addr)
	}
	return services.ToStringPtrOutput().Elem().ApplyT(address).(pulumi.StringOutput).ToStringPtrOutput()
}

// checkSubnets checks the pools' subnets.
//
// Sources: learn.microsoft.com, "Create node pools for a cluster in Azure Kubernetes Service (AKS)"
// (one virtual network); "Configure Azure CNI Pod Subnet - Dynamic IP Allocation" (pods' subnets).
func (args *ClusterArgs) checkSubnets(l *problem.List, n *networkPlan) {
	system := cmp.Or(args.SystemPool, &NodePoolArgs{})
	network := checkSubnet(l, "systemPool.vnetSubnetId", system.VnetSubnetId)
	args.checkPodSubnet(l, "systemPool", system, n)
	for i := range args.NodePools {
		p, path := &args.NodePools[i], problem.Path("nodePools").Index(i)
		other := checkSubnet(l, path+".vnetSubnetId", p.VnetSubnetId)
		switch {
		case p.VnetSubnetId != nil && system.VnetSubnetId == nil:
			l.Add(path+".vnetSubnetId", "all pools are in one virtual network, and the system pool is in one that AKS creates", "give systemPool.vnetSubnetId too")
		case other != "" && network != "" && !strings.EqualFold(other, network):
			l.Add(path+".vnetSubnetId", fmt.Sprintf("all pools are in one virtual network, and the system pool's is %s", network), "choose a subnet of it")
		}
		args.checkPodSubnet(l, path, p, n)
	}
}

// checkSubnet returns the virtual network of a subnet, or "" if that is not known.
func checkSubnet(l *problem.List, path problem.Path, in pulumi.StringPtrInput) string {
	id, ok := known.String(in)
	if !ok {
		return ""
	}
	if err := azure.ValidateResourceID(id, azure.TypeSubnet); err != nil {
		l.AddError(path, err)
		return ""
	}
	return azure.ParentID(id)
}

func (args *ClusterArgs) checkPodSubnet(l *problem.List, path problem.Path, p *NodePoolArgs, n *networkPlan) {
	if p.PodSubnetId == nil {
		return
	}
	checkSubnet(l, path+".podSubnetId", p.PodSubnetId)
	if n.plugin != PluginAzure || n.mode != ModeNone {
		l.Add(path+".podSubnetId", fmt.Sprintf("pods have a subnet only with network.plugin %s and network.pluginMode %s", PluginAzure, ModeNone), "set them, or leave the subnet out")
	}
	if p.VnetSubnetId == nil && (args.SystemPool == nil || args.SystemPool.VnetSubnetId == nil) {
		l.Add(path+".podSubnetId", "pods can have a subnet only if the nodes have one", "give vnetSubnetId too")
	}
}

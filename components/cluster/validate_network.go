package cluster

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// validateNetwork checks what goes together. Ranges are checked by
// validateRanges.
func (args *ClusterArgs) validateNetwork(l *problems.List) {
	n := args.plan()
	checkPlugin(l, n)
	args.checkWindows(l, n)
	args.checkOutbound(l, n)
	args.checkSubnets(l, n)
	if n.balancer == LoadBalancerBasic {
		args.checkBasic(l)
	}
}

// checkPlugin checks plugin, data plane and policy.
//
// Sources: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in Azure
// Kubernetes Service (AKS)" (plugin azure; policy comes with the data plane),
// "Configure Azure CNI Overlay networking" (kubenet knows Calico only), "Bring your
// own Container Network Interface (CNI) plugin" (none: nothing is set up).
func checkPlugin(l *problems.List, n *networkPlan) {
	if n.mode == ModeOverlay && n.plugin != PluginAzure {
		l.Addf("network.pluginMode", "overlay is a mode of the plugin %s, not of %s: leave it out", PluginAzure, n.plugin)
	}
	switch {
	case n.dataplane == DataplaneCilium && n.plugin != PluginAzure:
		l.Addf("network.dataplane", "%s needs the plugin %s, not %s: change one of the two", DataplaneCilium, PluginAzure, n.plugin)
	case n.plugin == PluginNone && n.policy != PolicyNone:
		l.Addf("network.policy", "with the plugin %s AKS installs no policy engine, your own network plugin does: leave it out", PluginNone)
	case n.dataplane == DataplaneCilium && n.policy != PolicyCilium:
		l.Addf("network.policy", "the data plane %s enforces network policy itself and accepts no %q: leave policy out", DataplaneCilium, n.policy)
	case n.dataplane != DataplaneCilium && n.policy == PolicyCilium:
		l.Addf("network.policy", "%s needs the data plane %s: leave dataplane out, or choose %s", PolicyCilium, DataplaneCilium, PolicyCalico)
	case n.plugin == PluginKubenet && n.policy == PolicyAzure:
		l.Addf("network.policy", "%s needs the plugin %s: with %s choose %s", PolicyAzure, PluginAzure, PluginKubenet, PolicyCalico)
	}
}

// checkWindows: neither Cilium nor kubenet runs on Windows nodes.
//
// Sources: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in Azure
// Kubernetes Service (AKS)", limitations; "Azure Kubernetes Service (AKS) CNI
// networking overview", feature comparison.
func (args *ClusterArgs) checkWindows(l *problems.List, n *networkPlan) {
	for i := range args.NodePools {
		path := index("nodePools", i) + ".osType"
		switch {
		case args.NodePools[i].OsType != OSWindows:
		case n.plugin == PluginKubenet:
			l.Addf(path, "%s nodes do not work with the plugin %s: choose network.plugin %s", OSWindows, PluginKubenet, PluginAzure)
		case n.dataplane == DataplaneCilium:
			l.Addf(path, "%s nodes do not work with the data plane %s: choose network.dataplane %s, before the cluster is created, because another one replaces it", OSWindows, DataplaneCilium, DataplaneAzure)
		}
	}
}

// checkOutbound checks the way out.
//
// Source: learn.microsoft.com, "Customize cluster egress with outbound types in
// Azure Kubernetes Service (AKS)".
func (args *ClusterArgs) checkOutbound(l *problems.List, n *networkPlan) {
	if n.outbound == OutboundLoadBalancer {
		return
	}
	if n.balancer == LoadBalancerBasic {
		l.Addf("network.outboundType", "%s needs loadBalancerSku %s: leave loadBalancerSku out", n.outbound, LoadBalancerStandard)
	}
	own := args.SystemPool != nil && args.SystemPool.VnetSubnetId != nil
	switch {
	case n.outbound == OutboundManagedNAT && own:
		l.Addf("network.outboundType", "%s is for the network that AKS makes: with subnets of your own choose %s", OutboundManagedNAT, OutboundUserAssignedNAT)
	case n.outbound != OutboundManagedNAT && !own:
		l.Addf("network.outboundType", "%s needs a subnet that has that way out already: give systemPool.vnetSubnetId", n.outbound)
	}
}

// checkSubnets checks the pools' subnets.
//
// Sources: learn.microsoft.com, "Create node pools for a cluster in Azure Kubernetes
// Service (AKS)" (one virtual network); "Configure Azure CNI Pod Subnet - Dynamic
// IP Allocation" (pods' subnets).
func (args *ClusterArgs) checkSubnets(l *problems.List, n *networkPlan) {
	system := args.SystemPool
	if system == nil {
		system = &NodePoolArgs{}
	}
	network := checkSubnet(l, "systemPool.vnetSubnetId", system.VnetSubnetId)
	checkPodSubnet(l, "systemPool", system, system, n)
	for i := range args.NodePools {
		p, path := &args.NodePools[i], index("nodePools", i)
		own := checkSubnet(l, path+".vnetSubnetId", p.VnetSubnetId)
		switch {
		case p.VnetSubnetId != nil && system.VnetSubnetId == nil:
			l.Addf(path+".vnetSubnetId", "all pools are in one virtual network, and the system pool's is AKS's own: give systemPool.vnetSubnetId too")
		case own != "" && network != "" && !strings.EqualFold(own, network):
			l.Addf(path+".vnetSubnetId", "all pools are in one virtual network, and the system pool's is %s: choose a subnet of it", network)
		}
		checkPodSubnet(l, path, p, system, n)
	}
}

// checkSubnet returns the virtual network of a subnet, if it is known.
func checkSubnet(l *problems.List, path string, in pulumi.StringPtrInput) string {
	id, ok := known.String(in)
	if !ok {
		return ""
	}
	if err := azure.ValidateResourceID(id, azure.TypeSubnet); err != nil {
		l.Add(path, err)
		return ""
	}
	return azure.ParentID(id)
}

func checkPodSubnet(l *problems.List, path string, p, system *NodePoolArgs, n *networkPlan) {
	if p.PodSubnetId == nil {
		return
	}
	checkSubnet(l, path+".podSubnetId", p.PodSubnetId)
	if n.plugin != PluginAzure || n.mode != ModeNone {
		l.Addf(path+".podSubnetId", "pods have a subnet only with network.plugin %s and network.pluginMode %s: set them, or leave the subnet out", PluginAzure, ModeNone)
	}
	if p.VnetSubnetId == nil && system.VnetSubnetId == nil {
		l.Addf(path+".podSubnetId", "pods have a subnet of their own only if the nodes have one: give vnetSubnetId too")
	}
}

// checkBasic lists what the basic load balancer cannot do.
//
// Sources: learn.microsoft.com, "Create node pools for a cluster in Azure Kubernetes
// Service (AKS)" (several pools, spot), "Availability zones in Azure Kubernetes
// Service (AKS)", "Secure access to the API server using authorized IP address
// ranges", "Create a private Azure Kubernetes Service (AKS) cluster".
func (args *ClusterArgs) checkBasic(l *problems.List) {
	needs := func(path, what string) {
		l.Addf(path, "%s need network.loadBalancerSku %s: leave loadBalancerSku out", what, LoadBalancerStandard)
	}
	if args.SystemPool != nil && args.SystemPool.AvailabilityZones != nil {
		needs("systemPool.availabilityZones", "availability zones")
	}
	if len(args.NodePools) > 0 {
		needs("nodePools", "further node pools")
	}
	if a := args.ApiServer; a != nil && a.AuthorizedIpRanges != nil {
		needs("apiServer.authorizedIpRanges", "authorised IP ranges")
	}
	if a := args.ApiServer; a != nil && a.Private {
		needs("apiServer.private", "private clusters")
	}
}

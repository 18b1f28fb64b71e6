package cluster

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// validateNetwork checks what goes together. Ranges are checked by
// validateRanges.
func (args *ClusterArgs) validateNetwork(l *problem.List) {
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
func checkPlugin(l *problem.List, n *networkPlan) {
	if n.mode == ModeOverlay && n.plugin != PluginAzure {
		l.Add("network.pluginMode", fmt.Sprintf("overlay is a mode of the plugin %s, not of %s", PluginAzure, n.plugin), "leave it out")
	}
	switch {
	case n.dataplane == DataplaneCilium && n.plugin != PluginAzure:
		l.Add("network.dataplane", fmt.Sprintf("%s needs the plugin %s, not %s", DataplaneCilium, PluginAzure, n.plugin), "change one of the two")
	case n.plugin == PluginNone && n.policy != PolicyNone:
		l.Add("network.policy", fmt.Sprintf("with the plugin %s AKS installs no policy engine, your own network plugin does", PluginNone), "leave it out")
	case n.dataplane == DataplaneCilium && n.policy != PolicyCilium:
		l.Add("network.policy", fmt.Sprintf("the data plane %s enforces network policy itself and accepts no %q", DataplaneCilium, n.policy), "leave policy out")
	case n.dataplane != DataplaneCilium && n.policy == PolicyCilium:
		l.Add("network.policy", fmt.Sprintf("%s needs the data plane %s", PolicyCilium, DataplaneCilium), fmt.Sprintf("leave dataplane out, or choose %s", PolicyCalico))
	case n.plugin == PluginKubenet && n.policy == PolicyAzure:
		l.Add("network.policy", fmt.Sprintf("%s needs the plugin %s", PolicyAzure, PluginAzure), fmt.Sprintf("with %s choose %s", PluginKubenet, PolicyCalico))
	}
}

// checkWindows: neither Cilium nor kubenet runs on Windows nodes.
//
// Sources: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in Azure
// Kubernetes Service (AKS)", limitations; "Azure Kubernetes Service (AKS) CNI
// networking overview", feature comparison.
func (args *ClusterArgs) checkWindows(l *problem.List, n *networkPlan) {
	for i := range args.NodePools {
		path := problem.Path("nodePools").Index(i) + ".osType"
		switch {
		case args.NodePools[i].OsType != OSWindows:
		case n.plugin == PluginKubenet:
			l.Add(path, fmt.Sprintf("%s nodes do not work with the plugin %s", OSWindows, PluginKubenet), fmt.Sprintf("choose network.plugin %s", PluginAzure))
		case n.dataplane == DataplaneCilium:
			l.Add(path, fmt.Sprintf("%s nodes do not work with the data plane %s", OSWindows, DataplaneCilium), fmt.Sprintf("choose network.dataplane %s, before the cluster is created, because another one replaces it", DataplaneAzure))
		}
	}
}

// checkOutbound checks the way out.
//
// Source: learn.microsoft.com, "Customize cluster egress with outbound types in
// Azure Kubernetes Service (AKS)".
func (args *ClusterArgs) checkOutbound(l *problem.List, n *networkPlan) {
	if n.outbound == OutboundLoadBalancer {
		return
	}
	if n.balancer == LoadBalancerBasic {
		l.Add("network.outboundType", fmt.Sprintf("%s needs loadBalancerSku %s", n.outbound, LoadBalancerStandard), "leave loadBalancerSku out")
	}
	own := args.SystemPool != nil && args.SystemPool.VnetSubnetId != nil
	switch {
	case n.outbound == OutboundManagedNAT && own:
		l.Add("network.outboundType", fmt.Sprintf("%s is for the network that AKS makes", OutboundManagedNAT), fmt.Sprintf("with subnets of your own choose %s", OutboundUserAssignedNAT))
	case n.outbound != OutboundManagedNAT && !own:
		l.Add("network.outboundType", fmt.Sprintf("%s needs a subnet that has that way out already", n.outbound), "give systemPool.vnetSubnetId")
	}
}

// checkSubnets checks the pools' subnets.
//
// Sources: learn.microsoft.com, "Create node pools for a cluster in Azure Kubernetes
// Service (AKS)" (one virtual network); "Configure Azure CNI Pod Subnet - Dynamic
// IP Allocation" (pods' subnets).
func (args *ClusterArgs) checkSubnets(l *problem.List, n *networkPlan) {
	system := args.SystemPool
	if system == nil {
		system = &NodePoolArgs{}
	}
	network := checkSubnet(l, "systemPool.vnetSubnetId", system.VnetSubnetId)
	checkPodSubnet(l, "systemPool", system, system, n)
	for i := range args.NodePools {
		p, path := &args.NodePools[i], problem.Path("nodePools").Index(i)
		own := checkSubnet(l, path+".vnetSubnetId", p.VnetSubnetId)
		switch {
		case p.VnetSubnetId != nil && system.VnetSubnetId == nil:
			l.Add(path+".vnetSubnetId", "all pools are in one virtual network, and the system pool's is AKS's own", "give systemPool.vnetSubnetId too")
		case own != "" && network != "" && !strings.EqualFold(own, network):
			l.Add(path+".vnetSubnetId", fmt.Sprintf("all pools are in one virtual network, and the system pool's is %s", network), "choose a subnet of it")
		}
		checkPodSubnet(l, path, p, system, n)
	}
}

// checkSubnet returns the virtual network of a subnet, if it is known.
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

func checkPodSubnet(l *problem.List, path problem.Path, p, system *NodePoolArgs, n *networkPlan) {
	if p.PodSubnetId == nil {
		return
	}
	checkSubnet(l, path+".podSubnetId", p.PodSubnetId)
	if n.plugin != PluginAzure || n.mode != ModeNone {
		l.Add(path+".podSubnetId", fmt.Sprintf("pods have a subnet only with network.plugin %s and network.pluginMode %s", PluginAzure, ModeNone), "set them, or leave the subnet out")
	}
	if p.VnetSubnetId == nil && system.VnetSubnetId == nil {
		l.Add(path+".podSubnetId", "pods have a subnet of their own only if the nodes have one", "give vnetSubnetId too")
	}
}

// checkBasic lists what the basic load balancer cannot do.
//
// Sources: learn.microsoft.com, "Create node pools for a cluster in Azure Kubernetes
// Service (AKS)" (several pools, spot), "Availability zones in Azure Kubernetes
// Service (AKS)", "Secure access to the API server using authorized IP address
// ranges", "Create a private Azure Kubernetes Service (AKS) cluster".
func (args *ClusterArgs) checkBasic(l *problem.List) {
	needs := func(path problem.Path, what string) {
		l.Add(path, fmt.Sprintf("%s need network.loadBalancerSku %s", what, LoadBalancerStandard), "leave loadBalancerSku out")
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

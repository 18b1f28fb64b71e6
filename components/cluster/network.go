package cluster

import (
	"cmp"
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// NetworkArgs describes the cluster's network. The enumerations are plain values, because the
// defaults of the other fields follow from them. Subnets are fields of the pools.
type NetworkArgs struct {
	// Plugin is azure (the default), kubenet or none. AKS retires kubenet. With none no node is
	// ready until another network plugin is installed.
	Plugin NetworkPlugin `pulumi:"plugin,optional"`
	// PluginMode is overlay (the default of the plugin azure) or none, which gives pods addresses
	// of the virtual network.
	PluginMode NetworkPluginMode `pulumi:"pluginMode,optional"`
	// Dataplane is cilium (the default of the plugin azure; Linux nodes only) or azure.
	Dataplane NetworkDataplane `pulumi:"dataplane,optional"`
	// Policy enforces network policies: cilium (the default with the data plane cilium, and the
	// only one there), azure, calico (the default otherwise), or none, which ignores them.
	Policy NetworkPolicy `pulumi:"policy,optional"`
	// PodCidr is the range of the pods' addresses, IPv4, /24 or wider: every node takes a /24 of
	// it. It is for overlay and kubenet only. Default: 10.244.0.0/16, which has room for 256 nodes.
	PodCidr pulumi.StringPtrInput `pulumi:"podCidr,optional"`
	// ServiceCidr is the range of the services' addresses, IPv4, /13 or narrower. It must not be in
	// use in any network that is connected to the cluster's. Default: 10.0.0.0/16.
	ServiceCidr pulumi.StringPtrInput `pulumi:"serviceCidr,optional"`
	// DnsServiceIp is the address of the cluster's DNS, in ServiceCidr and not one of its first
	// two. Default: the first address of ServiceCidr plus 10, such as 10.0.0.10; plus 2 in a range
	// that is narrower than /28.
	DnsServiceIp pulumi.StringPtrInput `pulumi:"dnsServiceIp,optional"`
	// OutboundType is how the cluster reaches the internet: loadBalancer (the default),
	// managedNATGateway, or, only with existing subnets, userAssignedNATGateway or
	// userDefinedRouting.
	OutboundType OutboundType `pulumi:"outboundType,optional"`
	// LoadBalancerSku is standard (the default) or basic, which Azure has retired.
	LoadBalancerSku LoadBalancerSku `pulumi:"loadBalancerSku,optional"`
}

// NetworkPlugin is a network plugin.
type NetworkPlugin string

// Network plugins.
const (
	PluginAzure   NetworkPlugin = "azure"
	PluginKubenet NetworkPlugin = "kubenet"
	// PluginNone installs no network plugin.
	PluginNone NetworkPlugin = "none"
)

var _ = arguments.Enum(PluginAzure, PluginKubenet, PluginNone)

// NetworkPluginMode is a mode of the network plugin.
type NetworkPluginMode string

// Modes of the network plugin.
const (
	// ModeOverlay gives pods addresses of a separate range.
	ModeOverlay NetworkPluginMode = "overlay"
	// ModeNone gives pods addresses of the virtual network. Azure has no word for it: the property
	// is left out.
	ModeNone NetworkPluginMode = "none"
)

var _ = arguments.Enum(ModeOverlay, ModeNone)

// NetworkDataplane is a data plane.
type NetworkDataplane string

// Data planes.
const (
	DataplaneCilium NetworkDataplane = "cilium"
	DataplaneAzure  NetworkDataplane = "azure"
)

var _ = arguments.Enum(DataplaneCilium, DataplaneAzure)

// NetworkPolicy is an engine of network policy.
type NetworkPolicy string

// Engines of network policy.
const (
	PolicyCilium NetworkPolicy = "cilium"
	PolicyAzure  NetworkPolicy = "azure"
	PolicyCalico NetworkPolicy = "calico"
	// PolicyNone ignores NetworkPolicy objects.
	PolicyNone NetworkPolicy = "none"
)

var _ = arguments.Enum(PolicyCilium, PolicyAzure, PolicyCalico, PolicyNone)

// OutboundType is a way from the cluster to the internet. Azure's "none" is left out: it needs a
// private image cache (bootstrapProfile) that this component does not set up.
type OutboundType string

// Ways from the cluster to the internet.
const (
	OutboundLoadBalancer    OutboundType = "loadBalancer"
	OutboundManagedNAT      OutboundType = "managedNATGateway"
	OutboundUserAssignedNAT OutboundType = "userAssignedNATGateway"
	OutboundUserRouting     OutboundType = "userDefinedRouting"
)

var _ = arguments.Enum(OutboundLoadBalancer, OutboundManagedNAT, OutboundUserAssignedNAT, OutboundUserRouting)

// LoadBalancerSku is a SKU of the load balancer.
type LoadBalancerSku string

// SKUs of the load balancer.
const (
	LoadBalancerStandard LoadBalancerSku = "standard"
	// LoadBalancerBasic is retired for new clusters, and remains for those that have it.
	LoadBalancerBasic LoadBalancerSku = "basic"
)

var _ = arguments.Enum(LoadBalancerStandard, LoadBalancerBasic)

// networkPlan is the network with its defaults filled in.
type networkPlan struct {
	plugin                             NetworkPlugin
	mode                               NetworkPluginMode
	dataplane                          NetworkDataplane
	policy                             NetworkPolicy
	outbound                           OutboundType
	balancer                           LoadBalancerSku
	podCidr, serviceCidr, dnsServiceIP pulumi.StringPtrInput
}

// hasPodRange reports whether pods have addresses of a separate range.
func (n *networkPlan) hasPodRange() bool {
	return n.plugin == PluginAzure && n.mode == ModeOverlay || n.plugin == PluginKubenet
}

// networkPlan fills in the defaults: a separate range for the pods, which needs no planning of
// subnets, and an engine of network policy (Cilium, or Calico where the data plane is another),
// because without one policies are ignored without a warning.
func (args *ClusterArgs) networkPlan() *networkPlan {
	given := cmp.Or(args.Network, &NetworkArgs{})
	n := &networkPlan{
		plugin:       cmp.Or(given.Plugin, PluginAzure),
		outbound:     cmp.Or(given.OutboundType, OutboundLoadBalancer),
		balancer:     cmp.Or(given.LoadBalancerSku, LoadBalancerStandard),
		serviceCidr:  inputs.StringOr(given.ServiceCidr, defaultServiceCidr),
		dnsServiceIP: given.DnsServiceIp,
	}
	mode, dataplane, policy := ModeNone, DataplaneAzure, PolicyCalico
	switch n.plugin {
	case PluginAzure:
		mode, dataplane = ModeOverlay, DataplaneCilium
	case PluginNone:
		policy = PolicyNone
	}
	n.mode = cmp.Or(given.PluginMode, mode)
	n.dataplane = cmp.Or(given.Dataplane, dataplane)
	if n.dataplane == DataplaneCilium {
		policy = PolicyCilium
	}
	n.policy = cmp.Or(given.Policy, policy)
	if n.hasPodRange() {
		n.podCidr = inputs.StringOr(given.PodCidr, defaultPodCidr)
	}
	if n.dnsServiceIP == nil {
		n.dnsServiceIP = dnsServiceIP(n.serviceCidr)
	}
	return n
}

// networkProfile names the policy wherever AKS installs an engine, because the Cilium data plane
// accepts no other. Source: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in AKS".
//
// The SDK fills in podCidr where it is left out, also for networks without such a range, where AKS
// ignores it.
func (args *ClusterArgs) networkProfile() *containerservice.ContainerServiceNetworkProfileArgs {
	n := args.networkPlan()
	profile := &containerservice.ContainerServiceNetworkProfileArgs{
		NetworkPlugin:   pulumi.String(n.plugin),
		LoadBalancerSku: pulumi.String(n.balancer),
		OutboundType:    pulumi.String(n.outbound),
		PodCidr:         n.podCidr,
		ServiceCidr:     n.serviceCidr,
		DnsServiceIP:    n.dnsServiceIP,
	}
	if n.mode == ModeOverlay {
		profile.NetworkPluginMode = pulumi.String(n.mode)
	}
	if n.plugin == PluginAzure {
		profile.NetworkDataplane = pulumi.String(n.dataplane)
	}
	if n.plugin != PluginNone {
		profile.NetworkPolicy = pulumi.String(n.policy)
	}
	return profile
}

// checkNetwork checks which settings go together. Address ranges are checked by checkRanges.
func (args *ClusterArgs) checkNetwork(l *problem.List) {
	n := args.networkPlan()
	n.checkPlugin(l)
	args.checkWindows(l, n)
	args.checkOutbound(l, n)
	args.checkSubnets(l, n)
	if n.balancer == LoadBalancerBasic {
		args.checkBasicBalancer(l)
	}
}

// checkPlugin checks plugin, data plane and policy.
//
// Sources: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in Azure Kubernetes Service
// (AKS)" (plugin azure; policy comes with the data plane), "Configure Azure CNI Overlay networking"
// (kubenet has Calico only), "Bring your own Container Network Interface (CNI) plugin" (none:
// nothing is set up).
func (n *networkPlan) checkPlugin(l *problem.List) {
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

// checkWindows refuses Windows nodes with Cilium and with kubenet, which run on Linux only.
//
// Sources: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in Azure Kubernetes Service
// (AKS)", limitations; "Azure Kubernetes Service (AKS) CNI networking overview", feature
// comparison.
func (args *ClusterArgs) checkWindows(l *problem.List, n *networkPlan) {
	for i := range args.NodePools {
		path := problem.Path("nodePools").Index(i) + ".osType"
		switch {
		case args.NodePools[i].OsType != OsWindows:
		case n.plugin == PluginKubenet:
			l.Add(path, fmt.Sprintf("%s nodes do not work with the plugin %s", OsWindows, PluginKubenet), fmt.Sprintf("choose network.plugin %s", PluginAzure))
		case n.dataplane == DataplaneCilium:
			l.Add(path, fmt.Sprintf("%s nodes do not work with the data plane %s", OsWindows, DataplaneCilium), fmt.Sprintf("choose network.dataplane %s, before the cluster is created, because another one replaces it", DataplaneAzure))
		}
	}
}

// checkOutbound checks the way to the internet. Source: learn.microsoft.com, "Customize cluster
// egress with outbound types in Azure Kubernetes Service (AKS)".
func (args *ClusterArgs) checkOutbound(l *problem.List, n *networkPlan) {
	if n.outbound == OutboundLoadBalancer {
		return
	}
	if n.balancer == LoadBalancerBasic {
		l.Add("network.outboundType", fmt.Sprintf("%s needs loadBalancerSku %s", n.outbound, LoadBalancerStandard), "leave loadBalancerSku out")
	}
	hasSubnet := args.SystemPool != nil && args.SystemPool.VnetSubnetId != nil
	switch {
	case n.outbound == OutboundManagedNAT && hasSubnet:
		l.Add("network.outboundType", fmt.Sprintf("%s is for the network that AKS creates", OutboundManagedNAT), fmt.Sprintf("with existing subnets choose %s", OutboundUserAssignedNAT))
	case n.outbound != OutboundManagedNAT && !hasSubnet:
		l.Add("network.outboundType", fmt.Sprintf("%s needs a subnet that has that way out already", n.outbound), "give systemPool.vnetSubnetId")
	}
}

// checkBasicBalancer refuses what the basic load balancer does not support.
//
// Sources: learn.microsoft.com, "Create node pools for a cluster in Azure Kubernetes Service (AKS)"
// (several pools, spot), "Availability zones in Azure Kubernetes Service (AKS)", "Secure access to
// the API server using authorized IP address ranges", "Create a private Azure Kubernetes Service
// (AKS) cluster".
func (args *ClusterArgs) checkBasicBalancer(l *problem.List) {
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

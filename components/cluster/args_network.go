package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NetworkArgs describes the cluster's network. The enumerations are plain values,
// because the defaults of the others follow from them. Subnets are the pools'.
type NetworkArgs struct {
	// Plugin is azure (the default), kubenet or none. AKS retires kubenet; with
	// none somebody else installs a network plugin, and no node is ready before.
	Plugin string `pulumi:"plugin,optional" enum:"azure,kubenet,none"`
	// PluginMode is overlay (the default of azure) or none, which gives pods
	// addresses of the virtual network.
	PluginMode string `pulumi:"pluginMode,optional" enum:"overlay,none"`
	// Dataplane is cilium (the default of azure; Linux nodes only) or azure.
	Dataplane string `pulumi:"dataplane,optional" enum:"cilium,azure"`
	// Policy enforces network policies: cilium (the default of the data plane
	// cilium, and the only one there), azure, calico (the default otherwise), or
	// none, which ignores them.
	Policy string `pulumi:"policy,optional" enum:"cilium,azure,calico,none"`
	// PodCidr is the range of the pods' addresses, IPv4, /24 or wider: every
	// node takes a /24 of it. Only with overlay and kubenet. Default:
	// 10.244.0.0/16, room for 256 nodes.
	PodCidr pulumi.StringPtrInput `pulumi:"podCidr,optional"`
	// ServiceCidr is the range of the services' addresses, IPv4, smaller than /12.
	// Nothing connected to the virtual network may use it. Default: 10.0.0.0/16.
	ServiceCidr pulumi.StringPtrInput `pulumi:"serviceCidr,optional"`
	// DnsServiceIp is the address of the cluster's DNS, in ServiceCidr and not its
	// first address. Default: the tenth of ServiceCidr, 10.0.0.10.
	DnsServiceIp pulumi.StringPtrInput `pulumi:"dnsServiceIp,optional"`
	// OutboundType is how the cluster reaches the internet: loadBalancer (the
	// default), managedNATGateway, or, with subnets of your own,
	// userAssignedNATGateway or userDefinedRouting.
	OutboundType string `pulumi:"outboundType,optional" enum:"loadBalancer,managedNATGateway,userAssignedNATGateway,userDefinedRouting"`
	// LoadBalancerSku is standard (the default) or basic, which Azure has retired.
	LoadBalancerSku string `pulumi:"loadBalancerSku,optional" enum:"standard,basic"`
}

// ApiServerArgs says who can reach the API server.
type ApiServerArgs struct {
	// Private gives the API server an address in the virtual network only; the
	// deployer must be able to reach that. It cannot change later. Default: false.
	Private bool `pulumi:"private,optional"`
	// PrivateDnsZone is where a private API server's name is: "system" (the
	// default), "none" (public DNS only), or the resource id of a private DNS zone,
	// which needs ControlPlaneIdentityId.
	PrivateDnsZone pulumi.StringPtrInput `pulumi:"privateDnsZone,optional"`
	// PublicFqdn gives a private API server a name in public DNS as well. Default:
	// AKS's own, true.
	PublicFqdn pulumi.BoolPtrInput `pulumi:"publicFqdn,optional"`
	// AuthorizedIpRanges are the only public IPv4 ranges from which a public API
	// server can be reached, at most 200, each in CIDR form. The deployer's own
	// address belongs to them. "0.0.0.0/32" allows the cluster's own exit only.
	// Default: from everywhere.
	AuthorizedIpRanges pulumi.StringArrayInput `pulumi:"authorizedIpRanges,optional"`
	// DisableRunCommand refuses commands that Azure would run in the cluster for
	// whoever holds a role on the resource. Default: true; AKS's own is false.
	// Nothing that this product does uses them.
	DisableRunCommand pulumi.BoolPtrInput `pulumi:"disableRunCommand,optional"`
}

package cluster

import (
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// networkProfile says what the plan has. The policy is always named where AKS
// installs one, because the Cilium data plane accepts no other.
// Source: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in AKS".
//
// The SDK fills in podCidr where it is left out, also for networks without one;
// AKS ignores it there.
func networkProfile(args *ClusterArgs) *containerservice.ContainerServiceNetworkProfileArgs {
	n := args.plan()
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

// apiServerProfile turns "run command" off unless it is asked for: through it,
// whoever holds a role on the Azure resource runs commands as cluster
// administrator, past every network rule. That cannot break a first "up", which
// does not use it.
func apiServerProfile(a *ApiServerArgs) *containerservice.ManagedClusterAPIServerAccessProfileArgs {
	if a == nil {
		a = &ApiServerArgs{}
	}
	return &containerservice.ManagedClusterAPIServerAccessProfileArgs{
		EnablePrivateCluster:           pulumi.Bool(a.Private),
		PrivateDNSZone:                 a.PrivateDnsZone,
		EnablePrivateClusterPublicFQDN: a.PublicFqdn,
		AuthorizedIPRanges:             a.AuthorizedIpRanges,
		DisableRunCommand:              boolOr(a.DisableRunCommand, true),
	}
}

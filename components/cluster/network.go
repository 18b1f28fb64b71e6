package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// defaultPodCidr and defaultServiceCidr are AKS's own.
	defaultPodCidr     = "10.244.0.0/16"
	defaultServiceCidr = "10.0.0.0/16"
)

// networkPlan is the network with its defaults filled in.
type networkPlan struct {
	plugin, mode, dataplane, policy, outbound, balancer string
	podCidr, serviceCidr, dnsServiceIP                  pulumi.StringPtrInput
}

// overlay reports whether pods have addresses of a range of their own.
func (n *networkPlan) overlay() bool {
	return n.plugin == PluginAzure && n.mode == ModeOverlay || n.plugin == PluginKubenet
}

// plan fills in the defaults. Pods get addresses of a range of their own, because
// that needs no planning of subnets, and network policy is enforced, because one
// that is not would be silent about it: by Cilium, or by Calico where the data
// plane is another.
func (args *ClusterArgs) plan() *networkPlan {
	given := args.Network
	if given == nil {
		given = &NetworkArgs{}
	}
	n := &networkPlan{
		plugin:       orDefault(given.Plugin, PluginAzure),
		outbound:     orDefault(given.OutboundType, OutboundLoadBalancer),
		balancer:     orDefault(given.LoadBalancerSku, LoadBalancerStandard),
		serviceCidr:  stringOr(given.ServiceCidr, defaultServiceCidr),
		dnsServiceIP: given.DnsServiceIp,
	}
	mode, dataplane, policy := ModeNone, DataplaneAzure, PolicyCalico
	switch n.plugin {
	case PluginAzure:
		mode, dataplane = ModeOverlay, DataplaneCilium
	case PluginNone:
		policy = PolicyNone
	}
	n.mode = orDefault(given.PluginMode, mode)
	n.dataplane = orDefault(given.Dataplane, dataplane)
	if n.dataplane == DataplaneCilium {
		policy = PolicyCilium
	}
	n.policy = orDefault(given.Policy, policy)
	if n.overlay() {
		n.podCidr = stringOr(given.PodCidr, defaultPodCidr)
	}
	if n.dnsServiceIP == nil {
		n.dnsServiceIP = tenthAddress(n.serviceCidr)
	}
	return n
}

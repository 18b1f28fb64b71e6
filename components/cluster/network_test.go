package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func network(n cluster.NetworkArgs) *cluster.ClusterArgs { return &cluster.ClusterArgs{Network: &n} }

func TestInvalidNetworks(t *testing.T) {
	own := &cluster.NodePoolArgs{VnetSubnetId: pulumi.String(subnet)}
	checkInvalid(t, invalidCases{
		"words that AKS does not have": {
			Args: network(cluster.NetworkArgs{Plugin: "flannel", PluginMode: "flat", Dataplane: "ebpf", Policy: "np", OutboundType: "internet", LoadBalancerSku: "Standard"}),
			Want: []pulumitest.Problem{
				{Path: "network.plugin", Text: "azure, kubenet, none"},
				{Path: "network.pluginMode", Text: "overlay, none"},
				{Path: "network.dataplane", Text: "cilium, azure"},
				{Path: "network.policy", Text: "cilium, azure, calico, none"},
				{Path: "network.outboundType", Text: "loadBalancer, managedNATGateway, userAssignedNATGateway, userDefinedRouting"},
				{Path: "network.loadBalancerSku", Text: "standard, basic"},
				{Path: "network.outboundType", Text: "systemPool.vnetSubnetId"},
			},
		},
		"overlay is Azure CNI's": {
			Args: network(cluster.NetworkArgs{Plugin: cluster.PluginKubenet, PluginMode: cluster.ModeOverlay}),
			Want: []pulumitest.Problem{{Path: "network.pluginMode", Text: "leave it out"}},
		},
		"Cilium needs Azure CNI": {
			Args: network(cluster.NetworkArgs{Plugin: cluster.PluginKubenet, Dataplane: cluster.DataplaneCilium}),
			Want: []pulumitest.Problem{{Path: "network.dataplane", Text: "needs the plugin azure"}},
		},
		"Cilium enforces policy itself": {
			Args: network(cluster.NetworkArgs{Policy: cluster.PolicyCalico}),
			Want: []pulumitest.Problem{{Path: "network.policy", Text: "accepts no \"calico\""}},
		},
		"and cannot be told not to": {
			Args: network(cluster.NetworkArgs{Policy: cluster.PolicyNone}),
			Want: []pulumitest.Problem{{Path: "network.policy", Text: "accepts no \"none\""}},
		},
		"Cilium's policy without Cilium": {
			Args: network(cluster.NetworkArgs{Dataplane: cluster.DataplaneAzure, Policy: cluster.PolicyCilium}),
			Want: []pulumitest.Problem{{Path: "network.policy", Text: "needs the data plane cilium"}},
		},
		"kubenet knows Calico only": {
			Args: network(cluster.NetworkArgs{Plugin: cluster.PluginKubenet, Policy: cluster.PolicyAzure}),
			Want: []pulumitest.Problem{{Path: "network.policy", Text: "choose calico"}},
		},
		"a plugin of one's own brings its policy": {
			Args: network(cluster.NetworkArgs{Plugin: cluster.PluginNone, Policy: cluster.PolicyCalico}),
			Want: []pulumitest.Problem{{Path: "network.policy", Text: "leave it out"}},
		},
		"AKS's Cilium beside a plugin of one's own": {
			Args: network(cluster.NetworkArgs{Plugin: cluster.PluginNone, Dataplane: cluster.DataplaneCilium}),
			Want: []pulumitest.Problem{{Path: "network.dataplane", Text: "needs the plugin azure"}},
		},
		"Windows nodes and Cilium": {
			Args: pool(cluster.NodePoolArgs{Name: "win", OsType: cluster.OsWindows}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osType", Text: "network.dataplane azure"}},
		},
		"Windows nodes and kubenet": {
			Args: &cluster.ClusterArgs{
				Network:   &cluster.NetworkArgs{Plugin: cluster.PluginKubenet},
				NodePools: []cluster.NodePoolArgs{{Name: "win", OsType: cluster.OsWindows}},
			},
			Want: []pulumitest.Problem{{Path: "nodePools[0].osType", Text: "network.plugin azure"}},
		},
		"a route of one's own needs a subnet of one's own": {
			Args: network(cluster.NetworkArgs{OutboundType: cluster.OutboundUserRouting}),
			Want: []pulumitest.Problem{{Path: "network.outboundType", Text: "systemPool.vnetSubnetId"}},
		},
		"so does a NAT gateway of one's own": {
			Args: network(cluster.NetworkArgs{OutboundType: cluster.OutboundUserAssignedNAT}),
			Want: []pulumitest.Problem{{Path: "network.outboundType", Text: "systemPool.vnetSubnetId"}},
		},
		"AKS's NAT gateway is for AKS's network": {
			Args: &cluster.ClusterArgs{SystemPool: own, Network: &cluster.NetworkArgs{OutboundType: cluster.OutboundManagedNAT}},
			Want: []pulumitest.Problem{{Path: "network.outboundType", Text: "choose userAssignedNATGateway"}},
		},
		"what the basic load balancer cannot do, all at once": {
			Args: &cluster.ClusterArgs{
				Network:    &cluster.NetworkArgs{LoadBalancerSku: cluster.LoadBalancerBasic, OutboundType: cluster.OutboundManagedNAT},
				SystemPool: &cluster.NodePoolArgs{AvailabilityZones: pulumi.StringArray{pulumi.String("1")}},
				NodePools:  []cluster.NodePoolArgs{{Name: "a"}},
				ApiServer:  &cluster.ApiServerArgs{AuthorizedIpRanges: pulumi.StringArray{pulumi.String("203.0.113.0/24")}},
			},
			Want: []pulumitest.Problem{
				{Path: "network.outboundType", Text: "loadBalancerSku standard"},
				{Path: "systemPool.availabilityZones", Text: "loadBalancerSku standard"},
				{Path: "nodePools", Text: "loadBalancerSku standard"},
				{Path: "apiServer.authorizedIpRanges", Text: "loadBalancerSku standard"},
			},
		},
		"nor can it hide the API server": {
			Args: &cluster.ClusterArgs{Network: &cluster.NetworkArgs{LoadBalancerSku: cluster.LoadBalancerBasic}, ApiServer: &cluster.ApiServerArgs{Private: true}},
			Want: []pulumitest.Problem{{Path: "apiServer.private", Text: "loadBalancerSku standard"}},
		},
		"a subnet that is none": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{VnetSubnetId: pulumi.String(registry + "r")}},
			Want: []pulumitest.Problem{{Path: "systemPool.vnetSubnetId", Text: "Microsoft.Network/virtualNetworks/subnets"}},
		},
		"a pool in a network of its own": {
			Args: pool(cluster.NodePoolArgs{Name: "a", VnetSubnetId: pulumi.String(subnet)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].vnetSubnetId", Text: "give systemPool.vnetSubnetId too"}},
		},
		"a pool in another network": {
			Args: &cluster.ClusterArgs{SystemPool: own, NodePools: []cluster.NodePoolArgs{
				{Name: "a", VnetSubnetId: pulumi.String(idPrefix + "Microsoft.Network/virtualNetworks/other/subnets/nodes")},
			}},
			Want: []pulumitest.Problem{{Path: "nodePools[0].vnetSubnetId", Text: "virtualNetworks/net"}},
		},
		"pods in a subnet and in an overlay": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{VnetSubnetId: pulumi.String(subnet), PodSubnetId: pulumi.String(subnet)}},
			Want: []pulumitest.Problem{{Path: "systemPool.podSubnetId", Text: "network.pluginMode none"}},
		},
		"pods in a subnet, and nodes in none": {
			Args: &cluster.ClusterArgs{
				Network:   &cluster.NetworkArgs{PluginMode: cluster.ModeNone},
				NodePools: []cluster.NodePoolArgs{{Name: "a", PodSubnetId: pulumi.String(subnet)}},
			},
			Want: []pulumitest.Problem{{Path: "nodePools[0].podSubnetId", Text: "give vnetSubnetId too"}},
		},
	})
}

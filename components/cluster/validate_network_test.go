package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func network(n cluster.NetworkArgs) *cluster.ClusterArgs { return &cluster.ClusterArgs{Network: &n} }

func apiServer(a cluster.ApiServerArgs) *cluster.ClusterArgs {
	return &cluster.ClusterArgs{ApiServer: &a}
}

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
			Args: pool(cluster.NodePoolArgs{Name: "win", OsType: cluster.OSWindows}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osType", Text: "network.dataplane azure"}},
		},
		"Windows nodes and kubenet": {
			Args: &cluster.ClusterArgs{
				Network:   &cluster.NetworkArgs{Plugin: cluster.PluginKubenet},
				NodePools: []cluster.NodePoolArgs{{Name: "win", OsType: cluster.OSWindows}},
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

func TestInvalidRanges(t *testing.T) {
	ranges := func(pods, services, dns string) *cluster.ClusterArgs {
		n := cluster.NetworkArgs{}
		for text, to := range map[string]*pulumi.StringPtrInput{pods: &n.PodCidr, services: &n.ServiceCidr, dns: &n.DnsServiceIp} {
			if text != "" {
				*to = pulumi.String(text)
			}
		}
		return network(n)
	}
	checkInvalid(t, invalidCases{
		"ranges that are none": {
			Args: ranges("10.244.0.0", "ten", ""),
			Want: []pulumitest.Problem{
				{Path: "network.podCidr", Text: `"10.244.0.0/32"`},
				{Path: "network.serviceCidr", Text: "CIDR form"},
			},
		},
		"a range does not start in its middle": {
			Args: ranges("", "10.0.3.0/16", ""),
			Want: []pulumitest.Problem{{Path: "network.serviceCidr", Text: `"10.0.0.0/16"`}},
		},
		"ranges of IPv6": {
			Args: ranges("fd00::/48", "", ""),
			Want: []pulumitest.Problem{{Path: "network.podCidr", Text: "IPv4"}},
		},
		"ranges that AKS keeps": {
			Args: ranges("172.16.0.0/12", "169.254.0.0/20", ""),
			Want: []pulumitest.Problem{
				{Path: "network.podCidr", Text: "172.30.0.0/16"},
				{Path: "network.serviceCidr", Text: "169.254.0.0/16"},
			},
		},
		"services within the pods' range": {
			Args: ranges("10.0.0.0/8", "10.1.0.0/16", ""),
			Want: []pulumitest.Problem{{Path: "network.serviceCidr", Text: "overlaps the pods' range 10.0.0.0/8"}},
		},
		"pods within the services' default range": {
			Args: ranges("10.0.4.0/22", "", ""),
			Want: []pulumitest.Problem{{Path: "network.serviceCidr", Text: "10.0.0.0/16 overlaps"}},
		},
		"a range of services that is too wide": {
			Args: ranges("", "10.16.0.0/12", ""),
			Want: []pulumitest.Problem{{Path: "network.serviceCidr", Text: "smaller than /12"}},
		},
		"a range of pods that is too small for one node": {
			Args: ranges("10.244.0.0/25", "", ""),
			Want: []pulumitest.Problem{{Path: "network.podCidr", Text: "takes a /24"}},
		},
		"a range of pods that is too small for all nodes": {
			Args: &cluster.ClusterArgs{
				Network:   &cluster.NetworkArgs{PodCidr: pulumi.String("10.244.0.0/22")},
				NodePools: []cluster.NodePoolArgs{{Name: "a", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3)}},
			},
			Want: []pulumitest.Problem{{Path: "network.podCidr", Text: "room for 4 nodes (each takes a /24), and the pools may have 5"}},
		},
		"so is the default range for a large cluster": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Count: pulumi.Int(255)}),
			Want: []pulumitest.Problem{{Path: "network.podCidr", Text: "room for 256 nodes"}},
		},
		"a range of pods where they have none": {
			Args: network(cluster.NetworkArgs{PluginMode: cluster.ModeNone, PodCidr: pulumi.String("10.244.0.0/16")}),
			Want: []pulumitest.Problem{{Path: "network.podCidr", Text: "leave podCidr out"}},
		},
		"a DNS address outside the services' range": {
			Args: ranges("", "10.2.0.0/24", "10.0.0.10"),
			Want: []pulumitest.Problem{{Path: "network.dnsServiceIp", Text: "not in the services' range 10.2.0.0/24"}},
		},
		"the first address is taken": {
			Args: ranges("", "", "10.0.0.1"),
			Want: []pulumitest.Problem{{Path: "network.dnsServiceIp", Text: "such as 10.0.0.10"}},
		},
		"and the one before is none": {
			Args: ranges("", "", "10.0.0.0"),
			Want: []pulumitest.Problem{{Path: "network.dnsServiceIp", Text: "such as 10.0.0.10"}},
		},
		"a DNS address that is none": {
			Args: ranges("", "", "kube-dns"),
			Want: []pulumitest.Problem{{Path: "network.dnsServiceIp", Text: "not an IP address"}},
		},
	})
}

func TestInvalidAPIServers(t *testing.T) {
	zone := pulumi.String(idPrefix + "Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io")
	many := pulumi.StringArray{}
	for range 201 {
		many = append(many, pulumi.String("203.0.113.0/24"))
	}
	checkInvalid(t, invalidCases{
		"private settings of a public API server": {
			Args: apiServer(cluster.ApiServerArgs{PrivateDnsZone: pulumi.String("system"), PublicFqdn: pulumi.Bool(true)}),
			Want: []pulumitest.Problem{
				{Path: "apiServer.privateDnsZone", Text: "set apiServer.private"},
				{Path: "apiServer.publicFqdn", Text: "set apiServer.private"},
			},
		},
		"authorised ranges of a private API server": {
			Args: apiServer(cluster.ApiServerArgs{Private: true, AuthorizedIpRanges: pulumi.StringArray{pulumi.String("203.0.113.0/24")}}),
			Want: []pulumitest.Problem{{Path: "apiServer.authorizedIpRanges", Text: "public API server only"}},
		},
		"a private API server without any name": {
			Args: apiServer(cluster.ApiServerArgs{Private: true, PrivateDnsZone: pulumi.String("none"), PublicFqdn: pulumi.Bool(false)}),
			Want: []pulumitest.Problem{{Path: "apiServer.publicFqdn", Text: "the only one"}},
		},
		"a zone that is neither a word nor an id": {
			Args: &cluster.ClusterArgs{
				ControlPlaneIdentityId: pulumi.String(control),
				ApiServer:              &cluster.ApiServerArgs{Private: true, PrivateDnsZone: pulumi.String("privatelink.westeurope.azmk8s.io")},
			},
			Want: []pulumitest.Problem{{Path: "apiServer.privateDnsZone", Text: `or write "system" or "none"`}},
		},
		"a zone that nobody may write to": {
			Args: apiServer(cluster.ApiServerArgs{Private: true, PrivateDnsZone: zone}),
			Want: []pulumitest.Problem{{Path: "apiServer.privateDnsZone", Text: "give controlPlaneIdentityId"}},
		},
		"ranges that cannot be those of callers": {
			Args: apiServer(cluster.ApiServerArgs{AuthorizedIpRanges: pulumi.StringArray{
				pulumi.String("203.0.113.7"), pulumi.String("0.0.0.0/0"), pulumi.String("10.0.0.0/8"), pulumi.String("203.0.113.0/24"), pulumi.String("0.0.0.0/32"),
			}}),
			Want: []pulumitest.Problem{
				{Path: "apiServer.authorizedIpRanges[0]", Text: "203.0.113.7/32"},
				{Path: "apiServer.authorizedIpRanges[1]", Text: "allows everybody"},
				{Path: "apiServer.authorizedIpRanges[2]", Text: "the cluster's pods"},
				{Path: "apiServer.authorizedIpRanges[2]", Text: "the cluster's services"},
			},
		},
		"no range means everybody": {
			Args: apiServer(cluster.ApiServerArgs{AuthorizedIpRanges: pulumi.StringArray{}}),
			Want: []pulumitest.Problem{{Path: "apiServer.authorizedIpRanges", Text: "allows everybody"}},
		},
		"more ranges than AKS accepts": {
			Args: apiServer(cluster.ApiServerArgs{AuthorizedIpRanges: many}),
			Want: []pulumitest.Problem{{Path: "apiServer.authorizedIpRanges", Text: "201 ranges"}},
		},
	})
}

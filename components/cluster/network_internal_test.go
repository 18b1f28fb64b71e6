package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestNetworkProfile(t *testing.T) {
	network := func(set func(*containerservice.ContainerServiceNetworkProfileArgs)) func(*containerservice.ManagedClusterArgs) {
		return func(m *containerservice.ManagedClusterArgs) {
			set(m.NetworkProfile.(*containerservice.ContainerServiceNetworkProfileArgs))
		}
	}
	withSubnet := func(set func(*containerservice.ContainerServiceNetworkProfileArgs), pods pulumi.StringPtrInput) func(*containerservice.ManagedClusterArgs) {
		return func(m *containerservice.ManagedClusterArgs) {
			p := m.AgentPoolProfiles.(containerservice.ManagedClusterAgentPoolProfileArray)[0].(*containerservice.ManagedClusterAgentPoolProfileArgs)
			p.VnetSubnetID, p.PodSubnetID = pulumi.String(testNetwork+"nodes"), pods
			set(m.NetworkProfile.(*containerservice.ContainerServiceNetworkProfileArgs))
		}
	}
	nodes := pulumi.String(testNetwork + "nodes")
	checkParameters(t, map[string]parameterCase{
		"Ranges": {
			reason: "the DNS address follows from the services' range",
			args:   ClusterArgs{Network: &NetworkArgs{PodCidr: pulumi.String("100.64.0.0/12"), ServiceCidr: pulumi.String("10.2.0.0/24")}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.PodCidr, n.ServiceCidr, n.DnsServiceIP = pulumi.String("100.64.0.0/12"), pulumi.String("10.2.0.0/24"), pulumi.String("10.2.0.10")
			}),
		},
		"SmallRange": {
			reason: "a small range has its DNS at the second address",
			args:   ClusterArgs{Network: &NetworkArgs{ServiceCidr: pulumi.String("10.2.0.8/29")}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.ServiceCidr, n.DnsServiceIP = pulumi.String("10.2.0.8/29"), pulumi.String("10.2.0.10")
			}),
		},
		"GivenDNS": {
			reason: "a given DNS address is taken",
			args:   ClusterArgs{Network: &NetworkArgs{DnsServiceIp: pulumi.String("10.0.0.53")}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.DnsServiceIP = pulumi.String("10.0.0.53")
			}),
		},
		"AzureDataplane": {
			reason: "without Cilium, Calico enforces policy",
			args:   ClusterArgs{Network: &NetworkArgs{Dataplane: DataplaneAzure}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.NetworkDataplane, n.NetworkPolicy = pulumi.String("azure"), pulumi.String("calico")
			}),
		},
		"NoPolicy": {
			reason: "policy can be left to nobody, on request",
			args:   ClusterArgs{Network: &NetworkArgs{Dataplane: DataplaneAzure, Policy: PolicyNone}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.NetworkDataplane, n.NetworkPolicy = pulumi.String("azure"), pulumi.String("none")
			}),
		},
		"Kubenet": {
			reason: "kubenet has a range for pods, no mode and no data plane",
			args:   ClusterArgs{Network: &NetworkArgs{Plugin: PluginKubenet}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.NetworkPlugin, n.NetworkPolicy = pulumi.String("kubenet"), pulumi.String("calico")
				n.NetworkPluginMode, n.NetworkDataplane = nil, nil
			}),
		},
		"OwnPlugin": {
			reason: "without a plugin of AKS's, nothing about pods is said",
			args:   ClusterArgs{Network: &NetworkArgs{Plugin: PluginNone}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.NetworkPlugin = pulumi.String("none")
				n.NetworkPluginMode, n.NetworkDataplane, n.NetworkPolicy, n.PodCidr = nil, nil, nil, nil
			}),
		},
		"Flat": {
			reason: "pods with addresses of the virtual network have no range of their own",
			args: ClusterArgs{
				Network:    &NetworkArgs{PluginMode: ModeNone},
				SystemPool: &NodePoolArgs{VnetSubnetId: nodes, PodSubnetId: pulumi.String(testNetwork + "pods")},
			},
			want: withSubnet(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.NetworkPluginMode, n.PodCidr = nil, nil
			}, pulumi.String(testNetwork+"pods")),
		},
		"Firewall": {
			reason: "the way out through a firewall of one's own, with a subnet that has it",
			args: ClusterArgs{
				Network:    &NetworkArgs{OutboundType: OutboundUserRouting},
				SystemPool: &NodePoolArgs{VnetSubnetId: nodes},
			},
			want: withSubnet(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.OutboundType = pulumi.String("userDefinedRouting")
			}, nil),
		},
		"Basic": {
			reason: "the basic load balancer, for those that have it",
			args:   ClusterArgs{Network: &NetworkArgs{LoadBalancerSku: LoadBalancerBasic}},
			want: network(func(n *containerservice.ContainerServiceNetworkProfileArgs) {
				n.LoadBalancerSku = pulumi.String("basic")
			}),
		},
	})
}

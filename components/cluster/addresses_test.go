package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

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

func TestARangeThatIsKnownLaterIsCheckedThen(t *testing.T) {
	r := pulumitest.Try(t, shop(&cluster.ClusterArgs{Network: &cluster.NetworkArgs{ServiceCidr: later("ten")}}), pulumitest.Options{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "network.serviceCidr") {
		t.Errorf("error = %v", r.Err)
	}
}

package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestProviderIsReplacedOnlyWithTheCluster(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(nil)(ctx, "shop") }, pulumitest.Options{})
	p := r.Get(t, "pulumi:providers:kubernetes", "shop-kubernetes")
	want := resource.NewProperty(r.Get(t, managedCluster, "shop-aks").ID)
	if got := p.Inputs["clusterIdentifier"]; !got.DeepEquals(want) {
		t.Errorf("clusterIdentifier = %v, want %v", got, want)
	}
	if p.Inputs.HasValue("deleteUnreachable") {
		t.Error("what is in the program's own cluster goes with it, and is not forgotten because it cannot be reached for a while")
	}
}

// Nodes that the autoscaler has added are not taken away by the next "up".
func TestTheAutoscalersCountIsLeftAlone(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		SystemPool: &cluster.NodePoolArgs{MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3)},
		NodePools:  []cluster.NodePoolArgs{{Name: "a", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3)}, {Name: "b"}},
	}), pulumitest.Options{})
	for name, want := range map[string]string{"shop-aks": "dnsPrefix,agentPoolProfiles[0].count", "shop-pool-a": "count", "shop-pool-b": "", "shop-rg": ""} {
		for _, res := range r.Resources {
			if got := strings.Join(res.Request.GetIgnoreChanges(), ","); res.Name == name && got != want {
				t.Errorf("%s ignores changes of %q, want %q", name, got, want)
			}
		}
	}
	plain := pulumitest.Run(t, shop(nil), pulumitest.Options{})
	if got := plain.Get(t, managedCluster, "shop-aks").Request.GetIgnoreChanges(); strings.Join(got, ",") != "dnsPrefix" {
		t.Errorf("a fixed number of nodes ignores changes of %v", got)
	}
}

// The engine cannot delete what is in a cluster that it deletes before its successor exists; see
// managedOptions.
func TestAClusterWithAGivenNameIsNotDeletedFirst(t *testing.T) {
	given := pulumitest.Run(t, shop(&cluster.ClusterArgs{ClusterName: pulumi.String("aks-shop")}), pulumitest.Options{})
	request := given.Get(t, managedCluster, "shop-aks").Request
	if !request.GetDeleteBeforeReplaceDefined() || request.GetDeleteBeforeReplace() {
		t.Errorf("deleteBeforeReplace is %t, said: %t; want no, and said", request.GetDeleteBeforeReplace(), request.GetDeleteBeforeReplaceDefined())
	}
}

// A prefix that the caller gave is another matter: who changes it wants another cluster.
func TestAGivenDnsPrefixIsNotIgnored(t *testing.T) {
	given := pulumitest.Run(t, shop(&cluster.ClusterArgs{DnsPrefix: pulumi.String("shop")}), pulumitest.Options{})
	if got := given.Get(t, managedCluster, "shop-aks").Request.GetIgnoreChanges(); len(got) > 0 {
		t.Errorf("ignores changes of %v", got)
	}
}

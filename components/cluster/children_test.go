package cluster_test

import (
	"slices"
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

// Nodes that the autoscaler has added are not taken away by the next "up", and a pool keeps the
// size that AKS has chosen for it.
func TestWhatAKSDecidesIsLeftAlone(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		SystemPool: &cluster.NodePoolArgs{MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3)},
		NodePools: []cluster.NodePoolArgs{
			{Name: "scales", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3), VmSize: pulumi.String("Standard_D4s_v5")},
			{Name: "sized", VmSize: pulumi.String("Standard_D4s_v5")},
			{Name: "plain"},
		},
	}), pulumitest.Options{})
	for name, want := range map[string]map[string]bool{
		"shop-aks":         {"agentPoolProfiles[0].count": true, "agentPoolProfiles[0].vmSize": true},
		"shop-pool-scales": {"count": true, "vmSize": false},
		"shop-pool-sized":  {"count": false, "vmSize": false},
		"shop-pool-plain":  {"count": false, "vmSize": true},
	} {
		ignored := ignoredOf(t, r, name)
		for property, want := range want {
			if got := slices.Contains(ignored, property); got != want {
				t.Errorf("%s ignores changes of %s: %t, want %t", name, property, got, want)
			}
		}
	}
	plain := pulumitest.Run(t, shop(&cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{VmSize: pulumi.String("Standard_D4s_v5")}}), pulumitest.Options{})
	for _, property := range ignoredOf(t, plain, "shop-aks") {
		if strings.HasPrefix(property, "agentPoolProfiles") {
			t.Errorf("a fixed number of nodes of a given size ignores changes of %s", property)
		}
	}
}

func ignoredOf(t *testing.T, r *pulumitest.Result, name string) []string {
	t.Helper()
	for _, res := range r.Resources {
		if res.Name == name {
			return res.Request.GetIgnoreChanges()
		}
	}
	t.Fatalf("no %s", name)
	return nil
}

// Every pool waits for the one before it.
func TestPoolsAreMadeOneAfterAnother(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{{Name: "b"}, {Name: "a"}, {Name: "c"}}}), pulumitest.Options{})
	pool := func(name string) *pulumitest.Resource { return r.Get(t, pulumitest.AKS+"AgentPool", "shop-pool-"+name) }
	if !r.Reaches(pool("c"), pool("a")) || !r.Reaches(pool("a"), pool("b")) || r.Reaches(pool("b"), pool("a")) {
		t.Error("the pools do not wait for each other in the order of the list")
	}
}

// What would take the cluster away is refused; pools come and go.
func TestProtectIsForTheClusterAndItsGroup(t *testing.T) {
	for _, protect := range []bool{false, true} {
		r := pulumitest.Run(t, shop(&cluster.ClusterArgs{Protect: protect, NodePools: []cluster.NodePoolArgs{{Name: "a"}}}), pulumitest.Options{})
		for _, res := range r.Resources {
			want := protect && (res.Name == "shop-aks" || res.Name == "shop-rg")
			if got := res.Request.GetProtect(); got != want {
				t.Errorf("with protect %t, %s is protected: %t", protect, res.Name, got)
			}
		}
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
	if slices.Contains(ignoredOf(t, given, "shop-aks"), "dnsPrefix") {
		t.Error("a given prefix is ignored")
	}
	if none := pulumitest.Run(t, shop(nil), pulumitest.Options{}); !slices.Contains(ignoredOf(t, none, "shop-aks"), "dnsPrefix") {
		t.Error("a prefix that the component made is not ignored")
	}
}

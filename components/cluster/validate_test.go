package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidArguments(t *testing.T) {
	pool := func(p cluster.NodePoolArgs) *cluster.ClusterArgs {
		return &cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{p}}
	}
	pulumitest.Invalid(t, map[string]pulumitest.InvalidCase[*cluster.ClusterArgs]{
		"an empty resource group is neither given nor left out": {
			Args: &cluster.ClusterArgs{ResourceGroupName: pulumi.String("")},
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "leave it out to create one"}},
		},
		"a resource group does not end with a period": {
			Args: &cluster.ClusterArgs{ResourceGroupName: pulumi.StringPtr("rg.")},
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "not ending with a period"}},
		},
		"a node resource group has at most 80 characters": {
			Args: &cluster.ClusterArgs{NodeResourceGroup: pulumi.String(string(make([]byte, 81)))},
			Want: []pulumitest.Problem{{Path: "nodeResourceGroup", Text: "1 to 80"}},
		},
		"a version without a minor says nothing": {
			Args: &cluster.ClusterArgs{KubernetesVersion: pulumi.String("v1")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: `such as "1.34"`}},
		},
		"a DNS prefix does not end with a hyphen": {
			Args: &cluster.ClusterArgs{DnsPrefix: pulumi.String("shop-")},
			Want: []pulumitest.Problem{{Path: "dnsPrefix", Text: "ending with a letter or digit"}},
		},
		"a tier that AKS does not have": {
			Args: &cluster.ClusterArgs{SkuTier: pulumi.String("Paid")},
			Want: []pulumitest.Problem{{Path: "skuTier", Text: "Free, Standard, Premium"}},
		},
		"the first pool cannot be a user pool": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{Mode: cluster.PoolModeUser}},
			Want: []pulumitest.Problem{{Path: "systemPool.mode", Text: "System pool"}},
		},
		"the first pool cannot run Windows": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{OsType: cluster.OSWindows}},
			Want: []pulumitest.Problem{{Path: "systemPool.osType", Text: "Linux"}},
		},
		"a system pool without nodes cannot run anything": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{Count: pulumi.Int(0)}},
			Want: []pulumitest.Problem{{Path: "systemPool.count", Text: "1 to 1000"}},
		},
		"a pool needs a name": {
			Args: pool(cluster.NodePoolArgs{}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].name", Text: "1 to 12"}},
		},
		"a Windows pool has a shorter name": {
			Args: pool(cluster.NodePoolArgs{Name: "windows", OsType: cluster.OSWindows}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].name", Text: "1 to 6"}},
		},
		"a Windows pool runs no system pods": {
			Args: pool(cluster.NodePoolArgs{Name: "win", OsType: cluster.OSWindows, Mode: cluster.PoolModeSystem}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].mode", Text: "cannot be a System pool"}},
		},
		"an operating system and a mode that do not exist": {
			Args: pool(cluster.NodePoolArgs{Name: "a", OsType: "Plan9", Mode: "Spot"}),
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].mode", Text: "System, User"},
				{Path: "nodePools[0].osType", Text: "Linux, Windows"},
			},
		},
		"the system pool's default name is taken": {
			Args: pool(cluster.NodePoolArgs{Name: "system"}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].name", Text: "the system pool"}},
		},
		"two pools with one name": {
			Args: &cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{{Name: "a"}, {Name: "a"}}},
			Want: []pulumitest.Problem{{Path: "nodePools[1].name", Text: "nodePools[0]"}},
		},
		"a pool that scales needs both bounds": {
			Args: pool(cluster.NodePoolArgs{Name: "a", MinCount: pulumi.Int(1)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].minCount", Text: "belong together"}},
		},
		"bounds the wrong way round": {
			Args: pool(cluster.NodePoolArgs{Name: "a", MinCount: pulumi.Int(5), MaxCount: pulumi.Int(2)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].minCount", Text: "above maxCount 2"}},
		},
		"a count outside its own bounds": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Count: pulumi.Int(9), MinCount: pulumi.Int(1), MaxCount: pulumi.Int(2)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].count", Text: "between minCount and maxCount"}},
		},
		"numbers outside AKS's ranges, all at once": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Count: pulumi.Int(1001), MaxPods: pulumi.Int(9), OsDiskSizeGB: pulumi.Int(4096)}),
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].count", Text: "0 to 1000 nodes"},
				{Path: "nodePools[0].maxPods", Text: "10 to 250 pods"},
				{Path: "nodePools[0].osDiskSizeGB", Text: "0 to 2048 GB"},
			},
		},
	}, func(ctx *pulumi.Context, args *cluster.ClusterArgs) error {
		_, err := cluster.NewCluster(ctx, "shop", args)
		return err
	})
}

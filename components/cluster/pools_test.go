package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func pool(p cluster.NodePoolArgs) *cluster.ClusterArgs {
	return &cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{p}}
}

// windows returns a pool in a network that Windows nodes can work with.
func windows(p cluster.NodePoolArgs) *cluster.ClusterArgs {
	p.OsType = cluster.OsWindows
	args := pool(p)
	args.Network = &cluster.NetworkArgs{Dataplane: cluster.DataplaneAzure}
	return args
}

// Carries R27.
func TestInvalidPools(t *testing.T) {
	checkInvalid(t, invalidCases{
		"the first pool cannot be a user pool": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{Mode: cluster.PoolModeUser}},
			Want: []pulumitest.Problem{{Path: "systemPool.mode", Text: "System pool"}},
		},
		"the first pool cannot run Windows": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{OsType: cluster.OsWindows}},
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
			Args: windows(cluster.NodePoolArgs{Name: "windows"}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].name", Text: "1 to 6"}},
		},
		"a Windows pool runs no system pods": {
			Args: windows(cluster.NodePoolArgs{Name: "win", Mode: cluster.PoolModeSystem}),
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
				{Path: "nodePools[0].osDiskSizeGB", Text: "0 to 2048 GB"},
				{Path: "nodePools[0].maxPods", Text: "10 to 250 pods"},
			},
		},
		"more enumerations, each element by itself": {
			Args: pool(cluster.NodePoolArgs{
				Name: "a", OsSku: pulumi.String("Debian"), OsDiskType: pulumi.String("Local"),
				AvailabilityZones: pulumi.StringArray{pulumi.String("1"), pulumi.String("4")},
				Spot:              &cluster.SpotArgs{EvictionPolicy: pulumi.String("Keep")},
			}),
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].osSku", Text: "Ubuntu, AzureLinux, Windows2019, Windows2022"},
				{Path: "nodePools[0].availabilityZones[1]", Text: `use one of 1, 2, 3`},
				{Path: "nodePools[0].osDiskType", Text: "Managed, Ephemeral"},
				{Path: "nodePools[0].spot.evictionPolicy", Text: "Delete, Deallocate"},
			},
		},
		"a further system pool needs a node too": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Mode: cluster.PoolModeSystem, Count: pulumi.Int(0)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].count", Text: "1 to 1000"}},
		},
		"a system pool does not scale to nothing": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{MinCount: pulumi.Int(0), MaxCount: pulumi.Int(3)}},
			Want: []pulumitest.Problem{{Path: "systemPool.minCount", Text: "1 to 1000"}},
		},
		"the system pool's taint is AKS's": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{NodeTaints: pulumi.StringArray{pulumi.String("a=b:NoSchedule")}}},
			Want: []pulumitest.Problem{{Path: "systemPool.nodeTaints[0]", Text: "CriticalAddonsOnly=true:NoSchedule"}},
		},
		"the first pool cannot be taken away": {
			Args: &cluster.ClusterArgs{SystemPool: &cluster.NodePoolArgs{Spot: &cluster.SpotArgs{}}},
			Want: []pulumitest.Problem{{Path: "systemPool.spot", Text: "put them into nodePools"}},
		},
		"nor can a further system pool": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Mode: cluster.PoolModeSystem, Spot: &cluster.SpotArgs{}}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].spot", Text: "cannot have spot nodes"}},
		},
		"a surge of more than all": {
			Args: pool(cluster.NodePoolArgs{Name: "a", MaxSurge: pulumi.String("101%")}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].maxSurge", Text: "1% to 100%"}},
		},
		"nodes that are newer than the control plane": {
			Args: &cluster.ClusterArgs{
				KubernetesVersion: pulumi.String("1.3"),
				NodePools:         []cluster.NodePoolArgs{{Name: "a", OrchestratorVersion: pulumi.String("1.4")}, {Name: "b", OrchestratorVersion: pulumi.String("latest")}},
			},
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].orchestratorVersion", Text: "newer than the control plane"},
				{Path: "nodePools[1].orchestratorVersion", Text: "major.minor"},
			},
		},
	})
}

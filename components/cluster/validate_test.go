package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

type invalidCases = map[string]pulumitest.InvalidCase[*cluster.ClusterArgs]

func checkInvalid(t *testing.T, cases invalidCases) {
	t.Helper()
	pulumitest.Invalid(t, cases, func(ctx *pulumi.Context, args *cluster.ClusterArgs) error {
		_, err := cluster.NewCluster(ctx, "shop", args)
		return err
	})
}

func pool(p cluster.NodePoolArgs) *cluster.ClusterArgs {
	return &cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{p}}
}

// windows is a pool in a network that Windows nodes can work with.
func windows(p cluster.NodePoolArgs) *cluster.ClusterArgs {
	p.OsType = cluster.OSWindows
	args := pool(p)
	args.Network = &cluster.NetworkArgs{Dataplane: cluster.DataplaneAzure}
	return args
}

func TestInvalidNamesAndVersions(t *testing.T) {
	checkInvalid(t, invalidCases{
		"an empty resource group is neither given nor left out": {
			Args: &cluster.ClusterArgs{ResourceGroupName: pulumi.String("")},
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "leave it out to create one"}},
		},
		"a resource group does not end with a period": {
			Args: &cluster.ClusterArgs{ResourceGroupName: pulumi.StringPtr("rg.")},
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "not ending with a full stop"}},
		},
		"a node resource group has at most 80 characters": {
			Args: &cluster.ClusterArgs{NodeResourceGroup: pulumi.String(strings.Repeat("a", 81))},
			Want: []pulumitest.Problem{{Path: "nodeResourceGroup", Text: "81 characters: AKS allows at most 80"}},
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
		"a support plan that AKS does not have": {
			Args: &cluster.ClusterArgs{SupportPlan: pulumi.String("Gold")},
			Want: []pulumitest.Problem{{Path: "supportPlan", Text: "KubernetesOfficial, AKSLongTermSupport"}},
		},
		"long-term support is a matter of the highest tier": {
			Args: &cluster.ClusterArgs{SupportPlan: pulumi.String(cluster.SupportLongTerm), SkuTier: pulumi.String(cluster.TierStandard)},
			Want: []pulumitest.Problem{{Path: "supportPlan", Text: "needs skuTier Premium"}},
		},
		"the default tier is not the highest": {
			Args: &cluster.ClusterArgs{SupportPlan: pulumi.String(cluster.SupportLongTerm)},
			Want: []pulumitest.Problem{{Path: "supportPlan", Text: "needs skuTier Premium"}},
		},
		"a cluster's name has no dots": {
			Args: &cluster.ClusterArgs{ResourceName: pulumi.String("shop.1")},
			Want: []pulumitest.Problem{{Path: "resourceName", Text: "1 to 63"}},
		},
		"channels that AKS does not have": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String("fast"), NodeOsUpgradeChannel: pulumi.String("nodeimage")},
			Want: []pulumitest.Problem{
				{Path: "upgradeChannel", Text: "none, patch, stable, rapid, node-image"},
				{Path: "nodeOsUpgradeChannel", Text: "None, Unmanaged, SecurityPatch, NodeImage"},
			},
		},
		"a channel that moves the minor version, and a version": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String(cluster.UpgradeRapid), KubernetesVersion: pulumi.String("1.34")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: "leave kubernetesVersion out"}},
		},
		"a channel that moves the patch version, and a patch version": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String(cluster.UpgradePatch), KubernetesVersion: pulumi.String("1.34.2")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: `write "1.34"`}},
		},
		"a channel that sets the other": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String(cluster.UpgradeNodeImage), NodeOsUpgradeChannel: pulumi.String(cluster.NodeOSNone)},
			Want: []pulumitest.Problem{{Path: "nodeOsUpgradeChannel", Text: "leave it out"}},
		},
	})
}

// Carries R27.
func TestInvalidPools(t *testing.T) {
	checkInvalid(t, invalidCases{
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
		"a Windows image on Linux nodes": {
			Args: pool(cluster.NodePoolArgs{Name: "a", OsSku: pulumi.String(cluster.OSSkuWindows2022)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osSku", Text: "not an image for Linux"}},
		},
		"a Linux image on Windows nodes": {
			Args: windows(cluster.NodePoolArgs{Name: "a", OsSku: pulumi.String(cluster.OSSkuUbuntu)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osSku", Text: "not an image for Windows"}},
		},
		"a Windows image that has ended": {
			Args: func() *cluster.ClusterArgs {
				args := windows(cluster.NodePoolArgs{Name: "a", OsSku: pulumi.String(cluster.OSSkuWindows2019)})
				args.KubernetesVersion = pulumi.String("1.33")
				return args
			}(),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osSku", Text: "ends with Kubernetes 1.32"}},
		},
		"labels and taints that Kubernetes refuses, and labels that AKS keeps": {
			Args: pool(cluster.NodePoolArgs{
				Name: "a",
				NodeLabels: pulumi.StringMap{
					"a b": pulumi.String("c"), "kubernetes.azure.com/mode": pulumi.String("x"), "team": pulumi.String("no value"),
				},
				NodeTaints: pulumi.StringArray{pulumi.String("gpu"), pulumi.String("a=b:Noschedule")},
			}),
			Want: []pulumitest.Problem{
				{Path: `nodePools[0].nodeLabels["a b"]`, Text: "1 to 63"},
				{Path: "nodePools[0].nodeLabels.team", Text: "at most 63"},
				{Path: `nodePools[0].nodeLabels["kubernetes.azure.com/mode"]`, Text: "for itself"},
				{Path: "nodePools[0].nodeTaints[0]", Text: "key=value:Effect"},
				{Path: "nodePools[0].nodeTaints[1]", Text: "NoSchedule, PreferNoSchedule, NoExecute"},
			},
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
		"a price with too many places, and a surge that spot pools do not have": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Spot: &cluster.SpotArgs{MaxPrice: pulumi.Float64(0.123456)}, MaxSurge: pulumi.String("1")}),
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].spot.maxPrice", Text: "five decimal places"},
				{Path: "nodePools[0].maxSurge", Text: "leave maxSurge out"},
			},
		},
		"a surge of more than all": {
			Args: pool(cluster.NodePoolArgs{Name: "a", MaxSurge: pulumi.String("101%")}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].maxSurge", Text: "1% to 100%"}},
		},
		"nodes that are newer than the control plane": {
			Args: &cluster.ClusterArgs{
				KubernetesVersion: pulumi.String("1.33"),
				NodePools:         []cluster.NodePoolArgs{{Name: "a", OrchestratorVersion: pulumi.String("1.34")}, {Name: "b", OrchestratorVersion: pulumi.String("latest")}},
			},
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].orchestratorVersion", Text: "newer than the control plane"},
				{Path: "nodePools[1].orchestratorVersion", Text: "major.minor"},
			},
		},
	})
}

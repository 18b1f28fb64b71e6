package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidNodes(t *testing.T) {
	checkInvalid(t, invalidCases{
		"a Windows image on Linux nodes": {
			Args: pool(cluster.NodePoolArgs{Name: "a", OsSku: pulumi.String(cluster.OsSkuWindows2022)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osSku", Text: "not an image for Linux"}},
		},
		"a Linux image on Windows nodes": {
			Args: windows(cluster.NodePoolArgs{Name: "a", OsSku: pulumi.String(cluster.OsSkuUbuntu)}),
			Want: []pulumitest.Problem{{Path: "nodePools[0].osSku", Text: "not an image for Windows"}},
		},
		"a Windows image that has ended": {
			Args: func() *cluster.ClusterArgs {
				args := windows(cluster.NodePoolArgs{Name: "a", OsSku: pulumi.String(cluster.OsSkuWindows2019)})
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
		"a price with too many places, and a surge that spot pools do not have": {
			Args: pool(cluster.NodePoolArgs{Name: "a", Spot: &cluster.SpotArgs{MaxPrice: pulumi.Float64(0.123456)}, MaxSurge: pulumi.String("1")}),
			Want: []pulumitest.Problem{
				{Path: "nodePools[0].spot.maxPrice", Text: "five decimal places"},
				{Path: "nodePools[0].maxSurge", Text: "leave maxSurge out"},
			},
		},
	})
}

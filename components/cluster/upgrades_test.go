package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidVersions(t *testing.T) {
	checkInvalid(t, invalidCases{
		"a version without a minor says nothing": {
			Args: &cluster.ClusterArgs{KubernetesVersion: pulumi.String("v1")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: "az aks get-versions"}},
		},
		"a support plan that AKS does not have": {
			Args: &cluster.ClusterArgs{SupportPlan: pulumi.String("Gold")},
			Want: []pulumitest.Problem{{Path: "supportPlan", Text: "KubernetesOfficial, AKSLongTermSupport"}},
		},
		"a tier that AKS does not have": {
			Args: &cluster.ClusterArgs{SkuTier: pulumi.String("Paid")},
			Want: []pulumitest.Problem{{Path: "skuTier", Text: "Free, Standard, Premium"}},
		},
		"long-term support is a matter of the highest tier": {
			Args: &cluster.ClusterArgs{SupportPlan: pulumi.String(cluster.SupportLongTerm), SkuTier: pulumi.String(cluster.TierStandard)},
			Want: []pulumitest.Problem{{Path: "supportPlan", Text: "needs skuTier Premium"}},
		},
		"the default tier is not the highest": {
			Args: &cluster.ClusterArgs{SupportPlan: pulumi.String(cluster.SupportLongTerm)},
			Want: []pulumitest.Problem{{Path: "supportPlan", Text: "needs skuTier Premium"}},
		},
		"channels that AKS does not have": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String("fast"), NodeOsUpgradeChannel: pulumi.String("nodeimage")},
			Want: []pulumitest.Problem{
				{Path: "upgradeChannel", Text: "none, patch, stable, rapid, node-image"},
				{Path: "nodeOsUpgradeChannel", Text: "None, Unmanaged, SecurityPatch, NodeImage"},
			},
		},
		"versions that are none": {
			Args: &cluster.ClusterArgs{KubernetesVersion: pulumi.String("1.04")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: `"1.04" is not a Kubernetes version`}},
		},
		"a channel that moves the minor version, and a version": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String(cluster.UpgradeRapid), KubernetesVersion: pulumi.String("1.4")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: "leave kubernetesVersion out"}},
		},
		"a channel that moves the patch version, and a patch version": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String(cluster.UpgradePatch), KubernetesVersion: pulumi.String("1.4.2")},
			Want: []pulumitest.Problem{{Path: "kubernetesVersion", Text: `write "1.4"`}},
		},
		"a channel that sets the other": {
			Args: &cluster.ClusterArgs{UpgradeChannel: pulumi.String(cluster.UpgradeNodeImage), NodeOsUpgradeChannel: pulumi.String(cluster.NodeOsNone)},
			Want: []pulumitest.Problem{{Path: "nodeOsUpgradeChannel", Text: "leave it out"}},
		},
	})
}

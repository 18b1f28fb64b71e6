// Package cluster is the example of docs/cluster.md.
package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
)

// Program registers a cluster that AKS patches on Sunday nights, and finds one of another team.
func Program(ctx *pulumi.Context) error {
	main, err := cluster.NewCluster(ctx, "main", &cluster.ClusterArgs{
		SkuTier: pulumi.String(cluster.TierStandard),
		NodePools: []cluster.NodePoolArgs{
			{Name: "apps", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(10)},
			{Name: "batch", Count: pulumi.Int(0), Spot: &cluster.SpotArgs{}},
		},
		UpgradeChannel: pulumi.String(cluster.UpgradePatch),
		MaintenanceWindows: []cluster.MaintenanceWindowArgs{{
			Name:      cluster.MaintenanceAutoUpgrade,
			StartTime: pulumi.String("01:00"),
			Schedule:  &cluster.MaintenanceScheduleArgs{Weekly: &cluster.WeeklyScheduleArgs{DayOfWeek: pulumi.String("Sunday")}},
		}},
		Addons: &cluster.AddonsArgs{AzurePolicy: pulumi.Bool(true)},
	})
	if err != nil {
		return err
	}
	partner, err := cluster.LookupCluster(ctx, "partner", &cluster.LookupClusterArgs{
		ResourceGroupName: pulumi.String("partner-platform"),
		ClusterName:       pulumi.String("partner-aks"),
	})
	if err != nil {
		return err
	}
	ctx.Export("issuerUrl", main.IssuerUrl)
	ctx.Export("partnerIssuerUrl", partner.IssuerUrl)
	return nil
}

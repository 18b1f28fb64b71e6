// Package cluster is the example of docs/cluster.md.
package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
)

// Program makes a cluster that keeps itself patched on Sunday nights, and finds a
// second one that another team owns.
func Program(ctx *pulumi.Context) error {
	main, err := cluster.NewCluster(ctx, "main", &cluster.ClusterArgs{
		Location: pulumi.String("westeurope"),
		SkuTier:  pulumi.String(cluster.TierStandard),
		SystemPool: &cluster.NodePoolArgs{
			MinCount:   pulumi.Int(2),
			MaxCount:   pulumi.Int(4),
			NodeTaints: pulumi.ToStringArray([]string{"CriticalAddonsOnly=true:NoSchedule"}),
		},
		NodePools: []cluster.NodePoolArgs{
			{Name: "apps", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(10)},
			{Name: "batch", Count: pulumi.Int(0), Spot: &cluster.SpotArgs{}},
		},
		UpgradeChannel: pulumi.String(cluster.UpgradePatch),
		MaintenanceWindows: []cluster.MaintenanceWindowArgs{{
			Name:      cluster.MaintenanceAutoUpgrade,
			StartTime: pulumi.String("01:00"),
			UtcOffset: pulumi.String("+01:00"),
			Schedule: &cluster.MaintenanceScheduleArgs{
				Weekly: &cluster.WeeklyScheduleArgs{DayOfWeek: pulumi.String("Sunday")},
			},
		}},
		AddOns: &cluster.AddOnsArgs{AzurePolicy: true},
		Tags:   pulumi.StringMap{"env": pulumi.String("dev")},
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
	ctx.Export("kubeconfig", main.Kubeconfig) // secret
	ctx.Export("partnerIssuerUrl", partner.IssuerUrl)
	return nil
}

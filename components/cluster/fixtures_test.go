package cluster_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const (
	guid     = "11111111-2222-4333-8444-555555555555"
	idPrefix = "/subscriptions/" + guid + "/resourceGroups/shared/providers/"
	control  = idPrefix + "Microsoft.ManagedIdentity/userAssignedIdentities/control"
	nodes    = idPrefix + "Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
	subnet   = idPrefix + "Microsoft.Network/virtualNetworks/net/subnets/nodes"
	registry = idPrefix + "Microsoft.ContainerRegistry/registries/"
)

func full() *cluster.ClusterArgs {
	return &cluster.ClusterArgs{
		ResourceGroupName:     pulumi.String("platform"),
		Location:              pulumi.String("westeurope"),
		KubernetesVersion:     pulumi.String("1.4"),
		SkuTier:               pulumi.String(cluster.TierStandard),
		WorkloadIdentityAddon: true,
		Network:               &cluster.NetworkArgs{Dataplane: cluster.DataplaneAzure},
		NodePools: []cluster.NodePoolArgs{
			{Name: "apps", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(5)},
			{Name: "win", OsType: cluster.OsWindows},
			{Name: "spot", Spot: &cluster.SpotArgs{}},
		},
		UpgradeChannel: pulumi.String(cluster.UpgradePatch),
		MaintenanceWindows: []cluster.MaintenanceWindowArgs{
			{
				Name: cluster.MaintenanceDefault, StartTime: pulumi.String("01:00"),
				Schedule: &cluster.MaintenanceScheduleArgs{Weekly: &cluster.WeeklyScheduleArgs{DayOfWeek: pulumi.String("Sunday")}},
			},
			{
				Name: cluster.MaintenanceAutoUpgrade, StartTime: pulumi.String("01:00"),
				Schedule: &cluster.MaintenanceScheduleArgs{Daily: &cluster.DailyScheduleArgs{}},
			},
		},
		Addons: &cluster.AddonsArgs{AzurePolicy: pulumi.Bool(true), ImageCleaner: &cluster.ImageCleanerArgs{}},
		Tags:   pulumi.StringMap{"env": pulumi.String("test")},
	}
}

// identities has identities of the team's own, and registries.
func identities() *cluster.ClusterArgs {
	return &cluster.ClusterArgs{
		ControlPlaneIdentityId: pulumi.String(control),
		KubeletIdentity: &cluster.KubeletIdentityArgs{
			IdentityId: pulumi.String(nodes), ClientId: pulumi.String(guid), ObjectId: pulumi.String(guid), ControlPlanePrincipalId: pulumi.String(guid),
		},
		ContainerRegistries: []cluster.ContainerRegistryArgs{
			{Key: "team", Id: pulumi.String(registry + "team")}, {Key: "base", Id: pulumi.String(registry + "base")},
		},
	}
}

// private returns arguments of a cluster out of the internet's reach, in a network of the team's
// own.
func private() *cluster.ClusterArgs {
	return &cluster.ClusterArgs{
		ResourceGroupName:      pulumi.String("platform"),
		ClusterName:            pulumi.String("shop"),
		ControlPlaneIdentityId: pulumi.String(control),
		SystemPool:             &cluster.NodePoolArgs{VnetSubnetId: pulumi.String(subnet)},
		Network:                &cluster.NetworkArgs{OutboundType: cluster.OutboundUserRouting, ServiceCidr: pulumi.String("10.2.0.0/24")},
		ApiServer:              &cluster.ApiServerArgs{Private: true, PublicFqdn: pulumi.Bool(false)},
	}
}

// entra lets in Entra identities only.
func entra() *cluster.ClusterArgs {
	return &cluster.ClusterArgs{
		Entra:                &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{pulumi.String(guid)}},
		DisableLocalAccounts: true,
		Kubelogin:            &cluster.KubeloginArgs{Login: cluster.LoginAzureCLI},
	}
}

var entraOptions = pulumitest.Options{Fakes: pulumitest.Fakes{Calls: map[string]pulumitest.FakeCall{
	pulumitest.AKS + "listManagedClusterUserCredentials": pulumitest.EntraCredentials(),
}}}

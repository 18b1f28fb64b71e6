package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidAddons(t *testing.T) {
	checkInvalid(t, invalidCases{
		"an add-on is managed by one": {
			Args: &cluster.ClusterArgs{Addons: &cluster.AddonsArgs{
				Unmanaged:    []cluster.Addon{cluster.AddonDefender, "istio", cluster.AddonImageCleaner, cluster.AddonDefender},
				ImageCleaner: &cluster.ImageCleanerArgs{},
			}},
			Want: []pulumitest.Problem{
				{Path: "addons.unmanaged[1]", Text: "azurePolicy, keyVaultSecretsProvider, containerInsights, defender, imageCleaner"},
				{Path: "addons.unmanaged[2]", Text: "addons.imageCleaner is given"},
				{Path: "addons.unmanaged[3]", Text: "twice"},
			},
		},
		"settings that do not go together or are none": {
			Args: &cluster.ClusterArgs{Addons: &cluster.AddonsArgs{
				KeyVaultSecretsProvider: &cluster.KeyVaultSecretsProviderArgs{Rotation: pulumi.Bool(false), RotationPollInterval: pulumi.String("2 minutes")},
				ContainerInsights:       &cluster.ContainerInsightsArgs{},
				Defender:                &cluster.DefenderArgs{WorkspaceId: pulumi.String(subnet)},
				ImageCleaner:            &cluster.ImageCleanerArgs{IntervalHours: pulumi.Int(1)},
			}},
			Want: []pulumitest.Problem{
				{Path: "addons.containerInsights.workspaceId", Text: "is required"},
				{Path: "addons.imageCleaner.intervalHours", Text: "24 to 2160 hours"},
				{Path: "addons.keyVaultSecretsProvider.rotationPollInterval", Text: `such as "2m"`},
				{Path: "addons.keyVaultSecretsProvider.rotationPollInterval", Text: "without rotation"},
				{Path: "addons.defender.workspaceId", Text: "Microsoft.OperationalInsights/workspaces"},
			},
		},
	})
}

package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestAddons(t *testing.T) {
	checkParameters(t, map[string]parameterCase{
		"Addons": {
			reason: "every add-on is on with its defaults",
			args: ClusterArgs{Addons: &AddonsArgs{
				AzurePolicy:             pulumi.Bool(true),
				KeyVaultSecretsProvider: &KeyVaultSecretsProviderArgs{},
				ContainerInsights:       &ContainerInsightsArgs{WorkspaceId: pulumi.String(testLogs)},
				Defender:                &DefenderArgs{WorkspaceId: pulumi.String(testLogs)},
				ImageCleaner:            &ImageCleanerArgs{},
			}},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.AddonProfiles = containerservice.ManagedClusterAddonProfileMap{
					"azurepolicy": &containerservice.ManagedClusterAddonProfileArgs{Enabled: pulumi.Bool(true)},
					"azureKeyvaultSecretsProvider": &containerservice.ManagedClusterAddonProfileArgs{
						Enabled: pulumi.Bool(true),
						Config:  pulumi.StringMap{"enableSecretRotation": pulumi.String("true"), "rotationPollInterval": pulumi.String("2m")},
					},
					"omsagent": &containerservice.ManagedClusterAddonProfileArgs{
						Enabled: pulumi.Bool(true),
						Config:  pulumi.StringMap{"logAnalyticsWorkspaceResourceID": pulumi.String(testLogs), "useAADAuth": pulumi.String("true")},
					},
				}
				s := m.SecurityProfile.(*containerservice.ManagedClusterSecurityProfileArgs)
				s.Defender = &containerservice.ManagedClusterSecurityProfileDefenderArgs{
					LogAnalyticsWorkspaceResourceId: pulumi.String(testLogs),
					SecurityMonitoring:              &containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs{Enabled: pulumi.Bool(true)},
				}
				s.ImageCleaner = &containerservice.ManagedClusterSecurityProfileImageCleanerArgs{Enabled: pulumi.Bool(true), IntervalHours: pulumi.Int(168)}
			},
		},
		"Unmanaged": {
			reason: "what others switch on is not sent",
			args: ClusterArgs{Addons: &AddonsArgs{
				Unmanaged: []Addon{AddonAzurePolicy, AddonKeyVaultSecretsProvider, AddonContainerInsights, AddonDefender, AddonImageCleaner},
			}},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.AddonProfiles = containerservice.ManagedClusterAddonProfileMap{}
				s := m.SecurityProfile.(*containerservice.ManagedClusterSecurityProfileArgs)
				s.Defender, s.ImageCleaner = nil, nil
			},
		},
		"Settings": {
			reason: "an add-on's settings reach it",
			args: ClusterArgs{Addons: &AddonsArgs{
				KeyVaultSecretsProvider: &KeyVaultSecretsProviderArgs{Rotation: pulumi.Bool(true), RotationPollInterval: pulumi.String("1h")},
				ImageCleaner:            &ImageCleanerArgs{IntervalHours: pulumi.Int(24)},
			}},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.AddonProfiles.(containerservice.ManagedClusterAddonProfileMap)["azureKeyvaultSecretsProvider"] = &containerservice.ManagedClusterAddonProfileArgs{
					Enabled: pulumi.Bool(true),
					Config:  pulumi.StringMap{"enableSecretRotation": pulumi.String("true"), "rotationPollInterval": pulumi.String("1h")},
				}
				m.SecurityProfile.(*containerservice.ManagedClusterSecurityProfileArgs).ImageCleaner = &containerservice.ManagedClusterSecurityProfileImageCleanerArgs{
					Enabled: pulumi.Bool(true), IntervalHours: pulumi.Int(24),
				}
			},
		},
	})
}

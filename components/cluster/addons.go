package cluster

import (
	"cmp"
	"fmt"
	"regexp"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// AddonsArgs are AKS's managed add-ons. What is left out is turned off, also if it was on before.
type AddonsArgs struct {
	// AzurePolicy enforces Azure Policy in the cluster. Default: false.
	AzurePolicy pulumi.BoolPtrInput `pulumi:"azurePolicy,optional"`
	// KeyVaultSecretsProvider mounts Key Vault secrets into pods. Default: off.
	KeyVaultSecretsProvider *KeyVaultSecretsProviderArgs `pulumi:"keyVaultSecretsProvider,optional"`
	// ContainerInsights sends logs and metrics to a workspace. Default: off.
	ContainerInsights *ContainerInsightsArgs `pulumi:"containerInsights,optional"`
	// Defender watches the cluster with Microsoft Defender for Containers, whose price depends on
	// the number of cores. Default: off.
	Defender *DefenderArgs `pulumi:"defender,optional"`
	// ImageCleaner removes unused images with known vulnerabilities from Linux nodes. Default: off.
	ImageCleaner *ImageCleanerArgs `pulumi:"imageCleaner,optional"`
}

// KeyVaultSecretsProviderArgs configures the Key Vault provider for the Secrets Store CSI driver.
type KeyVaultSecretsProviderArgs struct {
	// Rotation reads the secrets again periodically. Default: true.
	Rotation pulumi.BoolPtrInput `pulumi:"rotation,optional"`
	// RotationPollInterval is the time between two reads: a number of at least 1 with the unit s, m
	// or h, such as "1h". Default: "2m".
	RotationPollInterval pulumi.StringPtrInput `pulumi:"rotationPollInterval,optional"`
}

// ContainerInsightsArgs configures Container insights.
type ContainerInsightsArgs struct {
	// WorkspaceId is the resource id of a Log Analytics workspace. The agent signs in with a
	// managed identity, the only way that Azure supports. Data arrives once a data collection rule
	// for the workspace is associated with the cluster, which this component does not do. Required.
	WorkspaceId pulumi.StringInput `pulumi:"workspaceId"`
}

// DefenderArgs configures Microsoft Defender.
type DefenderArgs struct {
	// WorkspaceId is the resource id of a Log Analytics workspace. Required.
	WorkspaceId pulumi.StringInput `pulumi:"workspaceId"`
}

// ImageCleanerArgs configures the image cleaner.
type ImageCleanerArgs struct {
	// IntervalHours is the time between two runs in hours: 24 to 2160 (90 days). Default: 168, a
	// week.
	IntervalHours pulumi.IntPtrInput `pulumi:"intervalHours,optional" min:"24" max:"2160" unit:"hours"`
}

// Names and settings of AKS's add-ons. Source: Azure/azure-cli,
// azure/cli/command_modules/acs/_consts.py.
const (
	addonPolicy   = "azurepolicy"
	addonSecrets  = "azureKeyvaultSecretsProvider"
	addonInsights = "omsagent"

	settingRotation  = "enableSecretRotation"
	settingPoll      = "rotationPollInterval"
	settingWorkspace = "logAnalyticsWorkspaceResourceID"
	settingEntra     = "useAADAuth"
)

const (
	// defaultPoll is AKS's own.
	defaultPoll = "2m"
	// defaultCleaning is Azure CLI's: a week, in hours.
	defaultCleaning = 168
)

// pollInterval matches a duration of Go with one unit. Source: learn.microsoft.com, "Azure Key
// Vault provider for Secrets Store CSI Driver for AKS configuration and troubleshooting options".
var pollInterval = regexp.MustCompile(`^[1-9][0-9]*[smh]$`)

// profiles returns the add-ons that AKS keeps among its add-on profiles.
func (a *AddonsArgs) profiles() containerservice.ManagedClusterAddonProfileMap {
	a = cmp.Or(a, &AddonsArgs{})
	off := func() *containerservice.ManagedClusterAddonProfileArgs {
		return &containerservice.ManagedClusterAddonProfileArgs{Enabled: pulumi.Bool(false)}
	}
	profiles := containerservice.ManagedClusterAddonProfileMap{
		addonPolicy:   &containerservice.ManagedClusterAddonProfileArgs{Enabled: inputs.Bool(inputs.BoolOr(a.AzurePolicy, false))},
		addonSecrets:  off(),
		addonInsights: off(),
	}
	if k := a.KeyVaultSecretsProvider; k != nil {
		profiles[addonSecrets] = &containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true),
			Config: pulumi.StringMap{
				settingRotation: inputs.FormatBool(inputs.BoolOr(k.Rotation, true)),
				settingPoll:     inputs.String(inputs.StringOr(k.RotationPollInterval, defaultPoll)),
			},
		}
	}
	if c := a.ContainerInsights; c != nil {
		profiles[addonInsights] = &containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true),
			Config: pulumi.StringMap{
				settingWorkspace: c.WorkspaceId,
				// The other way, workspace keys, has ended. Source: learn.microsoft.com, "Legacy
				// authentication for Container insights".
				settingEntra: pulumi.String("true"),
			},
		}
	}
	return profiles
}

// securityProfile returns the add-ons that AKS keeps in its security profile.
func (args *ClusterArgs) securityProfile() *containerservice.ManagedClusterSecurityProfileArgs {
	a := cmp.Or(args.Addons, &AddonsArgs{})
	profile := &containerservice.ManagedClusterSecurityProfileArgs{
		WorkloadIdentity: &containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{
			Enabled: pulumi.Bool(args.WorkloadIdentityAddon),
		},
		Defender: &containerservice.ManagedClusterSecurityProfileDefenderArgs{
			SecurityMonitoring: &containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs{
				Enabled: pulumi.Bool(a.Defender != nil),
			},
		},
		ImageCleaner: &containerservice.ManagedClusterSecurityProfileImageCleanerArgs{
			Enabled: pulumi.Bool(false),
		},
	}
	if d := a.Defender; d != nil {
		profile.Defender = &containerservice.ManagedClusterSecurityProfileDefenderArgs{
			LogAnalyticsWorkspaceResourceId: inputs.StringPtr(d.WorkspaceId),
			SecurityMonitoring: &containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs{
				Enabled: pulumi.Bool(true),
			},
		}
	}
	if c := a.ImageCleaner; c != nil {
		profile.ImageCleaner = &containerservice.ManagedClusterSecurityProfileImageCleanerArgs{
			Enabled:       pulumi.Bool(true),
			IntervalHours: inputs.IntOr(c.IntervalHours, defaultCleaning),
		}
	}
	return profile
}

func (args *ClusterArgs) checkAddons(l *problem.List) {
	a := args.Addons
	if a == nil {
		return
	}
	if k := a.KeyVaultSecretsProvider; k != nil {
		if text, ok := known.String(k.RotationPollInterval); ok && !pollInterval.MatchString(text) {
			l.Add("addons.keyVaultSecretsProvider.rotationPollInterval", fmt.Sprintf("%q is not an interval", text), "write a number of at least 1 with the unit s, m or h, such as \"2m\"")
		}
		if rotates, ok := known.Bool(k.Rotation); ok && !rotates && k.RotationPollInterval != nil {
			l.Add("addons.keyVaultSecretsProvider.rotationPollInterval", "nothing is read again without rotation", "leave one of the two out")
		}
	}
	if c := a.ContainerInsights; c != nil {
		checkID(l, "addons.containerInsights.workspaceId", c.WorkspaceId, azure.TypeWorkspace)
	}
	if d := a.Defender; d != nil {
		checkID(l, "addons.defender.workspaceId", d.WorkspaceId, azure.TypeWorkspace)
	}
}

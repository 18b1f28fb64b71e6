package cluster

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// AddonsArgs are AKS's managed add-ons. What is left out is turned off, also if it was on before,
// unless it is Unmanaged.
type AddonsArgs struct {
	// Unmanaged are add-ons that the component leaves as they are, because others switch them on:
	// azurePolicy, keyVaultSecretsProvider, containerInsights, defender or imageCleaner. Microsoft
	// Defender for Cloud, or a policy with the effect DeployIfNotExists, switches them on after
	// each update that has switched them off. Default: none.
	Unmanaged []Addon `pulumi:"unmanaged,optional"`
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

// Addon is one of AKS's managed add-ons, by its argument.
type Addon string

// AKS's managed add-ons.
const (
	AddonAzurePolicy             Addon = "azurePolicy"
	AddonKeyVaultSecretsProvider Addon = "keyVaultSecretsProvider"
	AddonContainerInsights       Addon = "containerInsights"
	AddonDefender                Addon = "defender"
	AddonImageCleaner            Addon = "imageCleaner"
)

var _ = arguments.Enum(AddonAzurePolicy, AddonKeyVaultSecretsProvider, AddonContainerInsights, AddonDefender, AddonImageCleaner)

// manages reports whether the component switches an add-on on and off.
func (a *AddonsArgs) manages(addon Addon) bool {
	return a == nil || !slices.Contains(a.Unmanaged, addon)
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
	for addon, name := range map[Addon]string{
		AddonAzurePolicy: addonPolicy, AddonKeyVaultSecretsProvider: addonSecrets, AddonContainerInsights: addonInsights,
	} {
		if !a.manages(addon) {
			delete(profiles, name)
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
	if !a.manages(AddonDefender) {
		profile.Defender = nil
	}
	if !a.manages(AddonImageCleaner) {
		profile.ImageCleaner = nil
	}
	return profile
}

// given reports whether the caller describes an add-on.
func (a *AddonsArgs) given(addon Addon) bool {
	return map[Addon]bool{
		AddonAzurePolicy:             a.AzurePolicy != nil,
		AddonKeyVaultSecretsProvider: a.KeyVaultSecretsProvider != nil,
		AddonContainerInsights:       a.ContainerInsights != nil,
		AddonDefender:                a.Defender != nil,
		AddonImageCleaner:            a.ImageCleaner != nil,
	}[addon]
}

func (args *ClusterArgs) checkAddons(l *problem.List) {
	a := args.Addons
	if a == nil {
		return
	}
	for i, addon := range a.Unmanaged {
		path := problem.Path("addons.unmanaged").Index(i)
		if slices.Contains(a.Unmanaged[:i], addon) {
			l.Add(path, fmt.Sprintf("%s is in the list twice", addon), "remove one of the two")
		}
		if a.given(addon) {
			l.Add(path, fmt.Sprintf("addons.%s is given", addon), "an add-on is managed here or by others: remove one of the two")
		}
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

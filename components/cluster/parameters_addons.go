package cluster

import (
	"strconv"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
)

// Names and settings of AKS's add-ons.
// Source: Azure/azure-cli, azure/cli/command_modules/acs/_consts.py.
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

func addonProfiles(a *AddOnsArgs) containerservice.ManagedClusterAddonProfileMap {
	if a == nil {
		a = &AddOnsArgs{}
	}
	off := func() *containerservice.ManagedClusterAddonProfileArgs {
		return &containerservice.ManagedClusterAddonProfileArgs{Enabled: pulumi.Bool(false)}
	}
	profiles := containerservice.ManagedClusterAddonProfileMap{
		addonPolicy:   &containerservice.ManagedClusterAddonProfileArgs{Enabled: pulumi.Bool(a.AzurePolicy)},
		addonSecrets:  off(),
		addonInsights: off(),
	}
	if k := a.KeyVaultSecretsProvider; k != nil {
		profiles[addonSecrets] = &containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true),
			Config: pulumi.StringMap{
				settingRotation: spelled(boolOr(k.Rotation, true)),
				settingPoll:     required(stringOr(k.RotationPollInterval, defaultPoll)),
			},
		}
	}
	if c := a.ContainerInsights; c != nil {
		profiles[addonInsights] = &containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true),
			Config: pulumi.StringMap{
				settingWorkspace: c.WorkspaceId,
				// The other way, workspace keys, has ended. Source:
				// learn.microsoft.com, "Legacy authentication for Container insights".
				settingEntra: pulumi.String("true"),
			},
		}
	}
	return profiles
}

// securityProfile has the add-ons that AKS keeps there.
func securityProfile(args *ClusterArgs) *containerservice.ManagedClusterSecurityProfileArgs {
	a := args.AddOns
	if a == nil {
		a = &AddOnsArgs{}
	}
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
			LogAnalyticsWorkspaceResourceId: optional(d.WorkspaceId),
			SecurityMonitoring: &containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs{
				Enabled: pulumi.Bool(true),
			},
		}
	}
	if c := a.ImageCleaner; c != nil {
		profile.ImageCleaner = &containerservice.ManagedClusterSecurityProfileImageCleanerArgs{
			Enabled:       pulumi.Bool(true),
			IntervalHours: intOr(c.IntervalHours, defaultCleaning),
		}
	}
	return profile
}

// spelled is a truth value as an add-on's setting.
func spelled(in pulumi.BoolPtrInput) pulumi.StringInput {
	if b, ok := known.Bool(in); ok {
		return pulumi.String(strconv.FormatBool(b))
	}
	return in.ToBoolPtrOutput().Elem().ApplyT(strconv.FormatBool).(pulumi.StringOutput)
}

// optional is an input that is there, where a property could do without.
func optional(in pulumi.StringInput) pulumi.StringPtrInput {
	if text, ok := known.String(in); ok {
		return pulumi.String(text)
	}
	return in.ToStringOutput().ToStringPtrOutput()
}

package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AddOnsArgs are AKS's managed add-ons. What is left out is turned off, also if
// it was on before.
type AddOnsArgs struct {
	// AzurePolicy enforces Azure Policy in the cluster. Default: false.
	AzurePolicy bool `pulumi:"azurePolicy,optional"`
	// KeyVaultSecretsProvider mounts Key Vault secrets into pods.
	KeyVaultSecretsProvider *KeyVaultSecretsProviderArgs `pulumi:"keyVaultSecretsProvider,optional"`
	// ContainerInsights sends logs and metrics to a workspace.
	ContainerInsights *ContainerInsightsArgs `pulumi:"containerInsights,optional"`
	// Defender watches the cluster with Microsoft Defender for Containers, which
	// costs by the core.
	Defender *DefenderArgs `pulumi:"defender,optional"`
	// ImageCleaner removes unused images with known vulnerabilities from Linux
	// nodes.
	ImageCleaner *ImageCleanerArgs `pulumi:"imageCleaner,optional"`
}

// KeyVaultSecretsProviderArgs configures the Key Vault provider for the Secrets
// Store CSI driver.
type KeyVaultSecretsProviderArgs struct {
	// Rotation reads the secrets again from time to time. Default: true.
	Rotation pulumi.BoolPtrInput `pulumi:"rotation,optional"`
	// RotationPollInterval is the time between two reads, such as "2m" (the
	// default) or "1h": a number of at least one with the unit s, m or h.
	RotationPollInterval pulumi.StringPtrInput `pulumi:"rotationPollInterval,optional"`
}

// ContainerInsightsArgs configures Container insights.
type ContainerInsightsArgs struct {
	// WorkspaceId is the resource id of a Log Analytics workspace. Required. The
	// agent signs in with a managed identity, the only way that Azure still
	// supports; data flows once a data collection rule for the workspace is
	// associated with the cluster, which is not this component's.
	WorkspaceId pulumi.StringInput `pulumi:"workspaceId"`
}

// DefenderArgs configures Microsoft Defender.
type DefenderArgs struct {
	// WorkspaceId is the resource id of a Log Analytics workspace. Required.
	WorkspaceId pulumi.StringInput `pulumi:"workspaceId"`
}

// ImageCleanerArgs configures the image cleaner.
type ImageCleanerArgs struct {
	// IntervalHours is the time between two runs in hours: 24 to 2160 (90 days).
	// Default: 168, a week.
	IntervalHours pulumi.IntPtrInput `pulumi:"intervalHours,optional" min:"24" max:"2160" unit:"hours"`
}

package webhook

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What this package installs by default.
const (
	// ChartVersion is the pinned version of the workload-identity-webhook chart.
	ChartVersion = "1.6.0"
	// AppVersion is the version of the webhook that ChartVersion brings.
	AppVersion = "v1.6.0"
	// ChartName is the chart's name in DefaultRepository.
	ChartName = "workload-identity-webhook"
	// DefaultRepository is the project's public chart repository.
	DefaultRepository = "https://azure.github.io/azure-workload-identity/charts"
	// DefaultNamespace is where the chart's own documentation installs it.
	DefaultNamespace = "azure-workload-identity-system"
	// DefaultReplicas is the chart's own number of webhook pods.
	DefaultReplicas = 2
	// DefaultTimeoutSeconds is how long Helm waits for the webhook to serve.
	DefaultTimeoutSeconds = 600
)

// WebhookReleaseArgs describes a WebhookRelease. TenantId is required.
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type WebhookReleaseArgs struct {
	// TenantId is the Entra tenant that the webhook injects as AZURE_TENANT_ID
	// where the service account names no other: a GUID. Required; take it from the
	// cluster's tenantId output.
	TenantId pulumi.StringInput `pulumi:"tenantId"`
	// Cloud is the Azure cloud: AzurePublicCloud (the default), AzureUSGovernment
	// or AzureChinaCloud. It decides AZURE_AUTHORITY_HOST in the pods.
	Cloud string `pulumi:"cloud,optional"`
	// Version is the chart's version. Default: ChartVersion. Ignored for a local
	// Chart, which brings its own.
	Version string `pulumi:"version,optional"`
	// Repository is the URL of the chart repository. Default: DefaultRepository.
	// Not with an OCI reference or a local path in Chart.
	Repository string `pulumi:"repository,optional"`
	// Chart is the chart's name in the repository, an OCI reference
	// ("oci://registry/charts/workload-identity-webhook"), or a local path that
	// starts with "." or "/". Default: ChartName.
	Chart string `pulumi:"chart,optional"`
	// Namespace is where the webhook runs. Default: DefaultNamespace. Not
	// kube-system: AKS's admissions enforcer keeps webhooks from pods there, and
	// it is the add-on's place.
	Namespace string `pulumi:"namespace,optional"`
	// ExistingNamespace leaves the namespace to somebody else. Default: false,
	// the component creates it.
	ExistingNamespace bool `pulumi:"existingNamespace,optional"`
	// Replicas is the number of webhook pods, at least 1. Default:
	// DefaultReplicas. The webhook fails closed, so that one pod is a risk.
	Replicas pulumi.IntPtrInput `pulumi:"replicas,optional"`
	// ImageRegistry replaces mcr.microsoft.com in the image's name, for a mirror:
	// a host, optionally with a path, without scheme or trailing slash.
	ImageRegistry pulumi.StringPtrInput `pulumi:"imageRegistry,optional"`
	// NodeSelector limits the nodes of the webhook's pods. Default:
	// kubernetes.io/os: linux, the chart's own.
	NodeSelector pulumi.StringMapInput `pulumi:"nodeSelector,optional"`
	// Tolerations of the webhook's pods.
	Tolerations []TolerationArgs `pulumi:"tolerations,optional"`
	// LogLevel is one of "error", "warning", "info" (the default), "debug" and
	// "trace".
	LogLevel string `pulumi:"logLevel,optional"`
	// TimeoutSeconds is how long Helm waits for the webhook to serve, in seconds.
	// Default: DefaultTimeoutSeconds.
	TimeoutSeconds int `pulumi:"timeoutSeconds,optional"`
	// Values are chart values merged last, over everything above. Nested maps are
	// merged, other values replaced.
	Values pulumi.MapInput `pulumi:"values,optional"`
}

// TolerationArgs is one toleration of the webhook's pods, with the fields of
// Kubernetes' own.
type TolerationArgs struct {
	Key      pulumi.StringPtrInput `pulumi:"key,optional"`
	Operator pulumi.StringPtrInput `pulumi:"operator,optional"`
	Value    pulumi.StringPtrInput `pulumi:"value,optional"`
	Effect   pulumi.StringPtrInput `pulumi:"effect,optional"`
	// TolerationSeconds limits how long a NoExecute taint is tolerated, in
	// seconds.
	TolerationSeconds pulumi.IntPtrInput `pulumi:"tolerationSeconds,optional"`
}

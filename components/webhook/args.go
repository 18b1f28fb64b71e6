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
	// DefaultReleaseName is the release's name in the chart's own documentation.
	DefaultReleaseName = "workload-identity-webhook"
	// DefaultReplicas is the chart's own number of webhook pods.
	DefaultReplicas = 2
	// DefaultTimeoutSeconds is how long Helm waits for the webhook to serve.
	DefaultTimeoutSeconds = 600
)

// WebhookReleaseArgs describes a WebhookRelease. TenantId is required.
//
// The tags enum, min and max say what Validate accepts, for those who describe
// the arguments elsewhere, such as a JSON schema; a test keeps them in line.
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type WebhookReleaseArgs struct {
	// TenantId is the Entra tenant that the webhook injects as AZURE_TENANT_ID
	// where the service account names no other: a GUID. Required; take it from the
	// cluster's tenantId output.
	TenantId pulumi.StringInput `pulumi:"tenantId"`
	// WorkloadIdentityAddon is whether AKS runs the webhook in this cluster as its
	// add-on: the cluster's output of that name. True is refused, at once if it is
	// known and before the release is created if it is not, because add-on and
	// chart install cluster-wide objects of the same names. Default: not checked.
	WorkloadIdentityAddon pulumi.BoolPtrInput `pulumi:"workloadIdentityAddon,optional"`
	// Cloud is the Azure cloud: AzurePublicCloud (the default), AzureUSGovernment
	// or AzureChinaCloud. It decides AZURE_AUTHORITY_HOST in the pods.
	Cloud string `pulumi:"cloud,optional" enum:"AzurePublicCloud,AzureUSGovernment,AzureChinaCloud"`

	// Version is the chart's version, a full one. Default: ChartVersion. Ignored
	// for a local Chart, which brings its own.
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
	// it is the add-on's place. Another namespace replaces the release.
	Namespace string `pulumi:"namespace,optional"`
	// ExistingNamespace leaves the namespace to somebody else. Default: false,
	// Helm creates it if it is missing; it never deletes it.
	ExistingNamespace bool `pulumi:"existingNamespace,optional"`
	// ReleaseName is the Helm release's name, at most 53 characters. Default:
	// DefaultReleaseName. Another one is of use only to adopt a release that has
	// it; it replaces the release.
	ReleaseName string `pulumi:"releaseName,optional"`
	// Adopt takes over the release that exists under ReleaseName in Namespace,
	// whoever installed it with Helm. Default: false, an existing release is an
	// error. See WebhookRelease for what happens then, and what to do afterwards.
	Adopt bool `pulumi:"adopt,optional"`
	// TimeoutSeconds is how long Helm waits for the webhook to serve, in seconds,
	// at least 1. Default (also 0): DefaultTimeoutSeconds.
	TimeoutSeconds int `pulumi:"timeoutSeconds,optional"`

	// Replicas is the number of webhook pods, at least 1. Default:
	// DefaultReplicas. The webhook fails closed, so that one pod is a risk.
	Replicas pulumi.IntPtrInput `pulumi:"replicas,optional" min:"1"`
	// PodDisruptionBudget limits how many webhook pods a node drain may take away
	// at once. Default: one pod stays available; with a single replica one may be
	// away, because nothing could be drained otherwise.
	PodDisruptionBudget *PodDisruptionBudgetArgs `pulumi:"podDisruptionBudget,optional"`
	// Resources are the webhook container's requests and limits.
	Resources *ResourcesArgs `pulumi:"resources,optional"`
	// ImageRegistry replaces mcr.microsoft.com in the image's name, for a mirror:
	// a host, optionally with a path, without scheme or trailing slash.
	ImageRegistry pulumi.StringPtrInput `pulumi:"imageRegistry,optional"`
	// ImagePullSecrets are the names of secrets in Namespace with which the nodes
	// log in to the registry. The chart gives them to the webhook's service
	// account. Default: none.
	ImagePullSecrets pulumi.StringArrayInput `pulumi:"imagePullSecrets,optional"`
	// NodeSelector limits the nodes of the webhook's pods. Default:
	// kubernetes.io/os: linux, the chart's own, which stays beside other keys.
	NodeSelector pulumi.StringMapInput `pulumi:"nodeSelector,optional"`
	// Affinity of the webhook's pods, with the fields of Kubernetes' own
	// core/v1.Affinity. Default: none; TopologySpread already spreads them.
	Affinity pulumi.MapInput `pulumi:"affinity,optional"`
	// Tolerations of the webhook's pods. Default: none.
	Tolerations []TolerationArgs `pulumi:"tolerations,optional"`
	// TopologySpread spreads the webhook's pods. Default (nil): over nodes and over
	// zones, as well as it can be done. An empty list leaves it to the scheduler.
	TopologySpread []TopologySpreadArgs `pulumi:"topologySpread,optional"`
	// PriorityClassName of the webhook's pods. Default: system-cluster-critical,
	// the chart's own: pods of lower priority make room for them.
	PriorityClassName pulumi.StringPtrInput `pulumi:"priorityClassName,optional"`
	// PodLabels are added to the webhook's pods. Refused: the labels by which the
	// chart selects them, and azure.workload.identity/use, which would make the
	// webhook wait for itself.
	PodLabels pulumi.StringMapInput `pulumi:"podLabels,optional"`
	// PodAnnotations are added to the webhook's pods.
	PodAnnotations pulumi.StringMapInput `pulumi:"podAnnotations,optional"`

	// NamespaceSelector limits the namespaces whose labelled pods the webhook
	// changes; elsewhere they start without a token. Default: all namespaces.
	NamespaceSelector *NamespaceSelectorArgs `pulumi:"namespaceSelector,optional"`
	// WebhookAnnotations are added to the MutatingWebhookConfiguration.
	// admissions.enforcer/disabled: "true" keeps AKS's admissions enforcer from
	// taking kube-system and AKS's own namespaces out of its reach.
	WebhookAnnotations pulumi.StringMapInput `pulumi:"webhookAnnotations,optional"`

	// LogLevel is one of LogLevels. Default: info.
	LogLevel string `pulumi:"logLevel,optional" enum:"warning,info,debug,trace,all"`
	// MetricsAddress is where the webhook serves its metrics: a colon and a port,
	// 1 to 65535. Default: ":8095", the chart's own. No host: the chart makes the
	// container's port of what follows the colon. Not 9440 and 9443, which serve
	// health and the webhook.
	MetricsAddress string `pulumi:"metricsAddress,optional"`
	// MetricsBackend is MetricsPrometheus, the default and the only one there is.
	MetricsBackend string `pulumi:"metricsBackend,optional" enum:"prometheus"`
	// Values are chart values merged last, over everything above. Nested maps are
	// merged, other values replaced. For the pinned chart, a top-level key that it
	// does not have is refused: Helm would ignore it. So is a combination that the
	// API server would refuse or that would block every node drain.
	Values pulumi.MapInput `pulumi:"values,optional"`
}

package webhook

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

const (
	// DefaultReplicas is the chart's own number of webhook pods.
	DefaultReplicas = 2
	// DefaultTimeoutSeconds is how long Helm waits for the webhook to serve, in seconds.
	DefaultTimeoutSeconds = 600
)

// WebhookReleaseArgs describes a WebhookRelease. Only TenantId is required.
//
// Fields of plain types identify the cloud, the chart and the release, so that every preview knows
// them. All others are inputs, which may be outputs of other resources.
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type WebhookReleaseArgs struct {
	// TenantId is the Entra tenant, a GUID, that the webhook injects as AZURE_TENANT_ID where the
	// service account names no other: the cluster's output TenantId. Required.
	TenantId pulumi.StringInput `pulumi:"tenantId"`
	// WorkloadIdentityAddon is true if AKS runs the webhook in this cluster as its add-on: the
	// cluster's output of that name. True is refused, at once if it is known and before the release
	// is created if it is known later, because add-on and chart install cluster-wide objects of the
	// same names. Default: not checked.
	WorkloadIdentityAddon pulumi.BoolPtrInput `pulumi:"workloadIdentityAddon,optional"`
	// Cloud is the Azure cloud: AzurePublicCloud (the default), AzureUSGovernment or
	// AzureChinaCloud. It decides AZURE_AUTHORITY_HOST in the pods.
	Cloud azure.Cloud `pulumi:"cloud,optional"`

	// Version is the chart's version, a full one. It is ignored for a local Chart, which has its
	// own. Default: 1.6.0, with the webhook v1.6.0.
	Version string `pulumi:"version,optional"`
	// Repository is the URL of the chart repository. It excludes an OCI reference and a local path
	// in Chart. Default: https://azure.github.io/azure-workload-identity/charts.
	Repository string `pulumi:"repository,optional"`
	// Chart is the chart's name in the repository, an OCI reference
	// ("oci://registry/charts/workload-identity-webhook"), or a local path that starts with "." or
	// "/". Default: workload-identity-webhook.
	Chart string `pulumi:"chart,optional"`
	// Namespace is where the webhook runs. It cannot be kube-system, which is the add-on's, and
	// where AKS's admissions enforcer keeps webhooks from pods. Another namespace replaces the
	// release. Default: azure-workload-identity-system.
	Namespace string `pulumi:"namespace,optional"`
	// CreateNamespace lets Helm create the namespace if it is missing. Helm never deletes it.
	// Default: true.
	CreateNamespace *bool `pulumi:"createNamespace,optional"`
	// ReleaseName is the Helm release's name, at most 53 characters. Another name replaces the
	// release, and is of use only to adopt a release. Default: workload-identity-webhook.
	ReleaseName string `pulumi:"releaseName,optional"`
	// Adopt takes over the release that Helm has under ReleaseName in Namespace; see
	// WebhookRelease. Default: false, an existing release is an error.
	Adopt bool `pulumi:"adopt,optional"`
	// TimeoutSeconds is how long Helm waits for the webhook to serve, in seconds, at least 1.
	// Default: 600.
	TimeoutSeconds pulumi.IntPtrInput `pulumi:"timeoutSeconds,optional" min:"1" unit:"seconds"`

	// Replicas is the number of webhook pods, at least 1. The webhook fails closed, so that one pod
	// is a risk. Default: 2.
	Replicas pulumi.IntPtrInput `pulumi:"replicas,optional" min:"1"`
	// PodDisruptionBudget limits how many webhook pods a node drain may evict at once. Default: one
	// pod stays available; a single replica may be evicted, because its node could not be drained
	// otherwise.
	PodDisruptionBudget *PodDisruptionBudgetArgs `pulumi:"podDisruptionBudget,optional"`
	// Resources are the webhook container's requests and limits. Default: the chart's.
	Resources *ResourcesArgs `pulumi:"resources,optional"`
	// ImageRegistry replaces mcr.microsoft.com in the image's name: the host of a mirror,
	// optionally with a path, without scheme or trailing slash. Default: mcr.microsoft.com.
	ImageRegistry pulumi.StringPtrInput `pulumi:"imageRegistry,optional"`
	// ImagePullSecrets are the names of secrets in Namespace with which the nodes log in to the
	// registry. The chart gives them to the webhook's service account. Default: none.
	ImagePullSecrets pulumi.StringArrayInput `pulumi:"imagePullSecrets,optional"`
	// NodeSelector limits the nodes of the webhook's pods by labels, in addition to the default:
	// kubernetes.io/os: linux, the chart's own.
	NodeSelector pulumi.StringMapInput `pulumi:"nodeSelector,optional"`
	// Affinity is the affinity of the webhook's pods, with the fields of Kubernetes'
	// core/v1.Affinity. Default: none.
	Affinity pulumi.MapInput `pulumi:"affinity,optional"`
	// Tolerations are those of the webhook's pods. Default: none.
	Tolerations []TolerationArgs `pulumi:"tolerations,optional"`
	// TopologySpread spreads the webhook's pods. An empty list leaves it to the scheduler. Default:
	// over nodes and over zones, as evenly as possible.
	TopologySpread []TopologySpreadArgs `pulumi:"topologySpread,optional"`
	// PriorityClassName is the priority class of the webhook's pods. Default:
	// system-cluster-critical, the chart's own: pods of lower priority are evicted for them.
	PriorityClassName pulumi.StringPtrInput `pulumi:"priorityClassName,optional"`
	// PodLabels are further labels of the webhook's pods, except the labels by which the chart
	// selects them, and azure.workload.identity/use, with which the webhook would wait for itself.
	// Default: none.
	PodLabels pulumi.StringMapInput `pulumi:"podLabels,optional"`
	// PodAnnotations are further annotations of the webhook's pods. Default: none.
	PodAnnotations pulumi.StringMapInput `pulumi:"podAnnotations,optional"`

	// NamespaceSelector limits the namespaces whose labelled pods the webhook changes. Elsewhere
	// such pods start without a token. Default: all namespaces.
	NamespaceSelector *NamespaceSelectorArgs `pulumi:"namespaceSelector,optional"`
	// WebhookAnnotations are annotations of the MutatingWebhookConfiguration.
	// admissions.enforcer/disabled: "true" keeps AKS's admissions enforcer from excluding
	// kube-system and AKS's own namespaces. Default: none.
	WebhookAnnotations pulumi.StringMapInput `pulumi:"webhookAnnotations,optional"`

	// LogLevel is warning, info, debug, trace or all. Default: info.
	LogLevel pulumi.StringPtrInput `pulumi:"logLevel,optional" enum:"LogLevel"`
	// MetricsAddress is where the webhook serves its metrics: a colon and a port, 1 to 65535, but
	// not 9440 and 9443, which serve health and the webhook. It has no host, because the chart uses
	// what follows the colon as the container's port. Default: ":8095", the chart's own.
	MetricsAddress pulumi.StringPtrInput `pulumi:"metricsAddress,optional"`
	// MetricsBackend is prometheus, the default and the only one.
	MetricsBackend pulumi.StringPtrInput `pulumi:"metricsBackend,optional" enum:"MetricsBackend"`
	// Values are chart values that are merged last: maps by key, everything else is replaced.
	// azureTenantID and azureEnvironment are refused: they come from TenantId and the cloud. For
	// the pinned chart, a top-level key that it does not have is refused, because Helm would ignore
	// it. So is a combination that the API server would refuse or that would block every node
	// drain. Default: none.
	Values pulumi.MapInput `pulumi:"values,optional"`
}

// Validate reports all problems with the arguments of the webhook release of that name, as far as
// their values are known, in one error that unwraps to *errors.InputPropertiesError. It registers
// nothing. NewWebhookRelease calls it, and checks outputs when they resolve, before the Helm
// release is registered.
func (args *WebhookReleaseArgs) Validate(name string) error {
	args = cmp.Or(args, &WebhookReleaseArgs{})
	var l problem.List
	if args.TenantId == nil {
		l.Add("tenantId", "a tenant is required", "pass the cluster's tenantId output")
	}
	for _, r := range args.rules() {
		if v, ok := knownValue(r.in); ok {
			l.AddError(r.path, r.check(v))
		}
	}
	args.checkChart(&l)
	args.checkNamespace(&l)
	args.checkReleaseName(&l)
	args.PodDisruptionBudget.check(&l, args.Replicas)
	args.Resources.check(&l)
	args.checkPods(&l)
	args.NamespaceSelector.check(&l)
	metadata.Annotations(&l, "webhookAnnotations", args.WebhookAnnotations)
	args.checkValueKeys(&l)
	arguments.Check(&l, "", args)
	if err := arguments.Err("webhook release", name, &l); err != nil || args.Values == nil {
		return err
	}
	// The caller's Values can contradict arguments that are right by themselves. Unknown ones are
	// checked by the guards.
	if merged, ok := resolved(args.values(), "azureTenantID", "image"); ok {
		return arguments.Err("webhook release", name, checkValues(merged))
	}
	return nil
}

// rules returns the rules about single properties, which may be outputs.
func (args *WebhookReleaseArgs) rules() []rule {
	list := []rule{
		{"tenantId", args.TenantId, text(checkTenant)},
		{"workloadIdentityAddon", args.WorkloadIdentityAddon, checkAddon},
		{"timeoutSeconds", args.TimeoutSeconds, checkTimeout},
		{"replicas", args.Replicas, checkReplicas},
		{"imageRegistry", args.ImageRegistry, text(checkRegistry)},
		{"priorityClassName", args.PriorityClassName, text(checkPriorityClass)},
		{"metricsAddress", args.MetricsAddress, text(checkMetricsAddress)},
		{"values", args.Values, checkOwnedKeys},
	}
	list = append(list, args.Resources.rules()...)
	for i := range args.TopologySpread {
		list = append(list, rule{problem.Path("topologySpread").Index(i) + ".maxSkew", args.TopologySpread[i].MaxSkew, checkSkew})
	}
	return list
}

func checkTenant(tenant string) error {
	if !azure.IsGUID(tenant) {
		return problem.New(fmt.Sprintf("%q is not a tenant", tenant), "use the directory's GUID, not its domain")
	}
	return nil
}

// checkAddon refuses a cluster in which AKS runs the webhook. Source:
// Azure/azure-workload-identity, issues 856 and 1610.
func checkAddon(v any) error {
	if on, ok := v.(bool); !ok || !on {
		return nil
	}
	return problem.New("AKS's add-on runs the webhook in this cluster, under the same cluster-wide names as the chart", "switch the cluster's add-on off, or leave this component out")
}

func checkTimeout(v any) error {
	if n, ok := v.(int); ok && n < 1 {
		return problem.New(fmt.Sprintf("%d seconds are too few", n), fmt.Sprintf("use at least 1, or leave it out for %d", DefaultTimeoutSeconds))
	}
	return nil
}

func checkReplicas(v any) error {
	if n, ok := v.(int); ok && n < 1 {
		return problem.New(fmt.Sprintf("%d replicas would never serve", n), "the webhook fails closed, so that labelled pods could not start; use at least 1")
	}
	return nil
}

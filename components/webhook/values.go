package webhook

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names"
)

const (
	// releaseName is what "helm list" shows. The chart's cluster-scoped names are
	// fixed, so that a cluster holds one release of it, and a name of its own
	// would only be harder to find.
	releaseName = "workload-identity-webhook"
	// imagePath is the webhook's image below its registry.
	imagePath = "oss/azure/workload-identity/webhook"
)

// release is the pure function from the component's arguments to those of the
// Helm release.
func (args *WebhookReleaseArgs) release() *releaseArgs {
	chart := args.Chart
	if chart == "" {
		chart = ChartName
	}
	r := &releaseArgs{
		Name:            pulumi.StringPtr(releaseName),
		Namespace:       pulumi.StringPtr(args.namespace()),
		CreateNamespace: pulumi.BoolPtr(!args.ExistingNamespace),
		Chart:           pulumi.String(chart),
		// Whoever depends on the component may rely on the webhook serving, so
		// Helm waits, and a failed install leaves nothing half-done behind.
		SkipAwait:     pulumi.BoolPtr(false),
		Atomic:        pulumi.BoolPtr(true),
		CleanupOnFail: pulumi.BoolPtr(true),
		Timeout:       pulumi.IntPtr(args.timeout()),
		Values:        args.values(),
	}
	if !isLocalChart(chart) {
		r.Version = pulumi.StringPtr(args.version())
	}
	if !isLocalChart(chart) && !isOCIChart(chart) {
		repository := args.Repository
		if repository == "" {
			repository = DefaultRepository
		}
		r.RepositoryOpts = repositoryOptsArgs{Repo: pulumi.StringPtr(repository)}
	}
	return r
}

// values are the chart's values; those of the user come last.
func (args *WebhookReleaseArgs) values() pulumi.MapInput {
	values := pulumi.Map{
		"azureTenantID":    args.TenantId,
		"azureEnvironment": pulumi.String(args.cloud().WebhookEnvironment()),
		"replicaCount":     pulumi.Int(DefaultReplicas),
	}
	if args.Replicas != nil {
		values["replicaCount"] = args.Replicas
	}
	if args.LogLevel != "" {
		values["logLevel"] = pulumi.String(args.LogLevel)
	}
	if args.NodeSelector != nil {
		values["nodeSelector"] = args.NodeSelector
	}
	if args.ImageRegistry != nil {
		repository := args.ImageRegistry.ToStringPtrOutput().Elem().ApplyT(func(registry string) string {
			return registry + "/" + imagePath
		})
		values["image"] = pulumi.Map{"repository": repository}
	}
	if len(args.Tolerations) > 0 {
		tolerations := make(pulumi.Array, len(args.Tolerations))
		for i := range args.Tolerations {
			tolerations[i] = args.Tolerations[i].value()
		}
		values["tolerations"] = tolerations
	}
	return mergeValues(values, args.Values)
}

func (t *TolerationArgs) value() pulumi.Map {
	m := pulumi.Map{}
	for key, in := range map[string]pulumi.StringPtrInput{
		"key": t.Key, "operator": t.Operator, "value": t.Value, "effect": t.Effect,
	} {
		if in != nil {
			m[key] = in
		}
	}
	if t.TolerationSeconds != nil {
		m["tolerationSeconds"] = t.TolerationSeconds
	}
	return m
}

func (args *WebhookReleaseArgs) namespace() string {
	if args.Namespace == "" {
		return DefaultNamespace
	}
	return args.Namespace
}

func (args *WebhookReleaseArgs) version() string {
	if args.Version == "" {
		return ChartVersion
	}
	return args.Version
}

func (args *WebhookReleaseArgs) timeout() int {
	if args.TimeoutSeconds == 0 {
		return DefaultTimeoutSeconds
	}
	return args.TimeoutSeconds
}

// cloud is the Azure cloud; validate has refused unknown ones.
func (args *WebhookReleaseArgs) cloud() names.Cloud {
	cloud, err := names.ParseCloud(args.Cloud)
	if err != nil {
		return names.AzurePublicCloud
	}
	return cloud
}

func isLocalChart(chart string) bool {
	return strings.HasPrefix(chart, "/") || strings.HasPrefix(chart, ".")
}

func isOCIChart(chart string) bool { return strings.HasPrefix(chart, "oci://") }

package webhook

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// imagePath is the webhook's image below its registry.
const imagePath = "oss/azure/workload-identity/webhook"

// release is the pure function from the component's arguments to those of the
// Helm release.
func (args *WebhookReleaseArgs) release() *releaseArgs {
	chart := args.Chart
	if chart == "" {
		chart = ChartName
	}
	r := &releaseArgs{
		Name:            pulumi.StringPtr(args.releaseName()),
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
	}
	args.putPodValues(values)
	if args.LogLevel != "" {
		values["logLevel"] = pulumi.String(logFlag(args.LogLevel))
	}
	if args.MetricsAddress != "" {
		values["metricsAddr"] = pulumi.String(args.MetricsAddress)
	}
	if args.MetricsBackend != "" {
		values["metricsBackend"] = pulumi.String(args.MetricsBackend)
	}
	if args.NamespaceSelector != nil {
		values["mutatingWebhookNamespaceSelector"] = args.NamespaceSelector.value()
	}
	if args.WebhookAnnotations != nil {
		values["mutatingWebhookAnnotations"] = args.WebhookAnnotations
	}
	return mergeValues(values, args.Values)
}

// logFlag is what the webhook's flag --log-level calls a level.
func logFlag(level string) string {
	if level == LogWarning {
		return ""
	}
	return level
}

func (s *NamespaceSelectorArgs) value() pulumi.Map {
	m := pulumi.Map{}
	if s.MatchLabels != nil {
		m["matchLabels"] = s.MatchLabels
	}
	if len(s.MatchExpressions) == 0 {
		return m
	}
	list := make(pulumi.Array, len(s.MatchExpressions))
	for i, r := range s.MatchExpressions {
		e := pulumi.Map{"key": pulumi.String(r.Key), "operator": pulumi.String(r.Operator)}
		if len(r.Values) > 0 {
			e["values"] = pulumi.ToStringArray(r.Values)
		}
		list[i] = e
	}
	m["matchExpressions"] = list
	return m
}

func (args *WebhookReleaseArgs) namespace() string {
	if args.Namespace == "" {
		return DefaultNamespace
	}
	return args.Namespace
}

func (args *WebhookReleaseArgs) releaseName() string {
	if args.ReleaseName == "" {
		return DefaultReleaseName
	}
	return args.ReleaseName
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

// cloud is the Azure cloud; Validate has refused unknown ones.
func (args *WebhookReleaseArgs) cloud() azure.Cloud {
	cloud, err := azure.ParseCloud(args.Cloud)
	if err != nil {
		return azure.PublicCloud
	}
	return cloud
}

func isLocalChart(chart string) bool {
	return strings.HasPrefix(chart, "/") || strings.HasPrefix(chart, ".")
}

func isOCIChart(chart string) bool { return strings.HasPrefix(chart, "oci://") }

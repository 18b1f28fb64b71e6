package webhook

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// The chart that is installed by default.
const (
	// ChartVersion is the pinned version of the workload-identity-webhook chart.
	ChartVersion = "1.6.0"
	// AppVersion is the version of the webhook in ChartVersion.
	AppVersion = "v1.6.0"
	// ChartName is the chart's name in DefaultRepository.
	ChartName = "workload-identity-webhook"
	// DefaultRepository is the project's public chart repository.
	DefaultRepository = "https://azure.github.io/azure-workload-identity/charts"
)

// What the pinned chart contains. Source: charts/workload-identity-webhook of
// github.com/Azure/azure-workload-identity v1.6.0, values.yaml and templates. A test compares this
// file with testdata/chart-values.txt.
const (
	chartCPURequest    = "100m"
	chartMemoryRequest = "20Mi"
	chartCPULimit      = "100m"
	chartMemoryLimit   = "30Mi"

	chartMinAvailable = 1

	// healthPort and webhookPort are fixed in the Deployment's template.
	healthPort  = 9440
	webhookPort = 9443

	// systemLabel is on every object of the chart, and so on the webhook's pods, whatever the name
	// of the release is.
	systemLabel = "azure-workload-identity.io/system"

	// imagePath is the webhook's image below its registry.
	imagePath = "oss/azure/workload-identity/webhook"
)

// podSelectorLabels are the labels by which the Deployment selects its pods. The template writes
// them after podLabels, so that a second label of the same key would make the YAML invalid.
var podSelectorLabels = []string{"app", systemLabel, "chart", "release"}

// chartKeys are the top-level values that the chart reads. The last three are in its templates
// only.
var chartKeys = []string{
	"affinity", "azureEnvironment", "azureTenantID", "customTokenEndpoint", "extraEnv", "extraVolumeMounts", "extraVolumes",
	"image", "imagePullSecrets", "logLevel", "metricsAddr", "metricsBackend", "mutatingWebhookAnnotations",
	"mutatingWebhookNamespaceSelector", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels",
	"priorityClassName", "replicaCount", "resources", "service", "tolerations", "topologySpreadConstraints",
	"fullnameOverride", "nameOverride", "revisionHistoryLimit",
}

// fullVersion matches a semantic version with all of its three numbers. A range would change the
// chart without a change of the program.
var fullVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// isChartKey reports whether the pinned chart or Helm itself reads a top-level value.
func isChartKey(key string) bool { return key == "global" || slices.Contains(chartKeys, key) }

// isPinnedChart reports whether the arguments install the chart that chartKeys describe, from
// whatever repository.
func (args *WebhookReleaseArgs) isPinnedChart() bool {
	return args.chart() == ChartName && args.version() == ChartVersion
}

func (args *WebhookReleaseArgs) chart() string   { return cmp.Or(args.Chart, ChartName) }
func (args *WebhookReleaseArgs) version() string { return cmp.Or(args.Version, ChartVersion) }

func isLocalChart(chart string) bool {
	return strings.HasPrefix(chart, "/") || strings.HasPrefix(chart, ".")
}

func isOCIChart(chart string) bool { return strings.HasPrefix(chart, "oci://") }

func (args *WebhookReleaseArgs) checkChart(l *problem.List) {
	if args.Version != "" && !fullVersion.MatchString(args.Version) {
		l.Add("version", fmt.Sprintf("%q is not a full version", args.Version), fmt.Sprintf("pin the chart, for example %q", ChartVersion))
	}
	if args.Repository == "" {
		return
	}
	if isLocalChart(args.Chart) || isOCIChart(args.Chart) {
		l.Add("repository", fmt.Sprintf("repository and chart %q exclude each other", args.Chart), "an OCI reference or a path says already where the chart is")
		return
	}
	u, err := url.Parse(args.Repository)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		l.Add("repository", fmt.Sprintf("%q is not the URL of a chart repository", args.Repository), "write an https one; an OCI registry goes into chart, as oci://…")
	}
}

// ownedKeys are the top-level values that have an argument of their own. Another tenant or cloud in
// Values would win over it, and the webhook would send every pod there: the identities that the
// program federates are not found, with an error that names no tenant.
var ownedKeys = map[string]string{
	"azureTenantID":    "leave it out: it comes from tenantId, in a stack file the cluster's tenant; a workload whose identity is in another tenant gets an annotation",
	"azureEnvironment": "leave it out: it comes from cloud",
}

// checkOwnedKeys refuses Values, once they are known, that contain one of ownedKeys.
func checkOwnedKeys(values any) error {
	m, _ := plainMap(values)
	for _, key := range sortedKeys(ownedKeys) {
		if _, given := m[key]; given {
			return problem.New(fmt.Sprintf("%s has an argument of its own", key), ownedKeys[key])
		}
	}
	return nil
}

// checkValueKeys refuses top-level keys of Values that have an argument of their own, and those
// that Helm would ignore without a warning.
func (args *WebhookReleaseArgs) checkValueKeys(l *problem.List) {
	values, ok := asMap(args.Values)
	if !ok {
		return
	}
	for _, key := range sortedKeys(values) {
		if remedy, owned := ownedKeys[key]; owned {
			l.Add("values."+problem.Path(key), "the value has an argument of its own", remedy)
		}
		if args.isPinnedChart() && !isChartKey(key) {
			l.Add("values."+problem.Path(key), fmt.Sprintf("chart %s has no such value, and Helm would ignore it", ChartVersion), fmt.Sprintf("use one of %s", strings.Join(chartKeys, ", ")))
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package webhook

import (
	"slices"
)

// What the pinned chart brings. Source: charts/workload-identity-webhook of
// github.com/Azure/azure-workload-identity v1.6.0, values.yaml and templates; a
// test compares this file with testdata/chart-values.txt.
const (
	chartCPURequest    = "100m"
	chartMemoryRequest = "20Mi"
	chartCPULimit      = "100m"
	chartMemoryLimit   = "30Mi"

	chartMinAvailable = 1

	// healthPort and webhookPort are fixed in the Deployment's template.
	healthPort  = 9440
	webhookPort = 9443

	// systemLabel is on every object of the chart, and so on the webhook's pods,
	// whatever the release is called.
	systemLabel = "azure-workload-identity.io/system"
)

// podSelectorLabels are the labels that the Deployment selects its pods by. The
// template writes them after podLabels, so that a second one of the same key
// would be no valid YAML.
var podSelectorLabels = []string{"app", systemLabel, "chart", "release"}

// chartKeys are the top-level values that the chart reads. The last three are in
// its templates only.
var chartKeys = []string{
	"affinity", "azureEnvironment", "azureTenantID", "customTokenEndpoint", "extraEnv", "extraVolumeMounts", "extraVolumes",
	"image", "imagePullSecrets", "logLevel", "metricsAddr", "metricsBackend", "mutatingWebhookAnnotations",
	"mutatingWebhookNamespaceSelector", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels",
	"priorityClassName", "replicaCount", "resources", "service", "tolerations", "topologySpreadConstraints",
	"fullnameOverride", "nameOverride", "revisionHistoryLimit",
}

// readByChart reports whether the pinned chart has a top-level value, or Helm
// itself knows it.
func readByChart(key string) bool { return key == "global" || slices.Contains(chartKeys, key) }

// isPinnedChart reports whether the arguments install the chart that chartKeys
// describe, from whatever repository.
func (args *WebhookReleaseArgs) isPinnedChart() bool {
	return (args.Chart == "" || args.Chart == ChartName) && args.version() == ChartVersion
}

package rules

import (
	"strings"
)

// chartName is the webhook's chart, however it is referred to: by name, by OCI reference, by path.
const chartName = "workload-identity-webhook"

// webhookConfiguration is the fixed name of the object that the chart installs.
const webhookConfiguration = "azure-wi-webhook-mutating-webhook-configuration"

// webhook is an installation of the mutating webhook from its chart.
type webhook struct {
	// release is the Helm release, the chart component, or the rendered configuration.
	release *Resource
	// values are the chart's values; absent for a rendered configuration.
	values Value
	// rendered is the webhook configuration, when the graph shows it.
	rendered *Resource
}

// isWebhookChart reports that a Helm release or chart is certainly the webhook's.
func isWebhookChart(r *Resource) bool {
	if r.Type != helmRelease && r.Type != helmChart {
		return false
	}
	chart, ok := r.Get("chart").KnownText()
	if !ok {
		return false
	}
	chart = strings.TrimSuffix(strings.TrimRight(chart, "/"), ".tgz")
	chart = chart[strings.LastIndexAny(chart, `/\`)+1:]
	// A packed chart's file name ends with its version, an OCI reference with a tag or digest.
	chart, _, _ = strings.Cut(chart, "@")
	chart, _, _ = strings.Cut(chart, ":")
	return chart == chartName || strings.HasPrefix(chart, chartName+"-")
}

func isWebhookConfiguration(r *Resource) bool {
	return r.Type == mutatingWebhook && r.Get("metadata", "name").Is(webhookConfiguration)
}

func (g *Graph) findWebhooks() []*webhook {
	var found []*webhook
	within := map[string]bool{}
	for _, r := range g.ByType(helmRelease, helmChart) {
		if !isWebhookChart(r) {
			continue
		}
		w := &webhook{release: r, values: r.Get("values")}
		for _, child := range g.descendants(r) {
			if isWebhookConfiguration(child) {
				within[child.URN] = true
				w.rendered = child
			}
		}
		found = append(found, w)
	}
	for _, r := range g.ByType(mutatingWebhook) {
		if isWebhookConfiguration(r) && !within[r.URN] {
			found = append(found, &webhook{release: r, rendered: r})
		}
	}
	return found
}

// provider is the Kubernetes provider of the installation, which tells its cluster.
func (w *webhook) provider() string {
	if w.rendered != nil && w.rendered.Provider != "" {
		return w.rendered.Provider
	}
	return w.release.Provider
}

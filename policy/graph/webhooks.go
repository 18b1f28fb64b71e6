package graph

import "strings"

const (
	// webhookChart is the name of the webhook's chart.
	webhookChart = "workload-identity-webhook"
	// webhookConfiguration is the fixed name of the object that the chart installs. Source:
	// azure-workload-identity v1.6.0, charts/workload-identity-webhook/templates.
	webhookConfiguration = "azure-wi-webhook-mutating-webhook-configuration"
)

// Webhook is an installation of the mutating webhook from its chart.
type Webhook struct {
	// Release is the Helm release, the chart component, or the rendered configuration.
	Release *Resource
	// Values are the chart's values; absent for a rendered configuration.
	Values Value
	// Rendered is the webhook configuration, when the graph has it.
	Rendered *Resource
}

// IsChart reports whether the installation is a release or chart, which has values, and not merely
// the rendered configuration.
func (w *Webhook) IsChart() bool { return w.Release != w.Rendered }

// Provider returns the URN of the installation's Kubernetes provider, which stands for its cluster.
func (w *Webhook) Provider() string {
	if w.Rendered != nil && w.Rendered.Provider != "" {
		return w.Rendered.Provider
	}
	return w.Release.Provider
}

func (g *Graph) findWebhooks() []*Webhook {
	var found []*Webhook
	within := map[string]bool{}
	for _, r := range g.ByType(TypeHelmRelease, TypeHelmChart) {
		if !isWebhookChart(r) {
			continue
		}
		w := &Webhook{Release: r, Values: r.Get("values")}
		for _, child := range g.Descendants(r) {
			if isWebhookConfiguration(child) {
				within[child.URN] = true
				w.Rendered = child
			}
		}
		found = append(found, w)
	}
	for _, r := range g.ByType(TypeMutatingWebhook) {
		if isWebhookConfiguration(r) && !within[r.URN] {
			found = append(found, &Webhook{Release: r, Rendered: r})
		}
	}
	return found
}

// isWebhookChart reports whether a Helm release or chart certainly installs the webhook. Helm takes
// a chart by name, by OCI reference, or by path.
func isWebhookChart(r *Resource) bool {
	chart, ok := r.Get("chart").KnownText()
	if !ok {
		return false
	}
	chart = strings.TrimSuffix(strings.TrimRight(chart, "/"), ".tgz")
	chart = chart[strings.LastIndexAny(chart, `/\`)+1:]
	// The file name of a packed chart ends with its version, an OCI reference with a tag or digest.
	chart, _, _ = strings.Cut(chart, "@")
	chart, _, _ = strings.Cut(chart, ":")
	return chart == webhookChart || strings.HasPrefix(chart, webhookChart+"-")
}

func isWebhookConfiguration(r *Resource) bool {
	return r.Type == TypeMutatingWebhook && r.Get("metadata", "name").Is(webhookConfiguration)
}

// MayHaveWebhook reports whether some resource could still be the webhook's installation, because
// its chart or name is not known.
func (g *Graph) MayHaveWebhook() bool {
	for _, r := range g.ByType(TypeHelmRelease, TypeHelmChart) {
		if r.Get("chart").IsUnknown() {
			return true
		}
	}
	for _, r := range g.ByType(TypeMutatingWebhook) {
		if r.Get("metadata", "name").IsUnknown() {
			return true
		}
	}
	return false
}

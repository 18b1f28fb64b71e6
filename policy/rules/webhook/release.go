package webhook

import (
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// release returns the rules about how the webhook is installed.
func release() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "webhook-once",
			Title:       "A cluster has one webhook: the add-on or the chart.",
			Why:         "Both install cluster-scoped objects of the same names: Helm fails, or the two overwrite each other.",
			Remedy:      "Choose one: set securityProfile.workloadIdentity.enabled to false, or remove the release.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.MutatingWebhook,
			CheckStack: checkOnce,
		},
		{
			Name:  "webhook-version-pinned",
			Title: "The webhook's chart has an exact version.",
			Why: "Without one, two deployments install different versions, and versions differ in the path of the token. As soon as Pulumi reaches the cluster, it writes the " +
				"version that it found into the inputs, before policies see them: that the version is missing is found in previews of new clusters only.",
			Remedy:      "Set version to an exact one, such as 1.6.0.",
			FalseAlarms: "A chart of your own repository in which every version is tested.",
			Severity:    rule.Medium, Level: rule.Mandatory,
			Reason:     "It is nearly always a mistake, and another version can break the pods.",
			Source:     rule.WebhookRelease16,
			CheckStack: each(checkVersion),
		},
		{
			Name:        "webhook-awaited",
			Title:       "The deployment waits until the webhook serves.",
			Why:         "Labelled pods that start before it have no identity, or cannot start.",
			Remedy:      "Remove skipAwait, or set it to false.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.MutatingWebhook,
			CheckStack: each(func(w *graph.Webhook, _ rule.Params) []rule.Violation {
				if v := w.Release.Input("skipAwait"); w.IsChart() && v.IsTrue() {
					return rule.Found(w.Release, v, "the deployment does not wait until the webhook serves")
				}
				return nil
			}),
		},
		{
			Name:        "webhook-failure-policy",
			Title:       "The webhook has the failure policy Fail.",
			Why:         "With Ignore, pods that start while the webhook is unavailable have no identity until they are restarted.",
			Remedy:      "Set failurePolicy to Fail.",
			FalseAlarms: "Clusters in which a pod without identity is better than none.",
			Severity:    rule.High, Level: rule.Mandatory,
			Reason:     "It is nearly always a mistake, and the pods fail later, without an error at their start.",
			Source:     rule.MutatingWebhook,
			CheckStack: each(checkFailurePolicy),
		},
	}
}

// checkOnce finds clusters with two installations, or with add-on and chart.
func checkOnce(g *graph.Graph, _ rule.Params) []rule.Violation {
	first := map[string]*graph.Webhook{}
	var found []rule.Violation
	for _, w := range g.Webhooks() {
		provider := w.Provider()
		if before := first[provider]; before != nil && provider != "" {
			found = append(found, rule.About(w.Release, before.Release.Label()+" installs the webhook in the same cluster"))
			continue
		}
		first[provider] = w
		cluster := g.ClusterOf(provider)
		if cluster == nil {
			continue
		}
		if v := cluster.Get("securityProfile", "workloadIdentity", "enabled"); v.IsTrue() {
			found = append(found, rule.At(cluster, v, "the add-on is on, and "+w.Release.Label()+" installs the chart"))
		}
	}
	return found
}

// exactVersion matches a semantic version, and none of the ranges that Helm accepts too.
var exactVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`)

// checkVersion finds a chart whose version is open. A local chart and a digest determine the
// version.
func checkVersion(w *graph.Webhook, _ rule.Params) []rule.Violation {
	chart, ok := w.Release.Input("chart").KnownText()
	local := strings.HasPrefix(chart, ".") || strings.HasPrefix(chart, "/")
	if !w.IsChart() || !ok || local || strings.Contains(chart, "@sha256:") {
		return nil
	}
	v := w.Release.Input("version")
	text, state := v.Text()
	switch {
	case state == graph.Unknown:
		return nil
	case text == "":
		return rule.Found(w.Release, v, "the latest version is installed")
	case !exactVersion.MatchString(text):
		return rule.Found(w.Release, v, "the version is a range")
	}
	return nil
}

// checkFailurePolicy finds a rendered configuration that lets pods start without the webhook.
func checkFailurePolicy(w *graph.Webhook, _ rule.Params) []rule.Violation {
	if w.Rendered == nil {
		return nil
	}
	var found []rule.Violation
	hooks, _ := w.Rendered.Get("webhooks").List()
	for _, hook := range hooks {
		if v := hook.Get("failurePolicy"); v.IsKnown() && !v.Is("Fail") {
			found = append(found, rule.At(w.Rendered, v, "pods start without an identity while the webhook is unavailable"))
		}
	}
	return found
}

package pod

import (
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// enforcerOptOut on a webhook configuration lets the webhook change pods of kube-system, from which
// AKS excludes webhooks. Source: "Frequently asked questions about AKS", admission controllers.
const enforcerOptOut = "admissions.enforcer/disabled"

// admission returns the rules about labelled pods that the webhook does not change.
func admission() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "pod-after-webhook",
			Title:       "Labelled pods are created after the webhook.",
			Why:         "A pod that starts before the webhook has no identity until it is restarted, or cannot start.",
			Remedy:      "Let the workload depend on the webhook's release (dependsOn: WebhookRelease.Release), or on something that does.",
			FalseAlarms: "Pods that a chart or operator of another stack creates later.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.MutatingWebhook,
			CheckStack: checkAfterWebhook,
		},
		{
			Name:        "pod-in-kube-system",
			Title:       "Labelled pods are not in kube-system, where the chart's webhook does not see them.",
			Why:         "AKS excludes that namespace from the webhooks of its users, and its pods get no identity. The add-on's webhook sees them.",
			Remedy:      "Move the workload to another namespace, or set the annotation " + enforcerOptOut + " in the chart's mutatingWebhookAnnotations.",
			FalseAlarms: "A label that keeps AKS from excluding the webhook, set outside of the chart.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.Source{
				Title: "Frequently asked questions about AKS, admission controllers",
				URL:   "https://learn.microsoft.com/azure/aks/faq",
			},
			CheckStack: checkKubeSystem,
		},
	}
}

// checkAfterWebhook finds labelled pods that do not depend on their cluster's webhook.
func checkAfterWebhook(g *graph.Graph, _ rule.Params) []rule.Violation {
	after := webhookDependents(g)
	var found []rule.Violation
	for _, pod := range g.Pods() {
		dependents, ok := after[pod.Owner.Provider]
		if ok && pod.UsesIdentity() && !dependents[pod.Owner.URN] {
			found = append(found, rule.At(pod.Owner, pod.Labels.Get(azwi.LabelUse), "the pods may start before the webhook of their cluster"))
		}
	}
	return found
}

// webhookDependents returns, by provider, the URNs of all that depends on the webhook of the
// provider's cluster.
func webhookDependents(g *graph.Graph) map[string]map[string]bool {
	installations := map[string][]*graph.Resource{}
	for _, w := range g.Webhooks() {
		provider := w.Provider()
		installations[provider] = append(installations[provider], w.Release)
		installations[provider] = append(installations[provider], g.Descendants(w.Release)...)
	}
	after := map[string]map[string]bool{}
	for provider, resources := range installations {
		after[provider] = g.Dependents(resources...)
	}
	return after
}

// checkKubeSystem finds labelled pods in kube-system of clusters with the chart's webhook, unless
// it opts out of AKS's exclusion, or the add-on is on.
func checkKubeSystem(g *graph.Graph, _ rule.Params) []rule.Violation {
	excluded := map[string]bool{}
	for _, w := range g.Webhooks() {
		v := w.Values.Get("mutatingWebhookAnnotations", enforcerOptOut)
		if w.Rendered != nil && !v.IsKnown() {
			v = w.Rendered.Get("metadata", "annotations", enforcerOptOut)
		}
		excluded[w.Provider()] = !v.IsTrue() && !v.IsUnknown() && !mayHaveAddOn(g.ClusterOf(w.Provider()))
	}
	var found []rule.Violation
	for _, pod := range g.Pods() {
		namespace, state := graph.NamespaceOf(pod.Owner)
		if pod.UsesIdentity() && state == graph.Known && namespace == "kube-system" && excluded[pod.Owner.Provider] {
			found = append(found, rule.At(pod.Owner, pod.Owner.Get("metadata", "namespace"), "AKS excludes pods of kube-system from the chart's webhook"))
		}
	}
	return found
}

// mayHaveAddOn reports whether a cluster has the add-on, or may have it.
func mayHaveAddOn(cluster *graph.Resource) bool {
	if cluster == nil {
		return false
	}
	v := cluster.Get("securityProfile", "workloadIdentity", "enabled")
	return v.IsTrue() || v.IsUnknown()
}

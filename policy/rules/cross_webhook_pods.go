package rules

// enforcerOptOut on a webhook configuration lets it reach pods of kube-system.
const enforcerOptOut = "admissions.enforcer/disabled"

// crossWebhookPods is pods that the webhook may miss.
func crossWebhookPods() []Rule {
	return []Rule{
		{
			Name: "pod-after-webhook", IDs: []string{"N14"},
			Title:    "Labelled pods are made after the webhook.",
			Why:      "A pod that starts before the webhook has no identity until somebody restarts it, or cannot start at all.",
			Remedy:   "Let the workload depend on the webhook's release (dependsOn: WebhookRelease.Release), or on something that does.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Mutating admission webhook, Azure AD Workload Identity",
			URL:      webhookDocs,
			Stack:    judgePodOrder,
		},
		{
			Name: "pod-in-kube-system", IDs: []string{"N14"},
			Title:    "Labelled pods do not stand in kube-system.",
			Why:      "AKS keeps webhooks from that namespace, and its pods get no identity.",
			Remedy:   "Move the workload to a namespace of its own, or set the annotation " + enforcerOptOut + " in the chart's mutatingWebhookAnnotations.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Frequently asked questions about AKS, admission controllers",
			URL:      "https://learn.microsoft.com/azure/aks/faq",
			Stack:    judgeKubeSystem,
		},
	}
}

func judgePodOrder(g *Graph, _ Params) []Violation {
	// The installations of each cluster, and everything that waits for one of them.
	roots := map[string][]*Resource{}
	for _, w := range g.webhooks() {
		roots[w.provider()] = append(roots[w.provider()], w.release)
		roots[w.provider()] = append(roots[w.provider()], g.descendants(w.release)...)
	}
	after := map[string]map[string]bool{}
	for provider, releases := range roots {
		after[provider] = g.reachedFrom(releases...)
	}
	var found []Violation
	for _, pod := range g.pods() {
		reached, ok := after[pod.Owner.Provider]
		if ok && pod.usesIdentity() && !reached[pod.Owner.URN] {
			found = append(found, pod.Owner.fault(pod.Labels.Get(labelUse), "nothing keeps the pods from starting before the webhook of their cluster"))
		}
	}
	return found
}

func judgeKubeSystem(g *Graph, _ Params) []Violation {
	if g.mayHoldWebhook() {
		return nil
	}
	optedOut := map[string]bool{}
	for _, w := range g.webhooks() {
		v := w.values.Get("mutatingWebhookAnnotations", enforcerOptOut)
		if w.rendered != nil && !v.IsKnown() {
			v = w.rendered.Get("metadata", "annotations", enforcerOptOut)
		}
		if v.IsTrue() || v.IsUnknown() {
			optedOut[w.provider()] = true
		}
	}
	var found []Violation
	for _, pod := range g.pods() {
		namespace, state := namespaceOf(pod.Owner)
		if pod.usesIdentity() && state == Known && namespace == "kube-system" && !optedOut[pod.Owner.Provider] {
			found = append(found, pod.Owner.fault(pod.Owner.Get("metadata", "namespace"), "AKS keeps the webhook from pods of kube-system"))
		}
	}
	return found
}

package rules

// aksIssuer is what workload identity itself needs of a cluster.
func aksIssuer() []Rule {
	return []Rule{
		{
			Name: "aks-oidc-issuer", IDs: []string{"N13"},
			Title: "AKS clusters have their OIDC issuer on, and say so.",
			Why: "Without the issuer no identity can trust a service account. It cannot be turned off again (OIDCIssuerFeatureCannotBeDisabled), " +
				"and Kubernetes 1.34 turns it on by itself: a program that leaves it out then fails at every update.",
			Remedy:   "Set oidcIssuerProfile.enabled to true.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Create an OpenID Connect provider on AKS",
			URL:      "https://learn.microsoft.com/azure/aks/use-oidc-issuer",
			Types:    []string{managedCluster},
			Resource: judgeIssuerProfile,
		},
		{
			Name: "aks-workload-identity", IDs: []string{"1"},
			Title:    "AKS clusters have the workload identity webhook: the add-on or the chart.",
			Why:      "Pods then get neither token nor variables, and nobody says so.",
			Remedy:   "Set securityProfile.workloadIdentity.enabled to true, or install the chart workload-identity-webhook.",
			Severity: Medium, Level: Advisory, Reason: "The webhook may have been installed outside the stack.",
			Document:    "Use Microsoft Entra Workload ID with AKS",
			URL:         "https://learn.microsoft.com/azure/aks/workload-identity-overview",
			Equivalents: []string{"Azure Policy 2cc2e023-0dac-4046-875b-178f683929d5"},
			Stack:       judgeWebhookPresent,
		},
		{
			Name: "aks-pod-identity-off", IDs: []string{"N12"},
			Title:    "AKS clusters do not run AAD Pod Identity.",
			Why:      "It is archived, and intercepts the calls of every pod to the metadata service.",
			Remedy:   "Move its pods to workload identity, then remove podIdentityProfile or set enabled to false.",
			Severity: Medium, Level: Mandatory, Reason: "The predecessor is retired, and left-overs keep privileged pods on every node.",
			Document: "Migrate from pod managed identity to workload identity",
			URL:      "https://learn.microsoft.com/azure/aks/workload-identity-migrate-from-pod-identity",
			Types:    []string{managedCluster},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("podIdentityProfile", "enabled"); v.IsTrue() {
					return r.faults(v, "AAD Pod Identity is on")
				}
				return nil
			},
		},
	}
}

func judgeIssuerProfile(r *Resource, _ Params) []Violation {
	v := r.Get("oidcIssuerProfile", "enabled")
	switch {
	case v.IsFalse():
		return r.faults(v, "the OIDC issuer is turned off, which Azure refuses once it was on")
	case !v.IsAbsent():
		return nil
	case r.Get("securityProfile", "workloadIdentity", "enabled").IsTrue():
		return r.faults(v, "the workload identity add-on is on, which needs the OIDC issuer")
	}
	return r.faults(v, "the OIDC issuer is not turned on")
}

func judgeWebhookPresent(g *Graph, _ Params) []Violation {
	if len(g.webhooks()) > 0 {
		return nil
	}
	var found []Violation
	for _, r := range g.ByType(managedCluster) {
		if v := r.Get("securityProfile", "workloadIdentity", "enabled"); v.NotTrue() && !g.mayHoldWebhook() {
			found = append(found, r.fault(v, "neither the add-on nor the chart mutates the pods"))
		}
	}
	return found
}

// mayHoldWebhook reports that the graph has something that might turn out to be the webhook.
func (g *Graph) mayHoldWebhook() bool {
	for _, r := range g.ByType(helmRelease, helmChart) {
		if r.Get("chart").IsUnknown() {
			return true
		}
	}
	for _, r := range g.ByType(mutatingWebhook) {
		if r.Get("metadata", "name").IsUnknown() {
			return true
		}
	}
	return false
}

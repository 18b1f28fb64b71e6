package aks

import (
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// workloadIdentity returns the rules about what workload identity needs of a cluster.
func workloadIdentity() []rule.Rule {
	return []rule.Rule{
		{
			Name:  "aks-oidc-issuer",
			Title: "AKS clusters have their OIDC issuer.",
			Why: "Without the issuer no identity can trust a service account, and Azure does not turn it off again (OIDCIssuerFeatureCannotBeDisabled). " +
				"New clusters have it by default from Kubernetes 1.34 on, and with AKS Automatic.",
			Remedy:      "Set oidcIssuerProfile.enabled to true.",
			FalseAlarms: "A cluster in which no workload has an identity.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.IssuerOfAKS,
			Types:         clusterTypes,
			CheckResource: checkIssuer,
		},
		{
			Name:        "aks-workload-identity",
			Title:       "AKS clusters have the workload identity webhook: the add-on or the chart.",
			Why:         "Without it pods get neither token nor variables, and no error is reported.",
			Remedy:      "Set securityProfile.workloadIdentity.enabled to true, or install the chart workload-identity-webhook.",
			FalseAlarms: "The webhook is installed outside of the stack, by GitOps for example.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: "The webhook may be installed outside the stack.",
			Source: rule.Source{
				Title: "Use Microsoft Entra Workload ID with AKS",
				URL:   "https://learn.microsoft.com/azure/aks/workload-identity-overview",
			},
			Equivalents: []string{"Azure Policy 2cc2e023-0dac-4046-875b-178f683929d5"},
			CheckStack:  checkWebhookInstalled,
		},
		{
			Name:        "aks-pod-identity-off",
			Title:       "AKS clusters do not run AAD Pod Identity.",
			Why:         "It is archived, and intercepts the calls of every pod to the metadata service.",
			Remedy:      "Move its pods to workload identity, then remove podIdentityProfile or set enabled to false.",
			FalseAlarms: "A migration under way; exempt the cluster until its end.",
			Severity:    rule.Medium, Level: rule.Mandatory,
			Reason: "The predecessor is retired, and it keeps privileged pods on every node.",
			Source: rule.PodIdentityMigration,
			Types:  clusterTypes,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("podIdentityProfile", "enabled"); v.IsTrue() {
					return rule.Found(r, v, "AAD Pod Identity is on")
				}
				return nil
			},
		},
	}
}

// checkIssuer finds a cluster that does not turn its issuer on, or turns it off.
func checkIssuer(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("oidcIssuerProfile", "enabled")
	switch {
	case v.IsFalse():
		return rule.Found(r, v, "the OIDC issuer is turned off, which Azure refuses once it was on")
	case !v.IsAbsent() || issuerIsDefault(r):
		return nil
	case r.Get("securityProfile", "workloadIdentity", "enabled").IsTrue():
		return rule.Found(r, v, "the workload identity add-on is on, which needs the OIDC issuer")
	}
	return rule.Found(r, v, "the OIDC issuer is not turned on")
}

// firstWithIssuer is the first minor version whose new clusters have the issuer by default. Source:
// learn.microsoft.com/azure/aks/use-oidc-issuer. The version that AKS chooses for a cluster that
// names none has been at least this one since the one before it left support, in 2026.
var firstWithIssuer = version.MajorMinor(1, 34)

// issuerIsDefault reports whether a cluster that leaves the issuer out has it nevertheless, or may.
func issuerIsDefault(r *graph.Resource) bool {
	text, state := r.Get("kubernetesVersion").Text()
	if isAutomatic(r) || state != graph.Known || text == "" {
		return true
	}
	minor, ok := minorVersion(text)
	return !ok || !minor.LessThan(firstWithIssuer)
}

// checkWebhookInstalled finds clusters of a stack that has neither add-on nor chart.
func checkWebhookInstalled(g *graph.Graph, _ rule.Params) []rule.Violation {
	if len(g.Webhooks()) > 0 || g.MayHaveWebhook() {
		return nil
	}
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeManagedCluster) {
		v := r.Get("securityProfile", "workloadIdentity", "enabled")
		if v.IsFalse() || v.IsAbsent() && !isAutomatic(r) {
			found = append(found, rule.At(r, v, "neither the add-on nor the chart mutates the pods"))
		}
	}
	return found
}

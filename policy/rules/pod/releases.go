package pod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// releases returns the rules about the values of Helm releases. What a chart makes of its values is
// not known; charts agree on the names of service accounts, labels and annotations.
func releases() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "release-identity-values",
			Title:       "Values of Helm releases name identities as the webhook reads them.",
			Why:         "The webhook ignores misspelt and misplaced keys, and Entra refuses another id than the client id (AADSTS700016).",
			Remedy:      "Put " + azwi.AnnotationClientID + " into the chart's serviceAccount.annotations, and " + azwi.LabelUse + ": \"true\" into its podLabels.",
			FalseAlarms: "A chart that copies the value to another place than its key says.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.LabelsAndAnnotations,
			CheckStack: checkReleaseValues,
		},
		{
			Name:        "release-after-webhook",
			Title:       "Helm releases with labelled pods are installed after the webhook.",
			Why:         "A pod that starts before the webhook has no identity until it is restarted, or cannot start.",
			Remedy:      "Let the release depend on the webhook's release (dependsOn), or on something that does.",
			FalseAlarms: "A chart whose pods are created later than its release, by an operator.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.MutatingWebhook,
			CheckStack: checkReleaseOrder,
		},
		{
			Name:        "no-client-secret-in-release",
			Title:       "Values of Helm releases have no client secret, account key or connection string of Azure.",
			Why:         "Helm keeps the values in a secret of the namespace, and the chart writes them into objects.",
			Remedy:      "Use the chart's settings for workload identity.",
			FalseAlarms: "A client secret of another service below a key that is about Azure.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.Source{
				Title: "Azure AD Workload Identity, introduction",
				URL:   "https://azure.github.io/azure-workload-identity/docs/",
			},
			CheckResource: checkReleaseSecrets,
			Types:         releaseTypes,
		},
	}
}

// releaseTypes are the resources that install a chart.
var releaseTypes = []string{graph.TypeHelmRelease, graph.TypeHelmChart}

// checkReleaseValues finds keys of the webhook that are misspelt or misplaced among a release's
// values, and ids that are no client ids.
func checkReleaseValues(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(releaseTypes...) {
		r.Get("values").Walk(func(keys []string, v graph.Value) {
			if problem := valueProblem(g, keys, v); problem != "" {
				found = append(found, rule.At(r, v, problem))
			}
		})
	}
	return found
}

// valueProblem returns what is wrong with a value of a release; empty for nothing.
func valueProblem(g *graph.Graph, keys []string, v graph.Value) string {
	if len(keys) == 0 || !v.IsKnown() {
		return ""
	}
	name := keys[len(keys)-1]
	key := knownKey(name)
	switch {
	case key == "":
		return ""
	case key != name:
		return fmt.Sprintf("the webhook does not read the key %s; it is %s", name, key)
	}
	around := strings.ToLower(strings.Join(keys[:len(keys)-1], "."))
	isAnnotations, isLabels := strings.HasSuffix(around, "annotations"), strings.HasSuffix(around, "labels")
	switch {
	case key == azwi.LabelUse && isAnnotations:
		return "the webhook selects pods by a label, and these are annotations"
	case key != azwi.LabelUse && isLabels:
		return "the webhook reads an annotation, and these are labels"
	case key == azwi.LabelUse && !v.Is(azwi.LabelUseValue) && !v.Is("false"):
		return "the webhook matches the value \"true\" only"
	case key == azwi.AnnotationClientID && strings.Contains(around, "podannotations"):
		return "the webhook reads the client id from the service account, and these are annotations of pods"
	case key != azwi.AnnotationClientID:
		return ""
	}
	text, _ := v.Text()
	if kind, owner := g.KindOf(v); kind != graph.NoID && kind != graph.ClientID {
		return fmt.Sprintf("this is the %s, not the client id", kind.Of(owner))
	}
	if !azure.IsGUID(text) && !strings.Contains(text, "{{") {
		return "the client id is not a GUID"
	}
	return ""
}

// checkReleaseOrder finds releases with labelled pods that do not depend on their cluster's
// webhook.
func checkReleaseOrder(g *graph.Graph, _ rule.Params) []rule.Violation {
	after := webhookDependents(g)
	webhooks := g.Webhooks()
	var found []rule.Violation
	for _, r := range g.ByType(releaseTypes...) {
		dependents, ok := after[r.Provider]
		isWebhook := slices.ContainsFunc(webhooks, func(w *graph.Webhook) bool { return w.Release == r })
		if !ok || isWebhook || dependents[r.URN] {
			continue
		}
		r.Get("values").Walk(func(keys []string, v graph.Value) {
			if len(keys) > 0 && keys[len(keys)-1] == azwi.LabelUse && v.Is(azwi.LabelUseValue) {
				found = append(found, rule.At(r, v, "the release's pods may start before the webhook of their cluster"))
			}
		})
	}
	return found
}

// checkReleaseSecrets finds client secrets and keys among a release's values.
func checkReleaseSecrets(r *graph.Resource, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	r.Get("values").Walk(func(keys []string, v graph.Value) {
		text, ok := v.KnownText()
		if !ok || len(keys) == 0 || text == "msi" || strings.Contains(text, "{{") {
			return
		}
		name := keys[len(keys)-1]
		ofAzure := slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(normalise(key), "azure") })
		switch {
		case isSecretName(name) || ofAzure && strings.HasSuffix(normalise(name), "clientsecret"), holdsClientSecret(text):
			found = append(found, rule.Hidden(r, v, "it is a client secret or account key of Azure"))
		case holdsKey(text):
			found = append(found, rule.Hidden(r, v, "it holds the key of a service of Azure"))
		}
	})
	return found
}

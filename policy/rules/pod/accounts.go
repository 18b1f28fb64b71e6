package pod

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// accountTypes are the resources that annotate a service account.
var accountTypes = []string{graph.TypeServiceAccount, graph.TypeServiceAccountPatch}

// accounts returns the rules about service accounts, and the annotations of pods that override
// theirs.
func accounts() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "service-account-automount-off",
			Title:       "Service accounts with an identity do not mount a token for the API server.",
			Why:         "With it an attacker in the pod can act in the cluster; workload identity projects another token and does not need it.",
			Remedy:      "Set automountServiceAccountToken to false.",
			FalseAlarms: "Accounts whose pods call the API server with a role that another stack binds.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "Some workloads do call the API server.",
			Source: rule.ServiceAccounts,
			Equivalents: []string{
				"Checkov CKV_K8S_38", "Trivy KSV-0036", "Azure Policy 423dd1ba-798e-40e4-9c4d-b6902674b423",
			},
			Params:     []rule.Param{exemptNamespaces},
			CheckStack: checkAutomount,
		},
		{
			Name:        "service-account-annotations",
			Title:       "Service accounts name a client id and tenant that can exist.",
			Why:         "An empty tenant removes AZURE_TENANT_ID from the pods, and Entra refuses a client id that is not a GUID (AADSTS700016).",
			Remedy:      "Set " + azwi.AnnotationClientID + " to the identity's clientId, and leave out " + azwi.AnnotationTenantID + " unless the tenant differs from the webhook's.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.LabelsAndAnnotations,
			Types:         accountTypes,
			CheckResource: checkAnnotations,
		},
		{
			Name:        "token-expiration",
			Title:       "Tokens are valid for 3600 to 86400 seconds.",
			Why:         "The webhook denies every pod with another lifetime.",
			Remedy:      "Set " + azwi.AnnotationTokenExpiration + " to a whole number of seconds from 3600 to 86400, or leave it out for 3600.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.LabelsAndAnnotations,
			CheckResource: checkExpiration,
		},
	}
}

// checkAutomount finds service accounts with an identity whose pods mount the API server's token.
// It says nothing where a role binding names the account, which then calls the API server, and
// where all pods of the account turn the mount off themselves.
func checkAutomount(g *graph.Graph, p rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, a := range g.Federation().Accounts {
		v := a.Resource.Input("automountServiceAccountToken")
		annotated := a.Resource.Input("metadata", "annotations").Has(azwi.AnnotationClientID)
		if a.Resource.Type != graph.TypeServiceAccount || !annotated || !v.IsAbsent() && !v.IsTrue() || isExempt(a.Resource, p) {
			continue
		}
		if mayBeBound(g, a) || podsMayTurnMountOff(g, a) {
			continue
		}
		found = append(found, rule.At(a.Resource, v, "its pods mount the API server's token"))
	}
	return found
}

// mayBeBound reports whether a role binding names a service account, or may.
func mayBeBound(g *graph.Graph, a *graph.Account) bool {
	if !a.HasKey {
		return g.HasBindings()
	}
	return g.IsBound(a.Key)
}

// podsMayTurnMountOff reports whether the graph has pods of a service account, none of which mounts
// the API server's token, or pods that may be the account's.
func podsMayTurnMountOff(g *graph.Graph, a *graph.Account) bool {
	some := false
	for _, pod := range g.Pods() {
		key, ok := pod.ServiceAccountKey()
		if !ok || !a.HasKey {
			some = true
			continue
		}
		if key != a.Key {
			continue
		}
		if v := pod.Spec.Get("automountServiceAccountToken"); v.IsAbsent() || v.IsTrue() {
			return false
		}
		some = true
	}
	return some
}

// checkAnnotations finds a client id or tenant that cannot exist.
func checkAnnotations(r *graph.Resource, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	annotations := r.Get("metadata", "annotations")
	client := annotations.Get(azwi.AnnotationClientID)
	if text, state := client.Text(); state == graph.Known && !azure.IsGUID(text) {
		found = append(found, rule.At(r, client, "the client id is not a GUID"))
	}
	tenant := annotations.Get(azwi.AnnotationTenantID)
	switch text, state := tenant.Text(); {
	case state == graph.Known && text == "":
		found = append(found, rule.At(r, tenant, "the empty tenant removes AZURE_TENANT_ID from the pods"))
	case state == graph.Known && !azure.IsGUID(text):
		found = append(found, rule.At(r, tenant, "the tenant is not a GUID"))
	}
	return found
}

// checkExpiration finds a token lifetime, of a pod or service account, that the webhook denies.
func checkExpiration(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := annotationsOf(r).Get(azwi.AnnotationTokenExpiration)
	text, state := v.Text()
	if state != graph.Known {
		return nil
	}
	seconds, whole := v.Int()
	if whole != graph.Known {
		return rule.Found(r, v, fmt.Sprintf("%q is not a whole number of seconds", graph.Shorten(text)))
	}
	if err := azwi.ValidateTokenExpiration(seconds); err != nil {
		return rule.Found(r, v, err.Error())
	}
	return nil
}

// annotationsOf returns the annotations of a pod template or service account that the webhook
// reads; absent for other resources.
func annotationsOf(r *graph.Resource) graph.Value {
	if pod, ok := graph.PodOf(r); ok {
		return pod.Annotations
	}
	if r.Type == graph.TypeServiceAccount || r.Type == graph.TypeServiceAccountPatch {
		return r.Get("metadata", "annotations")
	}
	return graph.Value{}
}

package webhook

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// tenant returns the rule about the tenant that the webhook gives to all pods.
func tenant() []rule.Rule {
	return []rule.Rule{{
		Name:        "webhook-tenant",
		Title:       "The webhook has the tenant of the stack's identities.",
		Why:         "Pods whose service account names no tenant sign in to the webhook's, which does not know their identity (AADSTS700016).",
		Remedy:      "Set azureTenantID to the tenant of the identities, or name the tenant on the service accounts of the others.",
		FalseAlarms: rule.NoneKnown,
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
		Source:     rule.MutatingWebhook,
		CheckStack: checkTenant,
	}}
}

// checkTenant finds a webhook whose tenant cannot exist, or is not that of a service account's
// identity although the account names none.
func checkTenant(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, w := range g.Webhooks() {
		v := w.Values.Get("azureTenantID")
		// In a preview the Kubernetes provider leaves out a value that is not known yet.
		tenant, ok := v.KnownText()
		if !w.IsChart() || !ok {
			continue
		}
		if !azure.IsGUID(tenant) {
			found = append(found, rule.At(w.Release, v, "the tenant is not a GUID"))
			continue
		}
		for _, a := range g.Federation().Accounts {
			if a.Resource.Provider != w.Provider() || a.Identity == nil || !a.TenantID.IsAbsent() {
				continue
			}
			if want, ok := a.Identity.TenantID.KnownText(); ok && !strings.EqualFold(want, tenant) {
				found = append(found, rule.At(w.Release, v,
					fmt.Sprintf("service account %s/%s names no tenant, and its identity is in %s", a.Key.Namespace, a.Key.Name, want)))
				break
			}
		}
	}
	return found
}

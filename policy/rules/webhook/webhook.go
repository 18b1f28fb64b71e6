// Package webhook has the rules about the installation of the workload identity webhook.
package webhook

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// chartValues documents the values of the chart.
var chartValues = rule.Source{
	Title: "Chart workload-identity-webhook, values",
	URL:   "https://github.com/Azure/azure-workload-identity/tree/v1.6.0/charts/workload-identity-webhook",
}

// Rules returns the rules of the package.
func Rules() []rule.Rule { return slices.Concat(release(), availability(), cloud(), tenant()) }

// each returns the check of every installation of the webhook.
func each(check func(*graph.Webhook, rule.Params) []rule.Violation) func(*graph.Graph, rule.Params) []rule.Violation {
	return func(g *graph.Graph, p rule.Params) []rule.Violation {
		var found []rule.Violation
		for _, w := range g.Webhooks() {
			found = append(found, check(w, p)...)
		}
		return found
	}
}

package webhook

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// availability returns the rules about the webhook's replicas.
func availability() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "webhook-replicas",
			Title:       "The webhook has at least two replicas.",
			Why:         "While its only pod restarts, no labelled pod can start.",
			Remedy:      "Set replicaCount to 2 or more, or leave it out.",
			FalseAlarms: "Clusters with one node.",
			Severity:    rule.Medium, Level: rule.Mandatory,
			Reason: "It is nearly always a mistake, and an upgrade of the nodes then stops every workload from starting.",
			Source: chartValues,
			Params: []rule.Param{{
				Name: "minimum", Type: rule.NumberParam, Default: 2.0, Description: "The least number of webhook pods.",
			}},
			CheckStack: each(checkReplicas),
		},
		{
			Name:        "webhook-spread",
			Title:       "The webhook's replicas run on different nodes.",
			Why:         "Replicas on one node fail together (AKS#5865).",
			Remedy:      "Set topologySpreadConstraints or affinity in the chart's values.",
			FalseAlarms: "Clusters with one node.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: rule.Advice,
			Source:     chartValues,
			CheckStack: each(checkSpread),
		},
		{
			Name:        "webhook-disruption-budget",
			Title:       "The webhook has a valid disruption budget that keeps a replica.",
			Why:         "Without one a drain may evict all replicas at the same time; and the chart renders minAvailable beside maxUnavailable, which the API server refuses.",
			Remedy:      "Leave podDisruptionBudget.minAvailable at 1, or set it to null or 0, which the chart leaves out, beside maxUnavailable.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     chartValues,
			CheckStack: each(checkBudget),
		},
	}
}

// checkReplicas finds a webhook with too few replicas.
func checkReplicas(w *graph.Webhook, p rule.Params) []rule.Violation {
	v := w.Values.Get("replicaCount")
	if n, state := v.Int(); state == graph.Known && n < p.Int("minimum") {
		return rule.Found(w.Release, v, fmt.Sprintf("the webhook has %d replicas, fewer than %d", n, p.Int("minimum")))
	}
	return nil
}

// checkSpread finds a webhook whose replicas may all run on one node.
func checkSpread(w *graph.Webhook, _ rule.Params) []rule.Violation {
	v := w.Values.Get("topologySpreadConstraints")
	if v.IsEmpty() && w.Values.Get("affinity").IsEmpty() && !w.Values.IsUnknown() && w.IsChart() {
		return rule.Found(w.Release, v, "all replicas may run on one node")
	}
	return nil
}

// checkBudget reads the budget as the chart's template does, which leaves out a number 0.
func checkBudget(w *graph.Webhook, _ rule.Params) []rule.Violation {
	budget := w.Values.Get("podDisruptionBudget")
	least, most := budget.Get("minAvailable"), budget.Get("maxUnavailable")
	switch {
	case least.IsUnknown() || most.IsUnknown():
		return nil
	case least.Is("0%"), least.Is("0") && (most.IsAbsent() || most.Is("0")):
		return rule.Found(w.Release, least, "a drain may evict all replicas at the same time")
	case least.IsKnown() && !least.Is("0") && most.IsKnown() && !most.Is("0"):
		return rule.Found(w.Release, most, "the budget has both minAvailable and maxUnavailable")
	}
	return nil
}

package rules

import (
	"fmt"
	"regexp"
	"strings"
)

// webhookChart is where the chart's values are documented.
const webhookChart = "https://github.com/Azure/azure-workload-identity/tree/v1.6.0/charts/workload-identity-webhook"

// crossWebhook is the webhook itself.
func crossWebhook() []Rule {
	return []Rule{
		{
			Name: "webhook-once", IDs: []string{"N13"},
			Title:    "A cluster has the webhook once: the add-on or the chart.",
			Why:      "Both install cluster-scoped objects of the same names: Helm fails, or the two overwrite each other.",
			Remedy:   "Choose one: set securityProfile.workloadIdentity.enabled to false, or remove the release.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Mutating admission webhook, Azure AD Workload Identity",
			URL:      webhookDocs,
			Stack:    judgeWebhookOnce,
		},
		{
			Name: "webhook-replicas", IDs: []string{"N14"},
			Title:    "The webhook has at least two replicas.",
			Why:      "It fails closed: while its only pod restarts, no labelled pod can start.",
			Remedy:   "Set replicaCount to 2 or more, or leave it out.",
			Severity: Medium, Level: Mandatory, Reason: "Nobody means it, and an upgrade of the nodes then stops every workload from starting.",
			Document: "Chart workload-identity-webhook, values",
			URL:      webhookChart,
			Params:   []Param{{Name: "minimum", Type: NumberParam, Default: 2.0, Description: "The least number of webhook pods."}},
			Stack: eachWebhook(func(w *webhook, p Params) []Violation {
				v := w.values.Get("replicaCount")
				if n, state := v.Int(); state == Known && n < p.Int("minimum") {
					return w.release.faults(v, fmt.Sprintf("the webhook has %d replicas, fewer than %d", n, p.Int("minimum")))
				}
				return nil
			}),
		},
		{
			Name: "webhook-spread", IDs: []string{"N14"},
			Title:    "The webhook's replicas stand on different nodes.",
			Why:      "Replicas on one node go down together (AKS#5865).",
			Remedy:   "Set topologySpreadConstraints or affinity in the chart's values.",
			Severity: Low, Level: Advisory, Reason: hygiene,
			Document: "Chart workload-identity-webhook, values",
			URL:      webhookChart,
			Stack: eachWebhook(func(w *webhook, _ Params) []Violation {
				v := w.values.Get("topologySpreadConstraints")
				if v.IsEmpty() && w.values.Get("affinity").IsEmpty() && w.values.State() != Unknown && w.isChart() {
					return w.release.faults(v, "nothing keeps the replicas from one node")
				}
				return nil
			}),
		},
		{
			Name: "webhook-disruption-budget", IDs: []string{"N14"},
			Title:    "The webhook has a disruption budget that holds.",
			Why:      "A drain may otherwise take all replicas at once; and the chart renders minAvailable beside maxUnavailable, which the API server refuses.",
			Remedy:   "Leave podDisruptionBudget.minAvailable at 1, or set it to null or 0, which the chart leaves out, beside maxUnavailable.",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Chart workload-identity-webhook, values",
			URL:      webhookChart,
			Stack:    eachWebhook(judgeBudget),
		},
		{
			Name: "webhook-version-pinned", IDs: []string{"N14"},
			Title: "The webhook's chart has an exact version.",
			Why: "Another run installs another version, and versions differ in where the token is. Once Pulumi reaches the cluster it fills in the " +
				"version that it found, before policies are asked: that it is missing shows in previews of new clusters only.",
			Remedy:   "Set version to an exact one, such as 1.6.0.",
			Severity: Medium, Level: Mandatory, Reason: unsafe,
			Document: "Release notes of azure-workload-identity v1.6.0",
			URL:      "https://github.com/Azure/azure-workload-identity/releases/tag/v1.6.0",
			Stack:    eachWebhook(judgeChartVersion),
		},
		{
			Name: "webhook-awaited", IDs: []string{"N14"},
			Title:    "The deployment waits until the webhook serves.",
			Why:      "Labelled pods that start before it have no identity, or cannot start at all.",
			Remedy:   "Remove skipAwait, or set it to false.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Mutating admission webhook, Azure AD Workload Identity",
			URL:      webhookDocs,
			Stack: eachWebhook(func(w *webhook, _ Params) []Violation {
				if v := w.release.Input("skipAwait"); w.isChart() && v.IsTrue() {
					return w.release.faults(v, "nothing waits until the webhook serves")
				}
				return nil
			}),
		},
		{
			Name: "webhook-failure-policy", IDs: []string{"N14"},
			Title:    "The webhook fails closed.",
			Why:      "With Ignore, pods start without an identity while the webhook is away, and stay so.",
			Remedy:   "Set failurePolicy to Fail.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document: "Mutating admission webhook, Azure AD Workload Identity",
			URL:      webhookDocs,
			Stack: eachWebhook(func(w *webhook, _ Params) []Violation {
				if w.rendered == nil {
					return nil
				}
				var found []Violation
				hooks, _ := w.rendered.Get("webhooks").List()
				for _, hook := range hooks {
					if v := hook.Get("failurePolicy"); v.IsKnown() && !v.Is("Fail") {
						found = append(found, w.rendered.fault(v, "pods start without an identity while the webhook is away"))
					}
				}
				return found
			}),
		},
	}
}

// isChart reports that there are values to look at.
func (w *webhook) isChart() bool { return w.release != w.rendered }

// eachWebhook makes a rule of a function over installations.
func eachWebhook(judge func(*webhook, Params) []Violation) func(*Graph, Params) []Violation {
	return func(g *Graph, p Params) []Violation {
		var found []Violation
		for _, w := range g.webhooks() {
			found = append(found, judge(w, p)...)
		}
		return found
	}
}

func judgeWebhookOnce(g *Graph, _ Params) []Violation {
	first := map[string]*webhook{}
	var found []Violation
	for _, w := range g.webhooks() {
		if before := first[w.provider()]; before != nil && w.provider() != "" {
			found = append(found, w.release.flaw(before.release.Label()+" installs the webhook in the same cluster"))
			continue
		}
		first[w.provider()] = w
		cluster := w.cluster(g)
		if cluster == nil {
			continue
		}
		if v := cluster.Get("securityProfile", "workloadIdentity", "enabled"); v.IsTrue() {
			found = append(found, cluster.fault(v, "the add-on is on, and "+w.release.Label()+" installs the chart"))
		}
	}
	return found
}

// cluster is the managed cluster of the graph that holds the webhook, or nil.
func (w *webhook) cluster(g *Graph) *Resource {
	if clusters := g.fromCluster()[w.provider()]; len(clusters) == 1 {
		return clusters[0]
	}
	return nil
}

// judgeBudget reads the budget as the chart's template does, which leaves out a number 0.
func judgeBudget(w *webhook, _ Params) []Violation {
	budget := w.values.Get("podDisruptionBudget")
	least, most := budget.Get("minAvailable"), budget.Get("maxUnavailable")
	switch {
	case least.IsUnknown() || most.IsUnknown():
		return nil
	case least.Is("0%"), least.Is("0") && (most.IsAbsent() || most.Is("0")):
		return w.release.faults(least, "a drain may take all replicas at once")
	case least.IsKnown() && !least.Is("0") && most.IsKnown() && !most.Is("0"):
		return w.release.faults(most, "the budget has both minAvailable and maxUnavailable")
	}
	return nil
}

var exactVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`)

func judgeChartVersion(w *webhook, _ Params) []Violation {
	chart, ok := w.release.Input("chart").KnownText()
	local := strings.HasPrefix(chart, ".") || strings.HasPrefix(chart, "/")
	if !w.isChart() || !ok || local || strings.Contains(chart, "@sha256:") {
		return nil
	}
	v := w.release.Input("version")
	text, state := v.Text()
	switch {
	case state == Unknown:
		return nil
	case text == "":
		return w.release.faults(v, "whatever version is the latest gets installed")
	case !exactVersion.MatchString(text):
		return w.release.faults(v, "the version is a range")
	}
	return nil
}

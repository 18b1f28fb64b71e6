package pod

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// podIdentity returns the rules about what is left of AAD Pod Identity, the predecessor.
func podIdentity() []rule.Rule {
	const retired = "The predecessor is retired; a migration that still needs it gets an exemption with a last day."
	return []rule.Rule{
		{
			Name:        "pod-identity-label-gone",
			Title:       "Pods have no label of AAD Pod Identity.",
			Why:         "A pod with both labels gets its tokens from the one that answers first.",
			Remedy:      "Remove the label " + azwi.LabelPodIdentity + ".",
			FalseAlarms: "A migration under way; exempt the workload until its end.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: retired,
			Source: rule.PodIdentityMigration,
			CheckResource: eachPod(func(pod graph.Pod, _ rule.Params) []rule.Violation {
				if v := pod.Labels.Get(azwi.LabelPodIdentity); v.IsKnown() {
					return rule.Found(pod.Owner, v, "the pod requests an identity from AAD Pod Identity")
				}
				return nil
			}),
		},
		{
			Name:        "pod-identity-objects-gone",
			Title:       "Clusters have no objects of AAD Pod Identity.",
			Why:         "They keep the identity assigned to the nodes, where every pod can use it.",
			Remedy:      "Remove the object once its pods use workload identity.",
			FalseAlarms: "A migration under way; exempt the object until its end.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: retired,
			Source: rule.PodIdentityMigration,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if strings.HasPrefix(r.Type, "kubernetes:aadpodidentity.k8s.io:") {
					return []rule.Violation{rule.About(r, "the object belongs to AAD Pod Identity")}
				}
				return nil
			},
		},
	}
}

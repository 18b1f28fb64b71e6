// Package pod has the rules about what runs in clusters: pods and their templates, service
// accounts, and secrets.
package pod

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return slices.Concat(security(), labels(), environment(), scripts(), accounts(), clients(), admission(),
		podIdentity(), proxy(), secrets(), privileges(), keys(), releases())
}

// eachPod returns the check of a resource's pods or pod templates, outside the exempt namespaces.
func eachPod(check func(graph.Pod, rule.Params) []rule.Violation) func(*graph.Resource, rule.Params) []rule.Violation {
	return func(r *graph.Resource, p rule.Params) []rule.Violation {
		pods := graph.PodsOf(r)
		if len(pods) == 0 || isExempt(r, p) {
			return nil
		}
		var found []rule.Violation
		for _, pod := range pods {
			found = append(found, check(pod, p)...)
		}
		return found
	}
}

// exemptNamespaces is the parameter that isExempt reads.
var exemptNamespaces = rule.Param{
	Name: "exemptNamespaces", Type: rule.ListParam, Default: rule.Texts("kube-system"),
	Description: "Namespaces whose objects are not checked; a star stands for any characters.",
}

// isExempt reports whether an object is in one of the namespaces that a rule does not check, or may
// be.
func isExempt(r *graph.Resource, p rule.Params) bool {
	patterns := p.List(exemptNamespaces.Name)
	if len(patterns) == 0 {
		return false
	}
	namespace, state := graph.NamespaceOf(r)
	return state != graph.Known || rule.MatchesAny(namespace, patterns)
}

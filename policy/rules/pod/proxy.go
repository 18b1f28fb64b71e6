package pod

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// proxy returns the rules about the proxy that serves programs of AAD Pod Identity during a
// migration.
func proxy() []rule.Rule {
	return []rule.Rule{
		{
			Name:  "proxy-sidecar-temporary",
			Title: "The migration proxy is used for a limited time.",
			Why: "The proxy needs a privileged container, works on Linux only, and is meant for the time of a migration. The annotation injects it with any value, " +
				"also with \"false\".",
			Remedy:      "Remove the annotation " + azwi.AnnotationInjectProxySidecar + ", or exempt the workload until the day when its migration ends.",
			FalseAlarms: "A migration under way; exempt the workload until its end.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: "An exemption gives the migration a last day.",
			Source:        rule.PodIdentityMigration,
			CheckResource: eachPod(checkProxyInjected),
		},
		{
			Name:        "proxy-sidecar-possible",
			Title:       "The migration proxy is requested only where it can run.",
			Why:         "The webhook denies pods in their node's network, the proxy does not exist for Windows, and restricted namespaces refuse its init container.",
			Remedy:      "Move the workload to the default credential of an Azure SDK that supports workload identity.",
			FalseAlarms: "A cluster that mutates the pod again after the webhook.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.PodIdentityMigration,
			CheckStack: checkProxyPossible,
		},
	}
}

// checkProxyInjected finds a pod that gets the migration proxy.
func checkProxyInjected(pod graph.Pod, _ rule.Params) []rule.Violation {
	v := pod.Annotations.Get(azwi.AnnotationInjectProxySidecar)
	switch {
	case !v.IsKnown():
		return nil
	case v.Is("true"):
		return rule.Found(pod.Owner, v, "the migration proxy is injected")
	}
	return rule.Found(pod.Owner, v, "the migration proxy is injected, because the annotation exists, with any value")
}

// enforceLabel on a namespace names the pod security standard that it enforces.
const enforceLabel = "pod-security.kubernetes.io/enforce"

// checkProxyPossible finds pods with the migration proxy that cannot start.
func checkProxyPossible(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, pod := range g.Pods() {
		annotation := pod.Annotations.Get(azwi.AnnotationInjectProxySidecar)
		if !annotation.IsKnown() {
			continue
		}
		if v := pod.Spec.Get("hostNetwork"); v.IsTrue() {
			found = append(found, rule.At(pod.Owner, v, "the webhook denies a pod with the migration proxy in its node's network"))
		}
		if v := windowsOf(pod); v.IsKnown() {
			found = append(found, rule.At(pod.Owner, v, "the migration proxy does not run on Windows"))
		}
		namespace, standard := enforcedStandard(g, pod)
		if standard.IsFold("restricted") || standard.IsFold("baseline") {
			text, _ := standard.Text()
			found = append(found, rule.At(pod.Owner, annotation,
				fmt.Sprintf("namespace %s enforces the standard %s, which refuses the proxy's privileged init container", namespace, text)))
		}
	}
	return found
}

// windowsOf returns the property by which a pod certainly requires Windows: its operating system, a
// node selector, or a required node affinity; absent for others.
func windowsOf(pod graph.Pod) graph.Value {
	candidates := []graph.Value{
		pod.Spec.Get("os", "name"),
		pod.Spec.Get("nodeSelector", "kubernetes.io/os"),
		pod.Spec.Get("nodeSelector", "beta.kubernetes.io/os"),
	}
	required := pod.Spec.Get("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	// The terms are alternatives: only a single one is certain.
	if terms, _ := required.List(); len(terms) == 1 {
		expressions, _ := terms[0].Get("matchExpressions").List()
		for _, e := range expressions {
			values, _ := e.Get("values").List()
			isOS := e.Get("key").Is("kubernetes.io/os") || e.Get("key").Is("beta.kubernetes.io/os")
			if isOS && e.Get("operator").Is("In") && len(values) == 1 {
				candidates = append(candidates, values[0])
			}
		}
	}
	for _, v := range candidates {
		if v.IsFold("windows") {
			return v
		}
	}
	return graph.Value{}
}

// enforcedStandard returns the namespace of a pod, and the pod security standard that it enforces,
// if the graph has the namespace.
func enforcedStandard(g *graph.Graph, pod graph.Pod) (namespace string, standard graph.Value) {
	namespace, state := graph.NamespaceOf(pod.Owner)
	object := g.Namespace(pod.Owner.Provider, namespace)
	if state != graph.Known || object == nil {
		return "", graph.Value{}
	}
	return namespace, object.Get("metadata", "labels", enforceLabel)
}

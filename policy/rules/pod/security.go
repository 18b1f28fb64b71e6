package pod

import (
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// security returns the rules about what a pod may do to its node and to the API server.
func security() []rule.Rule {
	podStandards := rule.Source{
		Title: "Pod Security Standards, Kubernetes",
		URL:   "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
	}
	return []rule.Rule{
		{
			Name:        "pod-not-privileged",
			Title:       "Pods with an identity are not privileged.",
			Why:         "A privileged container is root on its node, and so has the tokens of every pod there.",
			Remedy:      "Remove securityContext.privileged, and add the single capability that is needed.",
			FalseAlarms: "Storage and network drivers with an identity.",
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source:      podStandards,
			Equivalents: []string{"Azure Policy 95edb821-ddaf-4404-9732-666045e056b4"},
			Params:      []rule.Param{exemptNamespaces},
			CheckStack:  podsOf(hasIdentity, checkPrivileged),
		},
		{
			Name:        "pod-host-namespaces-off",
			Title:       "Pods with an identity do not share the network, processes or memory of their node.",
			Why:         "A pod in the node's network can ask the metadata service for the node's identity.",
			Remedy:      "Remove hostNetwork, hostPID and hostIPC.",
			FalseAlarms: "Agents of nodes that need an identity, such as the exporters of a monitoring system.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
			Source:      podStandards,
			Equivalents: []string{"Azure Policy 82985f06-dc18-4a48-bc1c-b9f4f0098cfe"},
			Params:      []rule.Param{exemptNamespaces},
			CheckStack:  podsOf(hasIdentity, checkHostNamespaces),
		},
		{
			Name:        "neighbour-not-privileged",
			Title:       "Pods without an identity are not privileged either.",
			Why:         "A privileged container is root on its node, and so has the tokens of every pod there.",
			Remedy:      "Remove securityContext.privileged, and add the single capability that is needed.",
			FalseAlarms: "Agents of nodes: monitoring, networks, storage drivers. Exempt their namespaces by the parameter.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: "Agents of nodes, such as monitoring, are privileged on purpose.",
			Source:      podStandards,
			Equivalents: []string{"Azure Policy 95edb821-ddaf-4404-9732-666045e056b4"},
			Params:      []rule.Param{exemptNamespaces},
			CheckStack:  podsOf(hasNoIdentity, checkPrivileged),
		},
		{
			Name:        "neighbour-host-namespaces-off",
			Title:       "Pods without an identity do not share the network, processes or memory of their node either.",
			Why:         "A pod in the node's network can ask the metadata service for the node's identity.",
			Remedy:      "Remove hostNetwork, hostPID and hostIPC.",
			FalseAlarms: "Agents of nodes: monitoring, networks, storage drivers. Exempt their namespaces by the parameter.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: "Agents of nodes, such as monitoring, share the node's namespaces on purpose.",
			Source:      podStandards,
			Equivalents: []string{"Azure Policy 82985f06-dc18-4a48-bc1c-b9f4f0098cfe"},
			Params:      []rule.Param{exemptNamespaces},
			CheckStack:  podsOf(hasNoIdentity, checkHostNamespaces),
		},
		{
			Name:        "pod-token-automount-off",
			Title:       "Pods do not mount a token for the API server.",
			Why:         "With it an attacker in the pod can act in the cluster; workload identity projects another token and does not need it.",
			Remedy:      "Remove automountServiceAccountToken from the pod unless it calls the API server.",
			FalseAlarms: "Pods that call the API server.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "Some pods do call the API server.",
			Source: rule.ServiceAccounts,
			Equivalents: []string{
				"Checkov CKV_K8S_38", "Trivy KSV-0036", "Azure Policy 423dd1ba-798e-40e4-9c4d-b6902674b423",
				"Azure Policy 57f274ef-580a-4ed2-bcf8-5c6fa3775253 (mutation)",
			},
			Params: []rule.Param{exemptNamespaces},
			CheckResource: eachPod(func(pod graph.Pod, _ rule.Params) []rule.Violation {
				if v := pod.Spec.Get("automountServiceAccountToken"); v.IsTrue() {
					return rule.Found(pod.Owner, v, "the pod mounts the API server's token")
				}
				return nil
			}),
		},
	}
}

// podsOf returns the check of the graph's pods that a condition holds for, outside the exempt
// namespaces.
func podsOf(wanted func(*graph.Graph, graph.Pod) bool, check func(graph.Pod, rule.Params) []rule.Violation) func(*graph.Graph, rule.Params) []rule.Violation {
	return func(g *graph.Graph, p rule.Params) []rule.Violation {
		var found []rule.Violation
		for _, pod := range g.Pods() {
			if !isExempt(pod.Owner, p) && wanted(g, pod) {
				found = append(found, check(pod, p)...)
			}
		}
		return found
	}
}

// hasIdentity reports whether a pod certainly has an identity: it requests one, or its service
// account names one.
func hasIdentity(g *graph.Graph, pod graph.Pod) bool {
	if pod.UsesIdentity() {
		return true
	}
	key, ok := pod.ServiceAccountKey()
	a := g.Federation().Account(key)
	return ok && a != nil && a.Annotated
}

// hasNoIdentity reports whether a pod certainly has no identity.
func hasNoIdentity(g *graph.Graph, pod graph.Pod) bool {
	label := pod.Labels.Get(azwi.LabelUse)
	key, ok := pod.ServiceAccountKey()
	if !ok || label.IsUnknown() || label.Is(azwi.LabelUseValue) || g.Federation().Incomplete.Account {
		return false
	}
	a := g.Federation().Account(key)
	return a == nil || !a.Annotated && a.ClientID.IsAbsent()
}

// checkPrivileged finds privileged containers.
func checkPrivileged(pod graph.Pod, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, c := range pod.Containers() {
		if v := c.Get("securityContext", "privileged"); v.IsTrue() {
			found = append(found, rule.At(pod.Owner, v, "the container is root on its node"))
		}
	}
	return found
}

// checkHostNamespaces finds what a pod shares with its node.
func checkHostNamespaces(pod graph.Pod, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, property := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if v := pod.Spec.Get(property); v.IsTrue() {
			found = append(found, rule.At(pod.Owner, v, "the pod shares its node's namespace"))
		}
	}
	return found
}

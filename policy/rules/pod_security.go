package rules

const podStandards = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"

// podSecurity is what a pod may do to its node.
func podSecurity() []Rule {
	return []Rule{
		{
			Name: "pod-not-privileged", IDs: []string{"21"},
			Title:    "Pods are not privileged.",
			Why:      "A privileged container is root on its node, and so has the tokens of every pod there.",
			Remedy:   "Remove securityContext.privileged, and add the single capability that is needed.",
			Severity: Critical, Level: Mandatory, Reason: unsafe,
			Document:    "Pod Security Standards, Kubernetes",
			URL:         podStandards,
			Equivalents: []string{"Azure Policy 95edb821-ddaf-4404-9732-666045e056b4"},
			Params:      []Param{exemptNamespaces("kube-system")},
			Resource: eachPod(func(pod Pod, _ Params) []Violation {
				var found []Violation
				for _, c := range pod.containers() {
					if v := c.Get("securityContext", "privileged"); v.IsTrue() {
						found = append(found, pod.Owner.fault(v, "the container is root on its node"))
					}
				}
				return found
			}),
		},
		{
			Name: "pod-host-namespaces-off", IDs: []string{"21"},
			Title:    "Pods do not share the network, processes or memory of their node.",
			Why:      "A pod in the node's network can ask the metadata service for the node's identity.",
			Remedy:   "Remove hostNetwork, hostPID and hostIPC.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Pod Security Standards, Kubernetes",
			URL:         podStandards,
			Equivalents: []string{"Azure Policy 82985f06-dc18-4a48-bc1c-b9f4f0098cfe"},
			Params:      []Param{exemptNamespaces("kube-system")},
			Resource: eachPod(func(pod Pod, _ Params) []Violation {
				var found []Violation
				for _, property := range []string{"hostNetwork", "hostPID", "hostIPC"} {
					if v := pod.Spec.Get(property); v.IsTrue() {
						found = append(found, pod.Owner.fault(v, "the pod shares its node's namespace"))
					}
				}
				return found
			}),
		},
		{
			Name: "pod-token-automount-off", IDs: []string{"20"},
			Title:    "Pods do not ask for the API server's token.",
			Why:      "Who gets into the pod can then act in the cluster; workload identity has a token of its own and does not need it.",
			Remedy:   "Remove automountServiceAccountToken from the pod unless it calls the API server.",
			Severity: Low, Level: Advisory, Reason: "Some pods do call the API server.",
			Document:    "Configure service accounts for pods, Kubernetes",
			URL:         accountDocs,
			Equivalents: []string{"Checkov CKV_K8S_38", "Trivy KSV-0036", "Azure Policy 423dd1ba-798e-40e4-9c4d-b6902674b423", "Azure Policy 57f274ef-580a-4ed2-bcf8-5c6fa3775253 (mutation)"},
			Params:      []Param{exemptNamespaces("kube-system")},
			Resource: eachPod(func(pod Pod, _ Params) []Violation {
				if v := pod.Spec.Get("automountServiceAccountToken"); v.IsTrue() {
					return pod.Owner.faults(v, "the pod gets the API server's token")
				}
				return nil
			}),
		},
	}
}

package pod

import (
	"fmt"
	"path"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// privileges returns the rules about what lets a pod use the identities of other pods.
func privileges() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "account-not-cluster-admin",
			Title:       "Service accounts with an identity are not administrators of their cluster.",
			Why:         "An attacker in the pod can then make pods and tokens of every other service account, and has all their identities.",
			Remedy:      "Bind a role with the rights that the workload needs, in its namespace.",
			FalseAlarms: "An operator that installs other operators may need every right; give it an identity with roles that fit.",
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.Source{
				Title: "Role Based Access Control Good Practices, Kubernetes",
				URL:   "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
			},
			CheckStack: checkClusterAdmin,
		},
		{
			Name:        "pod-no-token-folders",
			Title:       "Pods do not mount the folders in which a node keeps the tokens of its pods.",
			Why:         "The kubelet writes the projected tokens of all pods below its folder: who reads it has all their identities.",
			Remedy:      "Remove the hostPath volume, or mount the folder that is needed.",
			FalseAlarms: "Storage and network drivers that mount volumes for other pods.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.Source{
				Title: "Volumes, hostPath, Kubernetes",
				URL:   "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
			},
			Params:        []rule.Param{exemptNamespaces},
			CheckResource: eachPod(checkTokenFolders),
		},
	}
}

// clusterAdmin is the role that may do everything in a cluster.
const clusterAdmin = "cluster-admin"

// checkClusterAdmin finds role bindings that make a service account with an identity administrator.
func checkClusterAdmin(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, a := range g.Federation().Accounts {
		if !a.Annotated || !a.HasKey {
			continue
		}
		for _, binding := range g.Bindings(a.Key) {
			if v := binding.Get("roleRef", "name"); v.Is(clusterAdmin) {
				found = append(found, rule.At(binding, v,
					fmt.Sprintf("it makes service account %s/%s, which has an identity, administrator of the cluster", a.Key.Namespace, a.Key.Name)))
			}
		}
	}
	return found
}

// kubeletFolder is where the kubelet keeps volumes, and with them projected tokens, below pods/.
const kubeletFolder = "/var/lib/kubelet"

// checkTokenFolders finds hostPath volumes in which the tokens of other pods are: the kubelet's
// folder, its folder of pods, and all that contains them.
func checkTokenFolders(pod graph.Pod, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	volumes, _ := pod.Spec.Get("volumes").List()
	for _, volume := range volumes {
		v := volume.Get("hostPath", "path")
		text, ok := v.KnownText()
		if !ok {
			continue
		}
		folder := path.Clean(text)
		contains := folder == "/" || strings.HasPrefix(kubeletFolder+"/", folder+"/")
		if contains || folder == kubeletFolder+"/pods" || strings.HasPrefix(folder, kubeletFolder+"/pods/") {
			found = append(found, rule.At(pod.Owner, v, "the tokens of the node's other pods are in the folder"))
		}
	}
	return found
}

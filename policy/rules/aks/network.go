package aks

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// network returns the rules about who can reach the API server, the nodes and the pods.
func network() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "aks-api-server-restricted",
			Title:       "AKS API servers are private, or open to listed addresses only.",
			Why:         "Any other API server can be attacked from the whole Internet.",
			Remedy:      "Set apiServerAccessProfile.enablePrivateCluster to true, or list addresses in authorizedIPRanges.",
			FalseAlarms: "A cluster in a virtual network of its own whose API server a firewall protects outside of this stack.",
			Severity:    rule.High, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Secure access to the API server using authorized IP address ranges in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
			},
			Equivalents: []string{
				"PSRule Azure.AKS.AuthorizedIPs", "Checkov CKV_AZURE_6", "Checkov CKV_AZURE_115", "Trivy AZU-0041", "Trivy AZU-0065",
				"Azure Policy 040732e8-d947-40b8-95d6-854c95024bf8",
			},
			Types:         clusterTypes,
			CheckResource: checkAPIServerAccess,
		},
		{
			Name:        "aks-network-policy",
			Title:       "AKS clusters enforce network policies.",
			Why:         "Without an engine Kubernetes accepts network policies and ignores them.",
			Remedy:      "Set networkProfile.networkPolicy to cilium, azure or calico.",
			FalseAlarms: "A policy engine that is installed into the cluster, such as Calico with its operator.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Secure traffic between pods by using network policies in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/use-network-policies",
			},
			Equivalents:   []string{"PSRule Azure.AKS.NetworkPolicy", "Checkov CKV_AZURE_7", "Trivy AZU-0043"},
			Types:         clusterTypes,
			CheckResource: checkNetworkPolicy,
		},
		{
			Name:        "aks-node-public-ip-off",
			Title:       "AKS nodes have no public addresses.",
			Why:         "Otherwise every node can be reached from the Internet.",
			Remedy:      "Remove enableNodePublicIP, or set it to false.",
			FalseAlarms: "Game servers and other workloads whose nodes are reached from the Internet on purpose.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Use instance-level public IPs in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/use-node-public-ips",
			},
			Equivalents: []string{"Checkov CKV_AZURE_143"},
			Types:       poolTypes,
			CheckResource: eachPool(func(r *graph.Resource, pool graph.Value) []rule.Violation {
				if v := pool.Get("enableNodePublicIP"); v.IsTrue() {
					return rule.Found(r, v, "the pool's nodes have public addresses")
				}
				return nil
			}),
		},
	}
}

// wholeInternet are ranges that restrict nothing.
var wholeInternet = []string{"0.0.0.0/0", "::/0"}

// checkAPIServerAccess finds an API server that is neither private nor restricted.
func checkAPIServerAccess(r *graph.Resource, _ rule.Params) []rule.Violation {
	profile := r.Get("apiServerAccessProfile")
	private := profile.Get("enablePrivateCluster")
	if private.IsTrue() || private.IsUnknown() {
		return nil
	}
	ranges := profile.Get("authorizedIPRanges")
	list, state := ranges.List()
	if state == graph.Unknown {
		return nil
	}
	if len(list) == 0 {
		return rule.Found(r, ranges, "the API server is open to the whole Internet")
	}
	for _, v := range list {
		if text, ok := v.KnownText(); ok && slices.Contains(wholeInternet, text) {
			return rule.Found(r, v, "the range is the whole Internet")
		}
	}
	return nil
}

// checkNetworkPolicy finds a cluster without an engine for network policies. The data plane Cilium
// is one; with the network plugin "none" the program installs a CNI plugin that Azure does not
// know.
func checkNetworkPolicy(r *graph.Resource, _ rule.Params) []rule.Violation {
	network := r.Get("networkProfile")
	plane, plugin := network.Get("networkDataplane"), network.Get("networkPlugin")
	if plane.IsFold("cilium") || plane.IsUnknown() || plugin.IsFold("none") || plugin.IsUnknown() {
		return nil
	}
	v := network.Get("networkPolicy")
	text, state := v.Text()
	if state == graph.Absent && isAutomatic(r) {
		return nil
	}
	if state == graph.Absent || state == graph.Known && (text == "" || strings.EqualFold(text, "none")) {
		return rule.Found(r, v, "no engine enforces network policies")
	}
	return nil
}

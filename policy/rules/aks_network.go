package rules

import (
	"slices"
	"strings"
)

// aksNetwork is who can reach the API server and the pods.
func aksNetwork() []Rule {
	return []Rule{
		{
			Name: "aks-api-server-restricted", IDs: []string{"7"},
			Title:    "AKS API servers are private or open to named addresses only.",
			Why:      "The API server of every other cluster is a target for the whole Internet.",
			Remedy:   "Set apiServerAccessProfile.enablePrivateCluster to true, or name addresses in authorizedIPRanges.",
			Severity: High, Level: Disabled, Reason: needsChoice,
			Document:    "Secure access to the API server using authorized IP address ranges in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
			Equivalents: []string{"PSRule Azure.AKS.AuthorizedIPs", "Checkov CKV_AZURE_6", "Checkov CKV_AZURE_115", "Trivy AZU-0041", "Trivy AZU-0065", "Azure Policy 040732e8-d947-40b8-95d6-854c95024bf8"},
			Types:       []string{managedCluster},
			Resource:    judgeAPIServerAccess,
		},
		{
			Name: "aks-network-policy", IDs: []string{"8"},
			Title:    "AKS clusters enforce network policies.",
			Why:      "Without an engine Kubernetes accepts network policies and ignores them.",
			Remedy:   "Set networkProfile.networkPolicy to cilium, azure or calico.",
			Severity: Medium, Level: Mandatory, Reason: unsafe,
			Document:    "Secure traffic between pods by using network policies in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/use-network-policies",
			Equivalents: []string{"PSRule Azure.AKS.NetworkPolicy", "Checkov CKV_AZURE_7", "Trivy AZU-0043"},
			Types:       []string{managedCluster},
			Resource:    judgeNetworkPolicy,
		},
		{
			Name: "aks-node-public-ip-off", IDs: []string{"19"},
			Title:    "AKS nodes have no public addresses.",
			Why:      "Every node can then be reached from the Internet.",
			Remedy:   "Remove enableNodePublicIP, or set it to false.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Use instance-level public IPs in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/use-node-public-ips",
			Equivalents: []string{"Checkov CKV_AZURE_143"},
			Types:       []string{managedCluster, agentPool},
			Resource: eachPool(func(r *Resource, pool Value) []Violation {
				if v := pool.Get("enableNodePublicIP"); v.IsTrue() {
					return r.faults(v, "the pool's nodes have public addresses")
				}
				return nil
			}),
		},
	}
}

// everywhere are ranges that restrict nothing.
var everywhere = []string{"0.0.0.0/0", "::/0"}

func judgeAPIServerAccess(r *Resource, _ Params) []Violation {
	profile := r.Get("apiServerAccessProfile")
	private := profile.Get("enablePrivateCluster")
	if private.IsTrue() || private.IsUnknown() {
		return nil
	}
	ranges := profile.Get("authorizedIPRanges")
	list, state := ranges.List()
	if state == Unknown {
		return nil
	}
	if len(list) == 0 {
		return r.faults(ranges, "anybody can reach the API server")
	}
	for _, v := range list {
		if text, ok := v.KnownText(); ok && slices.Contains(everywhere, text) {
			return r.faults(v, "the range is the whole Internet")
		}
	}
	return nil
}

func judgeNetworkPolicy(r *Resource, _ Params) []Violation {
	v := r.Get("networkProfile", "networkPolicy")
	text, state := v.Text()
	if state == Absent || state == Known && (text == "" || strings.EqualFold(text, "none")) {
		return r.faults(v, "nothing enforces network policies")
	}
	return nil
}

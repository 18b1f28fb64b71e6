package clusters

import (
	"net/http"
	"strconv"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

const nodeOSChannelSince = "2023-06-01"

// newer are properties that came after the oldest api-version served here. First versions: the azure-native SDK, which
// has a package for each api-version, and https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image for the
// node OS channel.
func newer(p *Properties) []dated {
	var out []dated
	if u := p.AutoUpgradeProfile; u != nil {
		out = append(out, dated{"autoUpgradeProfile.nodeOSUpgradeChannel", nodeOSChannelSince, u.NodeOSUpgradeChannel})
	}
	if n := p.NetworkProfile; n != nil {
		if b := n.LoadBalancerProfile; b != nil {
			out = append(out, dated{"networkProfile.loadBalancerProfile.backendPoolType", "2023-10-01", b.BackendPoolType})
		}
		if in(n.OutboundType, "none") {
			out = append(out, dated{"networkProfile.outboundType", "2025-01-01", n.OutboundType})
		}
	}
	for i := range p.AgentPoolProfiles {
		out = append(out, newerPool(&p.AgentPoolProfiles[i])...)
	}
	return out
}

func newerPool(p *AgentPool) []dated {
	u := p.UpgradeSettings
	if u == nil {
		return nil
	}
	at := "agentPoolProfiles." + p.Name + ".upgradeSettings."
	return []dated{
		{at + "drainTimeoutInMinutes", "2023-05-01", text(u.DrainTimeoutInMinutes)},
		{at + "nodeSoakDurationInMinutes", "2023-11-01", text(u.NodeSoakDurationInMinutes)},
	}
}

// dated is a property with the first api-version that has it; its value is "" if it is left out.
type dated struct{ property, since, value string }

func text(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// checkSince refuses properties that the request's api-version does not have. One with the value that the cluster has
// anyway passes, so that a body which was read can be sent back: this API shows them under every version.
func checkSince(version string, want, have *Properties) error {
	var known []dated
	if have != nil {
		known = newer(have)
	}
	return checkDated(version, newer(want), known)
}

func checkDated(version string, want, have []dated) error {
	same := make(map[dated]bool, len(have))
	for _, d := range have {
		same[d] = true
	}
	for _, d := range want {
		if d.value == "" || version >= d.since || same[d] {
			continue
		}
		return arm.Errorf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Could not find member '%s' with the value '%s' in api-version %s; it is there since %s.'.",
			d.property, d.value, version, d.since).At(d.property)
	}
	return nil
}

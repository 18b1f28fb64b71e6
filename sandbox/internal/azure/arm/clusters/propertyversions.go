package clusters

import (
	"net/http"
	"strconv"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// nodeOSChannelSince is the first api-version with the node OS upgrade channel.
const nodeOSChannelSince = "2023-06-01"

// bootstrapSince is the first api-version with the bootstrap profile.
const bootstrapSince = "2025-01-01"

// propertyVersions lists the properties that are newer than the oldest api-version, with their
// first api-version. The sources are the azure-native SDK, which has a package for each
// api-version, and https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image for the node OS
// channel.
func propertyVersions(p *Properties) []versionedProperty {
	var list []versionedProperty
	if u := p.AutoUpgradeProfile; u != nil {
		list = append(list, versionedProperty{"autoUpgradeProfile.nodeOSUpgradeChannel", nodeOSChannelSince, u.NodeOSUpgradeChannel})
	}
	if n := p.NetworkProfile; n != nil {
		if b := n.LoadBalancerProfile; b != nil {
			list = append(list, versionedProperty{"networkProfile.loadBalancerProfile.backendPoolType", "2023-10-01", b.BackendPoolType})
		}
		if in(n.OutboundType, "none") {
			list = append(list, versionedProperty{"networkProfile.outboundType", "2025-01-01", n.OutboundType})
		}
	}
	if m := p.AzureMonitorProfile; m != nil && m.Metrics != nil {
		list = append(list, versionedProperty{"azureMonitorProfile.metrics.enabled", "2023-01-01", switchText(m.Metrics.Enabled)})
	}
	if m := p.MetricsProfile; m != nil && m.CostAnalysis != nil {
		list = append(list, versionedProperty{"metricsProfile.costAnalysis.enabled", "2024-02-01", switchText(m.CostAnalysis.Enabled)})
	}
	if b := p.BootstrapProfile; b != nil {
		list = append(list, versionedProperty{"bootstrapProfile.artifactSource", bootstrapSince, b.ArtifactSource})
	}
	for i := range p.AgentPoolProfiles {
		list = append(list, poolPropertyVersions(&p.AgentPoolProfiles[i])...)
	}
	return list
}

func poolPropertyVersions(p *AgentPool) []versionedProperty {
	u := p.UpgradeSettings
	if u == nil {
		return nil
	}
	at := "agentPoolProfiles." + p.Name + ".upgradeSettings."
	return []versionedProperty{
		{at + "drainTimeoutInMinutes", "2023-05-01", numberText(u.DrainTimeoutInMinutes)},
		{at + "nodeSoakDurationInMinutes", "2023-11-01", numberText(u.NodeSoakDurationInMinutes)},
		{at + "undrainableNodeBehavior", "2025-03-01", u.UndrainableNodeBehavior},
		{at + "maxUnavailable", "2025-03-01", u.MaxUnavailable},
	}
}

// versionedProperty is a property with the first api-version that has it, and its value in a
// request; "" if it is omitted.
type versionedProperty struct{ property, since, value string }

// numberText returns a number as text; "" for nil.
func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// switchText returns a switch as text; "" for nil.
func switchText(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// checkVersions refuses properties that the request's api-version does not have. It accepts one
// with the value that the cluster has, so that a client can send back the body of a GET, which
// shows all properties under every api-version.
func checkVersions(version string, want, have *Properties) error {
	var known []versionedProperty
	if have != nil {
		known = propertyVersions(have)
	}
	return checkPropertyVersions(version, propertyVersions(want), known)
}

func checkPropertyVersions(version string, want, have []versionedProperty) error {
	same := make(map[versionedProperty]bool, len(have))
	for _, d := range have {
		same[d] = true
	}
	for _, d := range want {
		if d.value == "" || version >= d.since || same[d] {
			continue
		}
		return arm.Errorf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Could not find member '%s' with the value '%s' in api-version %s; it exists since %s.'.",
			d.property, d.value, version, d.since).At(d.property)
	}
	return nil
}

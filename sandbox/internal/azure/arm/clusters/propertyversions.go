package clusters

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// nodeOSChannelSince is the first api-version with the node OS upgrade channel.
const nodeOSChannelSince = "2023-06-01"

// bootstrapSince is the first api-version with the bootstrap profile.
const bootstrapSince = "2025-01-01"

// noOutboundSince is the first api-version that lists the outbound type "none".
const noOutboundSince = "2025-01-01"

// checkVersions refuses a value that the request's api-version does not have. Properties that it
// does not have are refused before. It accepts the value that the cluster has, so that a client can
// send back the body of a GET.
func checkVersions(version string, want, have *Properties) error {
	n := want.NetworkProfile
	if n == nil || !in(n.OutboundType, "none") || version >= noOutboundSince {
		return nil
	}
	if have != nil && in(have.NetworkProfile.OutboundType, "none") {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "InvalidParameter",
		"The value of parameter networkProfile.outboundType is invalid. Error details: api-version %s does not have 'none'; it exists since %s.", version, noOutboundSince).At("networkProfile.outboundType")
}

package cluster

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// maxAuthorizedRanges is the largest number of authorised ranges, and exitOnly the
// range that allows the cluster's own exit only. Source: learn.microsoft.com,
// "Secure access to the API server using authorized IP address ranges in Azure
// Kubernetes Service (AKS)".
const (
	maxAuthorizedRanges = 200
	exitOnly            = "0.0.0.0/32"
)

// Zones of a private API server's name that are no resource ids.
const (
	privateZoneSystem = "system"
	privateZoneNone   = "none"
)

// validateAPIServer checks who can reach the API server.
//
// Source: learn.microsoft.com, "Create a private Azure Kubernetes Service (AKS)
// cluster", limitations and options for private DNS.
func (args *ClusterArgs) validateAPIServer(l *problems.List) {
	a := args.ApiServer
	if a == nil {
		return
	}
	args.checkAuthorized(l)
	if !a.Private {
		if a.PrivateDnsZone != nil {
			l.Addf("apiServer.privateDnsZone", "only a private API server has a private zone: set apiServer.private, or leave it out")
		}
		if a.PublicFqdn != nil {
			l.Addf("apiServer.publicFqdn", "a public API server always has a public name: set apiServer.private, or leave it out")
		}
		return
	}
	if a.AuthorizedIpRanges != nil {
		l.Addf("apiServer.authorizedIpRanges", "authorised ranges apply to a public API server only: leave them out, or apiServer.private")
	}
	zone, ok := known.String(a.PrivateDnsZone)
	if !ok {
		return
	}
	public, publicKnown := known.Bool(a.PublicFqdn)
	switch {
	case strings.EqualFold(zone, privateZoneSystem):
	case strings.EqualFold(zone, privateZoneNone):
		if publicKnown && !public {
			l.Addf("apiServer.publicFqdn", "without a private zone the public name is the only one: leave it out")
		}
	default:
		if err := azure.ValidateResourceID(zone, azure.TypePrivateDNSZone); err != nil {
			l.Addf("apiServer.privateDnsZone", "%s; or write %q or %q", err, privateZoneSystem, privateZoneNone)
		}
		if args.ControlPlaneIdentityId == nil {
			l.Addf("apiServer.privateDnsZone", "a zone of your own needs a control plane that may write to it beforehand: give controlPlaneIdentityId, with the role Private DNS Zone Contributor on the zone")
		}
	}
}

// checkAuthorized checks the ranges by themselves, and against those in the
// cluster, from which no call reaches a public API server.
func (args *ClusterArgs) checkAuthorized(l *problems.List) {
	list, ok := known.As[pulumi.StringArray](args.ApiServer.AuthorizedIpRanges)
	if !ok {
		return
	}
	const path = "apiServer.authorizedIpRanges"
	switch {
	case len(list) == 0:
		l.Addf(path, "an empty list allows everybody: leave it out if that is meant, or write %q for the cluster's own exit only", exitOnly)
	case len(list) > maxAuthorizedRanges:
		l.Addf(path, "%d ranges are more than the %d that AKS accepts: join neighbouring ones", len(list), maxAuthorizedRanges)
	}
	n := args.plan()
	for i, in := range list {
		text, ok := known.String(in)
		if !ok {
			continue
		}
		prefix, err := parseRange(text)
		if err != nil {
			l.Add(index(path, i), err)
			continue
		}
		if prefix.Bits() == 0 {
			l.Addf(index(path, i), "%s allows everybody: leave authorizedIpRanges out if that is meant", prefix)
			continue
		}
		for _, inner := range []struct {
			what string
			in   pulumi.StringPtrInput
		}{{"pods", n.podCidr}, {"services", n.serviceCidr}} {
			text, _ := known.String(inner.in)
			if other, err := parseRange(text); err == nil && other.Overlaps(prefix) {
				l.Addf(index(path, i), "%s overlaps the range %s of the cluster's %s: the API server sees public addresses only", prefix, other, inner.what)
			}
		}
	}
}

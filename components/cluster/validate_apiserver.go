package cluster

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
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
func (args *ClusterArgs) validateAPIServer(l *problem.List) {
	a := args.ApiServer
	if a == nil {
		return
	}
	args.checkAuthorized(l)
	if !a.Private {
		if a.PrivateDnsZone != nil {
			l.Add("apiServer.privateDnsZone", "only a private API server has a private zone", "set apiServer.private, or leave it out")
		}
		if a.PublicFqdn != nil {
			l.Add("apiServer.publicFqdn", "a public API server always has a public name", "set apiServer.private, or leave it out")
		}
		return
	}
	if a.AuthorizedIpRanges != nil {
		l.Add("apiServer.authorizedIpRanges", "authorised ranges apply to a public API server only", "leave them out, or apiServer.private")
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
			l.Add("apiServer.publicFqdn", "without a private zone the public name is the only one", "leave it out")
		}
	default:
		l.AddError("apiServer.privateDnsZone", problem.Or(azure.ValidateResourceID(zone, azure.TypePrivateDNSZone), fmt.Sprintf("write %q or %q", privateZoneSystem, privateZoneNone)))
		if args.ControlPlaneIdentityId == nil {
			l.Add("apiServer.privateDnsZone", "a zone of your own needs a control plane that may write to it beforehand", "give controlPlaneIdentityId, with the role Private DNS Zone Contributor on the zone")
		}
	}
}

// checkAuthorized checks the ranges by themselves, and against those in the
// cluster, from which no call reaches a public API server.
func (args *ClusterArgs) checkAuthorized(l *problem.List) {
	list, ok := known.As[pulumi.StringArray](args.ApiServer.AuthorizedIpRanges)
	if !ok {
		return
	}
	const path problem.Path = "apiServer.authorizedIpRanges"
	switch {
	case len(list) == 0:
		l.Add(path, "an empty list allows everybody", fmt.Sprintf("leave it out if that is meant, or write %q for the cluster's own exit only", exitOnly))
	case len(list) > maxAuthorizedRanges:
		l.Add(path, fmt.Sprintf("%d ranges are more than the %d that AKS accepts", len(list), maxAuthorizedRanges), "join neighbouring ones")
	}
	n := args.plan()
	for i, in := range list {
		text, ok := known.String(in)
		if !ok {
			continue
		}
		prefix, err := parseRange(text)
		if err != nil {
			l.AddError(path.Index(i), err)
			continue
		}
		if prefix.Bits() == 0 {
			l.Add(path.Index(i), fmt.Sprintf("%s allows everybody", prefix), "leave authorizedIpRanges out if that is meant")
			continue
		}
		for _, inner := range []struct {
			what string
			in   pulumi.StringPtrInput
		}{{"pods", n.podCidr}, {"services", n.serviceCidr}} {
			text, _ := known.String(inner.in)
			if other, err := parseRange(text); err == nil && other.Overlaps(prefix) {
				l.Add(path.Index(i), fmt.Sprintf("%s overlaps the range %s of the cluster's %s", prefix, other, inner.what), "the API server sees public addresses only")
			}
		}
	}
}

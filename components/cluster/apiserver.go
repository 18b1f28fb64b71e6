package cluster

import (
	"fmt"
	"net/netip"
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/cidr"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// ApiServerArgs limits who can reach the API server.
type ApiServerArgs struct {
	// Private gives the API server an address in the virtual network only, which the deployer must
	// be able to reach. It is a plain value, because most other fields apply to one kind only. It
	// cannot change later. Default: false.
	Private bool `pulumi:"private,optional"`
	// PrivateDnsZone has the name of a private API server: "system" (the default), "none" (public
	// DNS only), or the resource id of a private DNS zone, which needs ControlPlaneIdentityId.
	PrivateDnsZone pulumi.StringPtrInput `pulumi:"privateDnsZone,optional"`
	// PublicFqdn gives a private API server a name in public DNS as well. Default: AKS's own, true.
	PublicFqdn pulumi.BoolPtrInput `pulumi:"publicFqdn,optional"`
	// AuthorizedIpRanges are the only public IPv4 ranges from which a public API server can be
	// reached, at most 200, each in CIDR form. They must contain the deployer's address.
	// "0.0.0.0/32" allows only the addresses from which the cluster itself reaches the internet.
	// Default: all.
	AuthorizedIpRanges pulumi.StringArrayInput `pulumi:"authorizedIpRanges,optional"`
	// DisableRunCommand turns Azure's "run command" off, with which holders of a role on the Azure
	// resource run commands in the cluster. Default: true; AKS's own is false.
	DisableRunCommand pulumi.BoolPtrInput `pulumi:"disableRunCommand,optional"`
}

const (
	// maxAuthorizedRanges is the largest number of authorised ranges, and clusterOnly the range
	// that allows only the addresses from which the cluster reaches the internet. Source:
	// learn.microsoft.com, "Secure access to the API server using authorized IP address ranges in
	// Azure Kubernetes Service (AKS)".
	maxAuthorizedRanges = 200
	clusterOnly         = "0.0.0.0/32"

	// privateZoneSystem and privateZoneNone are the private DNS zones that are not resource ids.
	privateZoneSystem = "system"
	privateZoneNone   = "none"
)

// profile turns "run command" off by default: it runs commands as cluster administrator, past every
// network rule, for holders of a role on the Azure resource. No update of this component uses it.
func (a *ApiServerArgs) profile() *containerservice.ManagedClusterAPIServerAccessProfileArgs {
	if a == nil {
		a = &ApiServerArgs{}
	}
	return &containerservice.ManagedClusterAPIServerAccessProfileArgs{
		EnablePrivateCluster:           pulumi.Bool(a.Private),
		PrivateDNSZone:                 a.PrivateDnsZone,
		EnablePrivateClusterPublicFQDN: a.PublicFqdn,
		AuthorizedIPRanges:             a.AuthorizedIpRanges,
		DisableRunCommand:              inputs.BoolOr(a.DisableRunCommand, true),
	}
}

// checkAPIServer checks which settings go together. Source: learn.microsoft.com, "Create a private
// Azure Kubernetes Service (AKS) cluster", limitations and options for private DNS.
func (args *ClusterArgs) checkAPIServer(l *problem.List) {
	a := args.ApiServer
	if a == nil {
		return
	}
	args.checkAuthorizedRanges(l)
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
	if zone, ok := known.String(a.PrivateDnsZone); ok {
		args.checkPrivateZone(l, zone)
	}
}

func (args *ClusterArgs) checkPrivateZone(l *problem.List, zone string) {
	switch {
	case strings.EqualFold(zone, privateZoneSystem):
	case strings.EqualFold(zone, privateZoneNone):
		if public, ok := known.Bool(args.ApiServer.PublicFqdn); ok && !public {
			l.Add("apiServer.publicFqdn", "without a private zone the public name is the only one", "leave it out")
		}
	default:
		l.AddError("apiServer.privateDnsZone", problem.Or(azure.ValidateResourceID(zone, azure.TypePrivateDNSZone), fmt.Sprintf("write %q or %q", privateZoneSystem, privateZoneNone)))
		if args.ControlPlaneIdentityId == nil {
			l.Add("apiServer.privateDnsZone", "an existing zone needs a control plane that may write to it before the cluster is created", "give controlPlaneIdentityId, with the role Private DNS Zone Contributor on the zone")
		}
	}
}

// checkAuthorizedRanges checks the number of ranges, and each that is known.
func (args *ClusterArgs) checkAuthorizedRanges(l *problem.List) {
	list, ok := known.As[pulumi.StringArray](args.ApiServer.AuthorizedIpRanges)
	if !ok {
		return
	}
	const path problem.Path = "apiServer.authorizedIpRanges"
	switch {
	case len(list) == 0:
		l.Add(path, "an empty list allows everybody", fmt.Sprintf("leave it out if that is meant, or write %q to allow only the cluster's own outbound addresses", clusterOnly))
	case len(list) > maxAuthorizedRanges:
		l.Add(path, fmt.Sprintf("%d ranges are more than the %d that AKS accepts", len(list), maxAuthorizedRanges), "join neighbouring ones")
	}
	for i, in := range list {
		text, ok := known.String(in)
		if !ok {
			continue
		}
		prefix, err := cidr.Parse(text)
		switch {
		case err != nil:
			l.AddError(path.Index(i), err)
		case prefix.Bits() == 0:
			l.Add(path.Index(i), fmt.Sprintf("%s allows everybody", prefix), "leave authorizedIpRanges out if that is meant")
		default:
			args.checkPublic(l, path.Index(i), prefix)
		}
	}
}

// checkPublic refuses a range that overlaps those of pods or services, from whose addresses no call
// reaches a public API server.
func (args *ClusterArgs) checkPublic(l *problem.List, path problem.Path, prefix netip.Prefix) {
	n := args.networkPlan()
	for _, inner := range []struct {
		what string
		in   pulumi.StringPtrInput
	}{{"pods", n.podCidr}, {"services", n.serviceCidr}} {
		text, _ := known.String(inner.in)
		if other, err := cidr.Parse(text); err == nil && other.Overlaps(prefix) {
			l.Add(path, fmt.Sprintf("%s overlaps the range %s of the cluster's %s", prefix, other, inner.what), "the API server sees public addresses only")
		}
	}
}

package clusters

import (
	"net/netip"
	"regexp"
	"strings"
)

// maxAuthorizedRanges is a documented limit: https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges
const maxAuthorizedRanges = 200

func (p *Properties) private() bool {
	return p.APIServerAccessProfile != nil && on(p.APIServerAccessProfile.EnablePrivateCluster)
}

// checkAccess checks each value alone. The texts are inferred.
func checkAccess(a *APIServerAccess) error {
	if a == nil {
		return nil
	}
	const ranges = "apiServerAccessProfile.authorizedIPRanges"
	if len(a.AuthorizedIPRanges) > maxAuthorizedRanges {
		return invalid(ranges, "%d ranges are more than the %d that can be authorised.", len(a.AuthorizedIPRanges), maxAuthorizedRanges)
	}
	for _, r := range a.AuthorizedIPRanges {
		_, bad := netip.ParsePrefix(r)
		if _, err := netip.ParseAddr(r); err != nil && bad != nil {
			return invalid(ranges, "'%s' is neither an IP address nor a range in CIDR notation.", r)
		}
	}
	if zone := a.PrivateDNSZone; zone != "" && !in(zone, "system", "none") && !strings.HasPrefix(zone, "/") {
		return refusal("InvalidPrivateDNSZoneMode", "apiServerAccessProfile.privateDNSZone", "The private DNS zone '%s' is 'system', 'none' or the resource ID of a zone.", zone)
	}
	return nil
}

// zoneName are the names that a zone of one's own may have, for a region: the region's private zone, or a subzone of it
// (https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns).
func zoneName(location string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^([a-z0-9-]+\.)?private(link)?\.` + regexp.QuoteMeta(location) + `\.azmk8s\.io$`)
}

// customZone is the resource ID of the cluster's own private DNS zone; "" if AKS makes one, or none.
func (p *Properties) customZone() string {
	if !p.private() || in(p.APIServerAccessProfile.PrivateDNSZone, "", "system", "none") {
		return ""
	}
	return p.APIServerAccessProfile.PrivateDNSZone
}

// checkReach refuses ways to reach the API server that exclude each other
// (https://learn.microsoft.com/azure/aks/private-clusters and …/api-server-authorized-ip-ranges). Codes as in network.go;
// the texts are inferred.
func checkReach(c *Cluster) error {
	p := &c.Properties
	a := p.APIServerAccessProfile
	if a == nil {
		return nil
	}
	const at = "apiServerAccessProfile."
	basic := in(p.NetworkProfile.LoadBalancerSKU, "basic")
	switch {
	case p.private() && len(a.AuthorizedIPRanges) > 0:
		return invalid(at+"authorizedIPRanges", "Authorised IP ranges apply to a public API server only; this cluster is private.")
	case basic && len(a.AuthorizedIPRanges) > 0:
		return invalid(at+"authorizedIPRanges", "Authorised IP ranges need the load balancer SKU 'standard'.")
	case p.private() && basic:
		return refusal("PrivateClusterNotSupportedWithBasicLoadBalancer", at+"enablePrivateCluster", "A private cluster needs the load balancer SKU 'standard'.")
	case !p.private() && (a.PrivateDNSZone != "" || on(a.EnablePrivateClusterPublicFQDN)):
		return invalid(at+"enablePrivateCluster", "privateDNSZone and enablePrivateClusterPublicFQDN are for private clusters.")
	case p.private() && in(a.PrivateDNSZone, "none") && !on(a.EnablePrivateClusterPublicFQDN):
		return refusal("NonePrivateDNSZonePublicFQDNDisabledError", at+"privateDNSZone", "Without a private DNS zone ('none') the API server needs its public host name (enablePrivateClusterPublicFQDN).")
	case p.customZone() != "" && c.Identity != nil && in(c.Identity.Type, "SystemAssigned"):
		return refusal("SystemAssignedIdentityNotSupportedForCustomPrivateDNSZone", at+"privateDNSZone", "A private DNS zone of your own needs a user-assigned identity of the control plane, which can be given permission on the zone before the cluster exists.")
	case p.FQDNSubdomain != "" && p.customZone() == "":
		return invalid("fqdnSubdomain", "fqdnSubdomain is for private clusters with a private DNS zone of their own.")
	}
	return nil
}

// hostNames sets the names that the API server is reached under. A private cluster's is below a zone of the region with
// a part of its own, which is a GUID if AKS makes the zone; where public name and private name are both shown, kubeconfigs
// have the private one. That there is a public name unless told otherwise is documented, and so is that there is no
// private one without a zone; the exact form of the names is inferred.
func hostNames(p *Properties, location, host, uid string) {
	public := host + ".hcp." + location + ".azmk8s.io"
	p.FQDN, p.PrivateFQDN = public, ""
	p.AzurePortalFQDN = host + ".portal.hcp." + location + ".azmk8s.io"
	if !p.private() {
		return
	}
	a := p.APIServerAccessProfile
	setIf(&a.PrivateDNSZone, "system")
	setPtr(&a.EnablePrivateClusterPublicFQDN, true)
	if !*a.EnablePrivateClusterPublicFQDN {
		p.FQDN = ""
	}
	switch zone := p.customZone(); {
	case zone != "" && p.FQDNSubdomain != "":
		p.PrivateFQDN = strings.ToLower(p.FQDNSubdomain) + "." + lastName(zone)
	case zone != "":
		p.PrivateFQDN = host + "." + lastName(zone)
	case in(a.PrivateDNSZone, "system"):
		p.PrivateFQDN = host + "." + uid + ".privatelink." + location + ".azmk8s.io"
	}
}

func lastName(id string) string { return strings.ToLower(id[strings.LastIndex(id, "/")+1:]) }

// host is the name that kubeconfigs have.
func (p *Properties) host() string {
	if p.PrivateFQDN != "" {
		return p.PrivateFQDN
	}
	return p.FQDN
}

package clusters

import (
	"cmp"
	"net/netip"
	"path"
	"regexp"
	"strings"

	"k8s.io/utils/ptr"
)

// maxAuthorizedRanges is the documented limit
// (https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges).
const maxAuthorizedRanges = 200

// private reports whether the cluster is private.
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
		return refusal("InvalidPrivateDNSZoneMode", "apiServerAccessProfile.privateDNSZone", "The private DNS zone '%s' must be 'system', 'none' or the resource ID of a zone.", zone)
	}
	return nil
}

// zoneName matches the names that a custom private DNS zone can have in a region: the private zone
// of the region, or a subzone of it
// (https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns).
func zoneName(location string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^([a-z0-9-]+\.)?private(link)?\.` + regexp.QuoteMeta(location) + `\.azmk8s\.io$`)
}

// customZone returns the resource ID of the custom private DNS zone; "" if AKS creates the zone or
// there is none.
func (p *Properties) customZone() string {
	if !p.private() || in(p.APIServerAccessProfile.PrivateDNSZone, "", "system", "none") {
		return ""
	}
	return p.APIServerAccessProfile.PrivateDNSZone
}

// checkAccessCombination refuses settings of the access to the API server that exclude each other
// (https://learn.microsoft.com/azure/aks/private-clusters and …/api-server-authorized-ip-ranges).
// The texts are inferred; for the codes see refusal.
func checkAccessCombination(c *Cluster) error {
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
		return refusal("SystemAssignedIdentityNotSupportedForCustomPrivateDNSZone", at+"privateDNSZone", "A custom private DNS zone needs a user-assigned identity of the control plane, which can be given permission on the zone before the cluster exists.")
	case p.FQDNSubdomain != "" && p.customZone() == "":
		return invalid("fqdnSubdomain", "fqdnSubdomain is for private clusters with a custom private DNS zone.")
	}
	return nil
}

// hostNames sets the host names of the API server. The private name is in the private DNS zone; if
// AKS creates the zone, a GUID precedes its name. If there are both names, kubeconfigs contain the
// private one. It is documented that there is a public name by default, and that there is no
// private one without a zone; the exact form of the names is inferred.
func hostNames(p *Properties, location, host, uid string) {
	public := host + ".hcp." + location + ".azmk8s.io"
	p.FQDN, p.PrivateFQDN = public, ""
	p.AzurePortalFQDN = host + ".portal.hcp." + location + ".azmk8s.io"
	if !p.private() {
		return
	}
	a := p.APIServerAccessProfile
	a.PrivateDNSZone = cmp.Or(a.PrivateDNSZone, "system")
	a.EnablePrivateClusterPublicFQDN = cmp.Or(a.EnablePrivateClusterPublicFQDN, ptr.To(true))
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

// lastName returns the name at the end of a resource ID, in lower case.
func lastName(id string) string { return strings.ToLower(path.Base(id)) }

// host returns the host name of the API server in kubeconfigs.
func (p *Properties) host() string {
	return cmp.Or(p.PrivateFQDN, p.FQDN)
}

// checkAccessChange refuses to make a cluster private or public, or to change its private DNS zone,
// after its creation (https://learn.microsoft.com/azure/aks/private-clusters). The public name can
// be added and removed.
func checkAccessChange(p *Properties, want *APIServerAccess) error {
	if want == nil {
		return nil
	}
	if want.EnablePrivateCluster != nil && *want.EnablePrivateCluster != p.private() {
		return changeNotAllowed("apiServerAccessProfile.enablePrivateCluster")
	}
	if p.private() && !in(want.PrivateDNSZone, "", p.APIServerAccessProfile.PrivateDNSZone) {
		return changeNotAllowed("apiServerAccessProfile.privateDNSZone")
	}
	return nil
}

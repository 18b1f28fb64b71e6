package clusters

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// Naming rules of https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice
// and https://aka.ms/aks-naming-rules
var (
	clusterName = regexp.MustCompile(`^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$`)
	dnsPrefix   = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$`)
)

// maxNodeGroupName is AKS's limit for the name of the node resource group.
const maxNodeGroupName = 80

func missing(property string) error {
	return arm.Errorf(http.StatusBadRequest, "InvalidParameter", "Required parameter %s is missing (null).", property).At(property)
}

func invalid(property, format string, args ...any) error {
	e := arm.Errorf(http.StatusBadRequest, "InvalidParameter", format, args...)
	e.Message = "The value of parameter " + property + " is invalid. Error details: " + e.Message + " Please see https://aka.ms/aks-naming-rules for more details."
	return e.At(property)
}

// checkBody refuses what no managed cluster can have, new or old.
func checkBody(name string, b *Body) error {
	if !clusterName.MatchString(name) {
		return invalid("resourceName", "The cluster name '%s' has 1 to 63 letters, digits, underscores and hyphens, and starts and ends with a letter or digit.", name)
	}
	if b.Properties == nil {
		return missing("properties")
	}
	if b.SKU != nil && (!in(b.SKU.Name, "", "Base", "Basic") || !in(b.SKU.Tier, "", "Free", "Standard", "Premium", "Paid")) {
		return invalid("sku", "The sandbox knows sku name 'Base' and the tiers 'Free', 'Standard' and 'Premium'; it was given '%s' and '%s'.", b.SKU.Name, b.SKU.Tier)
	}
	p := b.Properties
	if p.KubernetesVersion != "" {
		if err := checkVersion(p.KubernetesVersion, "kubernetesVersion"); err != nil {
			return err
		}
	}
	for i := range p.AgentPoolProfiles {
		if err := checkPool(&p.AgentPoolProfiles[i]); err != nil {
			return err
		}
	}
	if len(p.NodeResourceGroup) > maxNodeGroupName {
		return invalid("nodeResourceGroup", "The name of the node resource group has %d characters; the limit is %d.", len(p.NodeResourceGroup), maxNodeGroupName)
	}
	if err := checkValues(p); err != nil {
		return err
	}
	return checkNetwork(p.NetworkProfile)
}

// checkNew refuses what is missing or contradictory in a new cluster.
func checkNew(b *Body) error {
	p := b.Properties
	switch {
	case p.DNSPrefix == "" && p.FQDNSubdomain == "":
		return missing("dnsPrefix")
	case p.DNSPrefix != "" && p.FQDNSubdomain != "":
		return invalid("fqdnSubdomain", "Only one of dnsPrefix and fqdnSubdomain can be given.")
	case p.FQDNSubdomain != "" && (p.APIServerAccessProfile == nil || !on(p.APIServerAccessProfile.EnablePrivateCluster)):
		return invalid("fqdnSubdomain", "fqdnSubdomain is for private clusters with a private DNS zone of their own.")
	case p.DNSPrefix != "" && !dnsPrefix.MatchString(p.DNSPrefix):
		return invalid("dnsPrefix", "The DNS prefix '%s' has 1 to 54 letters, digits and hyphens, and starts and ends with a letter or digit.", p.DNSPrefix)
	}
	if len(p.AgentPoolProfiles) == 0 {
		return missing("agentPoolProfiles")
	}
	if err := checkPoolSet(p.AgentPoolProfiles); err != nil {
		return err
	}
	control := p.KubernetesVersion
	setIf(&control, RealVersion)
	if err := checkSkew(control, p.AgentPoolProfiles); err != nil {
		return err
	}
	if err := checkAddresses(p.NetworkProfile); err != nil {
		return err
	}
	if p.federating() && !p.issuing() && (p.OIDCIssuerProfile != nil || !defaultIssuer(p.KubernetesVersion)) {
		return workloadIdentityNeedsIssuer()
	}
	return checkIdentity(b)
}

// checkIdentity: a cluster acts either as a managed identity or as a service principal.
func checkIdentity(b *Body) error {
	kind := "None"
	if b.Identity != nil && b.Identity.Type != "" {
		kind = b.Identity.Type
	}
	sp := b.Properties.ServicePrincipalProfile
	hasSP := sp != nil && sp.ClientID != "" && !strings.EqualFold(sp.ClientID, "msi")
	switch {
	case !in(kind, "None", "SystemAssigned", "UserAssigned"):
		return invalid("identity.type", "The identity type '%s' is 'SystemAssigned', 'UserAssigned' or 'None'.", kind)
	case in(kind, "None") && !hasSP:
		return missing("servicePrincipalProfile")
	case !in(kind, "None") && hasSP:
		return arm.BadRequestf("A cluster has either a managed identity or a service principal, not both: identity.type is '%s' and servicePrincipalProfile.clientId is '%s'.", kind, sp.ClientID).At("identity")
	case in(kind, "UserAssigned") && len(b.Identity.UserAssignedIdentities) != 1:
		return invalid("identity.userAssignedIdentities", "A cluster with identity type 'UserAssigned' has exactly one user-assigned identity, not %d.", len(b.Identity.UserAssignedIdentities))
	case !in(kind, "UserAssigned") && b.Identity != nil && len(b.Identity.UserAssignedIdentities) > 0:
		return invalid("identity.userAssignedIdentities", "User-assigned identities need identity type 'UserAssigned'.")
	}
	return nil
}

func workloadIdentityNeedsIssuer() error {
	// The service's own words are not published; the condition is that of `az aks create --enable-workload-identity`.
	return arm.BadRequestf("Enabling workload identity requires enabling OIDC issuer (oidcIssuerProfile.enabled).").At("properties.securityProfile.workloadIdentity")
}

func defaultIssuer(version string) bool {
	if version == "" {
		version = RealVersion
	}
	minor, _ := minorOf(version)
	return minor >= issuerByDefault
}

func in(value string, allowed ...string) bool {
	for _, a := range allowed {
		if strings.EqualFold(value, a) {
			return true
		}
	}
	return false
}

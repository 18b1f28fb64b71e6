package clusters

import (
	"cmp"
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// Naming rules of
// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice
// and https://aka.ms/aks-naming-rules.
var (
	clusterName = regexp.MustCompile(`^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$`)
	dnsPrefix   = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$`)
)

// maxNodeGroupName is AKS's limit for the name of the node resource group.
const maxNodeGroupName = 80

// checkBody refuses values that no managed cluster can have in an api-version, new or existing.
func checkBody(name, apiVersion string, b *Body) error {
	if ruleClusterName.On() && !clusterName.MatchString(name) {
		return invalid("resourceName", "The cluster name '%s' must have 1 to 63 letters, digits, underscores and hyphens, and start and end with a letter or digit.", name)
	}
	if b.Properties == nil {
		return missing("properties")
	}
	if b.SKU != nil && (!in(b.SKU.Name, "", "Base", "Basic") || !in(b.SKU.Tier, "", "Free", "Standard", "Premium", "Paid")) {
		return invalid("sku", "The sandbox supports the sku name 'Base' and the tiers 'Free', 'Standard' and 'Premium', not '%s' and '%s'.", b.SKU.Name, b.SKU.Tier)
	}
	p := b.Properties
	if p.KubernetesVersion != "" {
		if err := checkVersionForm(p.KubernetesVersion, "kubernetesVersion"); err != nil {
			return err
		}
	}
	for i := range p.AgentPoolProfiles {
		if err := checkPool(&p.AgentPoolProfiles[i], apiVersion); err != nil {
			return err
		}
	}
	if len(p.NodeResourceGroup) > maxNodeGroupName {
		return invalid("nodeResourceGroup", "The name of the node resource group has %d characters; the limit is %d.", len(p.NodeResourceGroup), maxNodeGroupName)
	}
	return checkValues(p)
}

// checkNew refuses a new cluster that lacks values or has contradictory ones.
func checkNew(b *Body) error {
	p := b.Properties
	switch {
	case p.DNSPrefix == "" && p.FQDNSubdomain == "":
		return missing("dnsPrefix")
	case p.DNSPrefix != "" && p.FQDNSubdomain != "":
		return invalid("fqdnSubdomain", "Only one of dnsPrefix and fqdnSubdomain can be given.")
	case p.FQDNSubdomain != "" && (p.APIServerAccessProfile == nil || !on(p.APIServerAccessProfile.EnablePrivateCluster)):
		return invalid("fqdnSubdomain", "fqdnSubdomain is for private clusters with a custom private DNS zone.")
	case p.DNSPrefix != "" && !dnsPrefix.MatchString(p.DNSPrefix):
		return invalid("dnsPrefix", "The DNS prefix '%s' must have 1 to 54 letters, digits and hyphens, and start and end with a letter or digit.", p.DNSPrefix)
	}
	if len(p.AgentPoolProfiles) == 0 {
		return missing("agentPoolProfiles")
	}
	if err := checkPoolSet(p.AgentPoolProfiles); err != nil {
		return err
	}
	control := p.KubernetesVersion
	control = cmp.Or(control, RealVersion)
	if err := checkSkew(control, p.AgentPoolProfiles); err != nil {
		return err
	}
	if err := checkAddresses(p.NetworkProfile); err != nil {
		return err
	}
	if ruleWorkloadIdentity.On() && p.workloadIdentityEnabled() && !p.issuerEnabled() && (p.OIDCIssuerProfile != nil || !issuerByDefaultIn(p.KubernetesVersion)) {
		return workloadIdentityNeedsIssuer()
	}
	return checkIdentity(b)
}

// in reports whether the value is one of the allowed ones. AKS compares enumerations and IDs
// without regard to case.
func in(value string, allowed ...string) bool { return arm.OneOf(value, allowed...) }

package clusters

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// change applies a PUT to an existing cluster. It refuses changes that AKS does not allow after
// creation.
func change(have *Cluster, want *Body) error {
	p, w := &have.Properties, want.Properties
	if err := checkImmutable(p, w); err != nil {
		return err
	}
	if ruleIssuerStays.On() && w.OIDCIssuerProfile != nil && p.issuerEnabled() && !w.issuerEnabled() {
		return arm.Errorf(http.StatusBadRequest, "OIDCIssuerFeatureCannotBeDisabled", "OIDC issuer feature cannot be disabled.").At("oidcIssuerProfile.enabled")
	}
	if ruleWorkloadIdentity.On() && w.workloadIdentityEnabled() && !p.issuerEnabled() && !w.issuerEnabled() {
		return workloadIdentityNeedsIssuer()
	}
	if err := changeIdentity(have, want.Identity); err != nil {
		return err
	}
	if w.KubernetesVersion != "" && w.KubernetesVersion != p.KubernetesVersion {
		if err := checkUpgrade(p.KubernetesVersion, w.KubernetesVersion); err != nil {
			return err
		}
		p.KubernetesVersion = w.KubernetesVersion
	}
	if err := changePools(p, w.AgentPoolProfiles); err != nil {
		return err
	}
	if want.SKU != nil {
		merge(&have.SKU, *want.SKU)
	}
	// AKS replaces the SSH keys of the nodes and the settings of Windows nodes; the administrator
	// names are immutable.
	mergeInto(&p.LinuxProfile, w.LinuxProfile)
	mergeInto(&p.WindowsProfile, w.WindowsProfile)
	mergeInto(&p.SecurityProfile, w.SecurityProfile)
	mergeInto(&p.StorageProfile, w.StorageProfile)
	mergeInto(&p.AADProfile, w.AADProfile)
	mergeInto(&p.AutoUpgradeProfile, w.AutoUpgradeProfile)
	mergeInto(&p.APIServerAccessProfile, w.APIServerAccessProfile)
	mergeInto(&p.WorkloadAutoScalerProfile, w.WorkloadAutoScalerProfile)
	mergeInto(&p.BootstrapProfile, w.BootstrapProfile)
	mergeInto(&p.AzureMonitorProfile, w.AzureMonitorProfile)
	mergeInto(&p.MetricsProfile, w.MetricsProfile)
	changeNetwork(p, w.NetworkProfile)
	if w.issuerEnabled() {
		p.OIDCIssuerProfile.Enabled = w.OIDCIssuerProfile.Enabled
	}
	if w.AddonProfiles != nil {
		p.AddonProfiles = changeAddons(p.AddonProfiles, w.AddonProfiles)
	}
	if w.AutoScalerProfile != nil {
		p.AutoScalerProfile = w.AutoScalerProfile
	}
	p.DisableLocalAccounts = cmp.Or(w.DisableLocalAccounts, p.DisableLocalAccounts)
	p.SupportPlan = cmp.Or(w.SupportPlan, p.SupportPlan)
	p.PublicNetworkAccess = cmp.Or(w.PublicNetworkAccess, p.PublicNetworkAccess)
	return nil
}

// checkImmutable refuses changes of immutable properties: those for which azurerm replaces a
// cluster, as far as AKS refuses the change. A property that the request omits is not a change.
func checkImmutable(p, w *Properties) error {
	type pair struct{ property, have, want string }
	pairs := []pair{
		{"dnsPrefix", p.DNSPrefix, w.DNSPrefix}, {"fqdnSubdomain", p.FQDNSubdomain, w.FQDNSubdomain},
		{"nodeResourceGroup", p.NodeResourceGroup, w.NodeResourceGroup},
	}
	if w.NetworkProfile != nil {
		h, n := p.NetworkProfile, w.NetworkProfile
		pairs = append(pairs,
			pair{"networkProfile.serviceCidr", h.ServiceCIDR, n.ServiceCIDR},
			pair{"networkProfile.dnsServiceIP", h.DNSServiceIP, n.DNSServiceIP},
			pair{"networkProfile.podCidr", h.PodCIDR, n.PodCIDR},
			pair{"networkProfile.loadBalancerSku", h.LoadBalancerSKU, n.LoadBalancerSKU},
			pair{"networkProfile.networkMode", h.NetworkMode, n.NetworkMode},
			pair{"networkProfile.podCidrs", strings.Join(h.PodCIDRs, ","), strings.Join(n.PodCIDRs, ",")},
			pair{"networkProfile.serviceCidrs", strings.Join(h.ServiceCIDRs, ","), strings.Join(n.ServiceCIDRs, ",")},
		)
		overlayMigration := in(h.NetworkPlugin, "kubenet") && in(n.NetworkPlugin, "azure") && in(n.NetworkPluginMode, "overlay")
		if !overlayMigration {
			pairs = append(pairs, pair{"networkProfile.networkPlugin", h.NetworkPlugin, n.NetworkPlugin})
		}
		if in(h.NetworkDataplane, "cilium") {
			// A cluster can be moved to the Cilium data plane, but not away from it.
			pairs = append(pairs, pair{"networkProfile.networkDataplane", h.NetworkDataplane, n.NetworkDataplane})
		}
		toCilium := in(n.NetworkPolicy, "cilium") && in(h.NetworkPolicy, "azure", "calico", "none")
		if !toCilium {
			pairs = append(pairs, pair{"networkProfile.networkPolicy", h.NetworkPolicy, n.NetworkPolicy})
		}
	}
	for _, c := range pairs {
		if c.want != "" && !strings.EqualFold(c.have, c.want) {
			return changeNotAllowed(c.property)
		}
	}
	if w.EnableRBAC != nil && on(p.EnableRBAC) != on(w.EnableRBAC) {
		return changeNotAllowed("enableRBAC")
	}
	if l := w.LinuxProfile; l != nil && (p.LinuxProfile == nil || l.AdminUsername != "" && l.AdminUsername != p.LinuxProfile.AdminUsername) {
		return changeNotAllowed("linuxProfile")
	}
	if n := w.WindowsProfile; n != nil && (p.WindowsProfile == nil || n.AdminUsername != "" && n.AdminUsername != p.WindowsProfile.AdminUsername) {
		return changeNotAllowed("windowsProfile")
	}
	if w.IdentityProfile != nil && !maps.EqualFunc(p.IdentityProfile, w.IdentityProfile, sameObject) {
		return changeNotAllowed("identityProfile")
	}
	if err := checkAccessChange(p, w.APIServerAccessProfile); err != nil {
		return err
	}
	if a := w.AADProfile; p.entraEnabled() && a != nil && a.Managed != nil && !*a.Managed {
		// https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id#limitations;
		// the text is inferred.
		return arm.BadRequestf("Microsoft Entra integration cannot be disabled once it is enabled.").At("properties.aadProfile.managed")
	}
	if sp := w.ServicePrincipalProfile; sp != nil && !strings.EqualFold(sp.ClientID, p.ServicePrincipalProfile.ClientID) {
		return changeNotAllowed("servicePrincipalProfile.clientId")
	}
	return nil
}

// changePools applies the pools of a cluster PUT. Pools are added and removed through their own
// resource only.
func changePools(p *Properties, want []AgentPool) error {
	for _, pool := range want {
		i := slices.IndexFunc(p.AgentPoolProfiles, func(h AgentPool) bool { return h.Name == pool.Name })
		if i < 0 && !rulePoolsApart.On() {
			continue
		}
		if i < 0 {
			return arm.BadRequestf("A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations. For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api").At("agentPoolProfiles")
		}
		if err := changePool(&p.AgentPoolProfiles[i], pool); err != nil {
			return err
		}
	}
	return checkPools(p)
}

// checkPools checks the pools of an existing cluster together.
func checkPools(p *Properties) error {
	if err := checkPoolSet(p.AgentPoolProfiles); err != nil {
		return err
	}
	return checkSkew(p.KubernetesVersion, p.AgentPoolProfiles)
}

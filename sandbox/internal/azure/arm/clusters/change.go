package clusters

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// change applies a PUT to an existing cluster. It refuses what AKS never changes after creation.
func change(have *Cluster, want *Body) error {
	p, w := &have.Properties, want.Properties
	if err := checkImmutable(p, w); err != nil {
		return err
	}
	if w.OIDCIssuerProfile != nil && p.issuing() && !w.issuing() {
		return arm.Errorf(http.StatusBadRequest, "OIDCIssuerFeatureCannotBeDisabled", "OIDC issuer feature cannot be disabled.").At("oidcIssuerProfile.enabled")
	}
	if w.federating() && !p.issuing() && !w.issuing() {
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
	// AKS replaces the keys of the nodes and the settings of Windows nodes; their administrators' names are immutable.
	mergeInto(&p.LinuxProfile, w.LinuxProfile)
	mergeInto(&p.WindowsProfile, w.WindowsProfile)
	mergeInto(&p.SecurityProfile, w.SecurityProfile)
	mergeInto(&p.StorageProfile, w.StorageProfile)
	mergeInto(&p.AADProfile, w.AADProfile)
	mergeInto(&p.AutoUpgradeProfile, w.AutoUpgradeProfile)
	mergeInto(&p.APIServerAccessProfile, w.APIServerAccessProfile)
	mergeInto(&p.WorkloadAutoScalerProfile, w.WorkloadAutoScalerProfile)
	changeNetwork(p, w.NetworkProfile)
	if w.issuing() {
		p.OIDCIssuerProfile.Enabled = w.OIDCIssuerProfile.Enabled
	}
	if w.AddonProfiles != nil {
		p.AddonProfiles = changeAddons(p.AddonProfiles, w.AddonProfiles)
	}
	if w.AutoScalerProfile != nil {
		p.AutoScalerProfile = w.AutoScalerProfile
	}
	if w.DisableLocalAccounts != nil {
		p.DisableLocalAccounts = w.DisableLocalAccounts
	}
	setFrom(&p.SupportPlan, w.SupportPlan)
	setFrom(&p.PublicNetworkAccess, w.PublicNetworkAccess)
	return nil
}

// changeNetwork applies a network profile. Profiles of a way out that is no longer the cluster's go with it.
func changeNetwork(p *Properties, want *Network) {
	mergeInto(&p.NetworkProfile, want)
	if want == nil || want.OutboundType == "" {
		return
	}
	if !in(want.OutboundType, "loadBalancer") && want.LoadBalancerProfile == nil {
		p.NetworkProfile.LoadBalancerProfile = nil
	}
	if !in(want.OutboundType, "managedNATGateway") && want.NATGatewayProfile == nil {
		p.NetworkProfile.NATGatewayProfile = nil
	}
	networkDefaults(p.NetworkProfile)
}

// checkAccessChange: whether a cluster is private, and in which zone, is decided when it is created
// (https://learn.microsoft.com/azure/aks/private-clusters); its public name can come and go.
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

func setFrom(to *string, from string) {
	if from != "" {
		*to = from
	}
}

// checkImmutable holds the list that azurerm replaces a cluster for, as far as AKS itself refuses the change. A
// property that the request leaves out is not a change.
func checkImmutable(p, w *Properties) error {
	type pair struct{ property, have, want string }
	pairs := []pair{
		{"dnsPrefix", p.DNSPrefix, w.DNSPrefix}, {"fqdnSubdomain", p.FQDNSubdomain, w.FQDNSubdomain}, {"nodeResourceGroup", p.NodeResourceGroup, w.NodeResourceGroup},
	}
	if w.NetworkProfile != nil {
		h, n := p.NetworkProfile, w.NetworkProfile
		pairs = append(pairs,
			pair{"networkProfile.serviceCidr", h.ServiceCIDR, n.ServiceCIDR}, pair{"networkProfile.dnsServiceIP", h.DNSServiceIP, n.DNSServiceIP},
			pair{"networkProfile.podCidr", h.PodCIDR, n.PodCIDR}, pair{"networkProfile.loadBalancerSku", h.LoadBalancerSKU, n.LoadBalancerSKU},
			pair{"networkProfile.networkMode", h.NetworkMode, n.NetworkMode},
			pair{"networkProfile.podCidrs", strings.Join(h.PodCIDRs, ","), strings.Join(n.PodCIDRs, ",")},
			pair{"networkProfile.serviceCidrs", strings.Join(h.ServiceCIDRs, ","), strings.Join(n.ServiceCIDRs, ",")},
		)
		overlayMigration := in(h.NetworkPlugin, "kubenet") && in(n.NetworkPlugin, "azure") && in(n.NetworkPluginMode, "overlay")
		if !overlayMigration {
			pairs = append(pairs, pair{"networkProfile.networkPlugin", h.NetworkPlugin, n.NetworkPlugin})
		}
		if in(h.NetworkDataplane, "cilium") {
			// To the Cilium data plane there is a way, and none back.
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
	if a := w.AADProfile; p.entra() && a != nil && a.Managed != nil && !*a.Managed {
		// https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id#limitations; the text is inferred.
		return arm.BadRequestf("Microsoft Entra integration cannot be disabled once it is enabled.").At("properties.aadProfile.managed")
	}
	if sp := w.ServicePrincipalProfile; sp != nil && !strings.EqualFold(sp.ClientID, p.ServicePrincipalProfile.ClientID) {
		return changeNotAllowed("servicePrincipalProfile.clientId")
	}
	return nil
}

// sameObject compares an identity of the nodes; a member that the request leaves out is not a change.
func sameObject(have, want KubeletObject) bool {
	return in(want.ResourceID, "", have.ResourceID) && in(want.ClientID, "", have.ClientID) && in(want.ObjectID, "", have.ObjectID)
}

// changeIdentity lets the identity stay or be repeated. Azure can also move a cluster from one kind to another; no
// component of this project does, so the sandbox says that it does not know how.
func changeIdentity(have *Cluster, want *Identity) error {
	if want == nil || want.Type == "" {
		return nil
	}
	kind := "None"
	if have.Identity != nil {
		kind = have.Identity.Type
	}
	same := strings.EqualFold(kind, want.Type)
	if same && in(kind, "UserAssigned") {
		for id := range want.UserAssignedIdentities {
			same = same && slices.ContainsFunc(keys(have.Identity.UserAssignedIdentities), func(k string) bool { return strings.EqualFold(k, id) })
		}
	}
	if !same {
		return arm.BadRequestf("The sandbox does not change the identity of an existing cluster.").At("identity")
	}
	return nil
}

func keys(m map[string]Assigned) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	return list
}

// changePools applies the pools of a cluster PUT. Pools come and go through their own resource only.
func changePools(p *Properties, want []AgentPool) error {
	for _, pool := range want {
		i := slices.IndexFunc(p.AgentPoolProfiles, func(h AgentPool) bool { return h.Name == pool.Name })
		if i < 0 {
			return arm.BadRequestf("A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations. For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api").At("agentPoolProfiles")
		}
		if err := changePool(&p.AgentPoolProfiles[i], pool); err != nil {
			return err
		}
	}
	return checkPools(p)
}

func checkPools(p *Properties) error {
	if err := checkPoolSet(p.AgentPoolProfiles); err != nil {
		return err
	}
	return checkSkew(p.KubernetesVersion, p.AgentPoolProfiles)
}

package clusters

import (
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// checkWhole refuses what a cluster cannot be, given every value that it would have after a request, those that the
// request left out included.
func checkWhole(c *Cluster) error {
	p := &c.Properties
	// https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad: local accounts can be disabled only
	// where users sign in with Entra ID. The text is inferred.
	if on(p.DisableLocalAccounts) && !p.entra() {
		return arm.BadRequestf("Disabling local accounts is only allowed on clusters that are integrated with managed Microsoft Entra ID.").At("properties.disableLocalAccounts")
	}
	if p.EnableRBAC != nil && !*p.EnableRBAC && p.AADProfile != nil {
		return arm.BadRequestf("Microsoft Entra integration requires Kubernetes RBAC.").At("properties.enableRBAC")
	}
	// https://learn.microsoft.com/azure/aks/long-term-support; the text is inferred.
	if in(p.SupportPlan, "AKSLongTermSupport") && !in(c.SKU.Tier, "Premium") {
		return invalid("supportPlan", "The support plan 'AKSLongTermSupport' needs sku.tier 'Premium', not '%s'.", c.SKU.Tier)
	}
	// https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image: the cluster's channel node-image decides about
	// the nodes' images alone. The text is inferred.
	if u := p.AutoUpgradeProfile; u != nil && in(u.UpgradeChannel, "node-image") && !in(u.NodeOSUpgradeChannel, "", "NodeImage") {
		return invalid("autoUpgradeProfile.nodeOSUpgradeChannel", "With upgradeChannel 'node-image' the channel is 'NodeImage', not '%s'.", u.NodeOSUpgradeChannel)
	}
	n, pools := p.NetworkProfile, p.AgentPoolProfiles
	if err := checkPlugin(n, pools); err != nil {
		return err
	}
	if err := checkOutbound(n, pools); err != nil {
		return err
	}
	if err := checkSubnets(n, pools); err != nil {
		return err
	}
	for i := range pools {
		if err := checkPoolWhole(&pools[i]); err != nil {
			return err
		}
		if err := checkWindows(&pools[i], p.KubernetesVersion); err != nil {
			return err
		}
	}
	return checkReach(c)
}

// entra reports whether users sign in to the cluster with Entra ID.
func (p *Properties) entra() bool { return p.AADProfile != nil && on(p.AADProfile.Managed) }

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// checkEntra holds the rules of managed Entra integration (https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id).
// The older kind, with applications of one's own, cannot be had for new clusters. The texts are inferred.
func checkEntra(a *AAD) error {
	if a == nil {
		return nil
	}
	if !on(a.Managed) && (on(a.EnableAzureRBAC) || len(a.AdminGroupObjectIDs) > 0) {
		return invalid("aadProfile.managed", "Microsoft Entra integration is managed: 'managed' is true.")
	}
	for _, id := range a.AdminGroupObjectIDs {
		if !guid.MatchString(id) {
			return refusal("InvalidAdminGroupObjectID", "aadProfile.adminGroupObjectIDs", "The admin group's object ID '%s' is not a GUID.", id)
		}
	}
	if a.TenantID != "" && !guid.MatchString(a.TenantID) {
		return invalid("aadProfile.tenantID", "The tenant ID '%s' is not a GUID.", a.TenantID)
	}
	return nil
}

// fillEntra sets the tenant that users sign in to, which is the subscription's unless told otherwise. The sandbox has no
// other; nobody can sign in to a cluster with one.
func (p *Provider) fillEntra(props *Properties) {
	if !props.entra() {
		return
	}
	setIf(&props.AADProfile.TenantID, p.core.Authority.TenantID)
	setPtr(&props.AADProfile.EnableAzureRBAC, false)
}

package clusters

import (
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// checkComplete refuses combinations of values that a cluster cannot have. It is given all values
// that the cluster would have after a request, including those that the request omits.
func checkComplete(c *Cluster) error {
	p := &c.Properties
	// Local accounts can be disabled only if users sign in with Entra ID
	// (https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad). The text is
	// inferred.
	if ruleLocalAccounts.On() && on(p.DisableLocalAccounts) && !p.entraEnabled() {
		return arm.BadRequestf("Disabling local accounts is only allowed on clusters that are integrated with managed Microsoft Entra ID.").At("properties.disableLocalAccounts")
	}
	if p.EnableRBAC != nil && !*p.EnableRBAC && p.AADProfile != nil {
		return arm.BadRequestf("Microsoft Entra integration requires Kubernetes RBAC.").At("properties.enableRBAC")
	}
	// https://learn.microsoft.com/azure/aks/long-term-support. The text is inferred.
	if ruleLongTerm.On() && in(p.SupportPlan, "AKSLongTermSupport") && !in(c.SKU.Tier, "Premium") {
		return invalid("supportPlan", "The support plan 'AKSLongTermSupport' needs sku.tier 'Premium', not '%s'.", c.SKU.Tier)
	}
	// The upgrade channel node-image alone determines the images of the nodes
	// (https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image). The text is inferred.
	if u := p.AutoUpgradeProfile; u != nil && in(u.UpgradeChannel, "node-image") && !in(u.NodeOSUpgradeChannel, "", "NodeImage") {
		return invalid("autoUpgradeProfile.nodeOSUpgradeChannel", "With upgradeChannel 'node-image' the channel must be 'NodeImage', not '%s'.", u.NodeOSUpgradeChannel)
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
		if err := checkCompletePool(&pools[i]); err != nil {
			return err
		}
		if err := checkWindows(&pools[i], p.KubernetesVersion); err != nil {
			return err
		}
	}
	return checkAccessCombination(c)
}

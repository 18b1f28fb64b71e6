package clusters

import (
	"cmp"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// entraEnabled reports whether users sign in to the cluster with Entra ID.
func (p *Properties) entraEnabled() bool { return p.AADProfile != nil && on(p.AADProfile.Managed) }

// checkEntra refuses settings that managed Entra integration does not allow
// (https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id). The older
// integration, with applications of the customer, is not available for new clusters. The texts are
// inferred.
func checkEntra(a *AAD) error {
	if a == nil {
		return nil
	}
	if !on(a.Managed) && (on(a.EnableAzureRBAC) || len(a.AdminGroupObjectIDs) > 0) {
		return invalid("aadProfile.managed", "Microsoft Entra integration is managed: 'managed' must be true.")
	}
	for _, id := range a.AdminGroupObjectIDs {
		if !azure.IsGUID(id) {
			return refusal("InvalidAdminGroupObjectID", "aadProfile.adminGroupObjectIDs", "The admin group's object ID '%s' is not a GUID.", id)
		}
	}
	if a.TenantID != "" && !azure.IsGUID(a.TenantID) {
		return invalid("aadProfile.tenantID", "The tenant ID '%s' is not a GUID.", a.TenantID)
	}
	return nil
}

// fillEntra sets the tenant of users, which is that of the subscription by default. The sandbox has
// no other tenant, so users cannot sign in to a cluster with another one.
func (p *Provider) fillEntra(props *Properties) {
	if !props.entraEnabled() {
		return
	}
	props.AADProfile.TenantID = cmp.Or(props.AADProfile.TenantID, p.core.Authority.TenantID)
	props.AADProfile.EnableAzureRBAC = cmp.Or(props.AADProfile.EnableAzureRBAC, ptr.To(false))
}

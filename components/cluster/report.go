package cluster

import (
	"slices"
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// report is what Azure says about a managed cluster, be it a resource of this
// program or one that was looked up.
type report struct {
	nodeResourceGroup pulumi.StringPtrOutput
	fqdn, privateFqdn pulumi.StringOutput
	identity          containerservice.ManagedClusterIdentityResponsePtrOutput
	kubelet           containerservice.UserAssignedIdentityResponseMapOutput
	issuer            containerservice.ManagedClusterOIDCIssuerProfileResponsePtrOutput
	// existing is true for a cluster that was looked up: its issuer is the owner's
	// to turn on.
	existing bool
}

func reportOf(m *containerservice.ManagedCluster) report {
	return report{
		nodeResourceGroup: m.NodeResourceGroup, fqdn: m.Fqdn, privateFqdn: m.PrivateFQDN,
		identity: m.Identity, kubelet: m.IdentityProfile, issuer: m.OidcIssuerProfile,
	}
}

func reportOfLookup(m containerservice.LookupManagedClusterResultOutput) report {
	return report{
		nodeResourceGroup: m.NodeResourceGroup(), fqdn: m.Fqdn(), privateFqdn: m.PrivateFQDN(),
		identity: m.Identity(), kubelet: m.IdentityProfile(), issuer: m.OidcIssuerProfile(), existing: true,
	}
}

// identityResponse is how Azure reports the control plane's identity.
type identityResponse = containerservice.ManagedClusterIdentityResponse

// assigned is the user-assigned identity of the control plane, if it has one: AKS
// accepts one at most.
func assigned(identity *identityResponse) (id, principal string) {
	if identity == nil {
		return "", ""
	}
	ids := make([]string, 0, len(identity.UserAssignedIdentities))
	for id := range identity.UserAssignedIdentities {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return "", ""
	}
	id = slices.Min(ids)
	return id, identity.UserAssignedIdentities[id].PrincipalId
}

// principalOf is the object id of the control plane's identity: its own for a
// system-assigned one, else that of the user-assigned one.
func principalOf(identity *identityResponse) string {
	if _, principal := assigned(identity); principal != "" {
		return principal
	}
	if identity == nil {
		return ""
	}
	return identity.PrincipalId
}

// tenantOf is the tenant of the control plane's identity. Azure reports it for a
// system-assigned one only; for the other kind it is read from the issuer's URL,
// https://{region}.oic.prod-aks.azure.com/{tenant}/{cluster}/. It is empty for the
// older form of the URL, which has none.
func tenantOf(identity *identityResponse, issuer string) string {
	if identity != nil && identity.TenantId != "" {
		return identity.TenantId
	}
	parts := strings.Split(strings.TrimSuffix(issuer, "/"), "/")
	if len(parts) == 5 && azure.IsGUID(parts[3]) {
		return parts[3]
	}
	return ""
}

// nodesOf is the identity that pulls images.
func nodesOf(profile map[string]containerservice.UserAssignedIdentityResponse) containerservice.UserAssignedIdentityResponse {
	return profile[kubeletIdentity]
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

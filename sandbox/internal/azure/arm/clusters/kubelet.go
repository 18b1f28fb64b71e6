package clusters

import (
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// kubeletKey names the nodes' identity among a cluster's identities; there is no other.
const kubeletKey = "kubeletidentity"

// adoptKubelet takes the identity that the request gives the nodes
// (https://learn.microsoft.com/azure/aks/pre-created-kubelet-managed-identity). Without one AKS makes it when the cluster
// runs. The control plane must be allowed to assign it; the code and text of that refusal are AKS's. Of the others the
// codes are AKS's (package apierror) and the texts inferred.
func (p *Provider) adoptKubelet(tx *store.Tx, r *arm.Request, doc *Document, given map[string]KubeletObject) error {
	props := &doc.Body.Properties
	props.IdentityProfile = nil
	if len(given) == 0 {
		return nil
	}
	const at = "properties.identityProfile"
	want, ok := given[kubeletKey]
	if !ok || len(given) != 1 {
		names := slices.Sorted(maps.Keys(given))
		return refusal("CustomKubeletIdentityPropertyError", at, "The identity profile has one member, '%s', not '%s'.", kubeletKey, strings.Join(names, "', '"))
	}
	if doc.Body.Identity == nil || !in(doc.Body.Identity.Type, "UserAssigned") {
		return refusal("CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster", at,
			"A kubelet identity of your own is only supported on clusters whose control plane has a user-assigned managed identity.")
	}
	if _, err := p.assign(tx, r, map[string]Assigned{want.ResourceID: {}}); err != nil {
		return err
	}
	kubelet, err := resource.Load[identities.Identity](tx, want.ResourceID)
	if err != nil {
		return err
	}
	have := KubeletObject{ResourceID: kubelet.ID, ClientID: kubelet.Body.ClientID, ObjectID: kubelet.Body.PrincipalID}
	if !sameObject(have, want) {
		return refusal("CustomKubeletIdentityPropertyError", at+"."+kubeletKey,
			"The identity '%s' has client ID '%s' and object ID '%s', not '%s' and '%s'.", have.ResourceID, have.ClientID, have.ObjectID, want.ClientID, want.ObjectID)
	}
	for _, control := range doc.Body.Identity.UserAssignedIdentities {
		may, err := p.mayAssign(tx, control.PrincipalID, kubelet.ID)
		if err != nil {
			return err
		}
		if !may {
			return refusal("CustomKubeletIdentityMissingPermissionError", at+"."+kubeletKey,
				"The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role to assign kubelet identity. You can run 'az role assignment create --assignee <control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope <kubelet-identity-resource-id>' to grant the permission. See https://learn.microsoft.com/en-us/azure/aks/use-managed-identity#add-role-assignment")
		}
	}
	props.IdentityProfile = map[string]KubeletObject{kubeletKey: have}
	return nil
}

// mayAssign reports whether a principal may give a user-assigned identity to a resource. Role definitions write the
// action with a place for the identity's name (…/userAssignedIdentities/*/assign/action) and without.
func (p *Provider) mayAssign(tx *store.Tx, principal, identity string) (bool, error) {
	for _, action := range []string{identities.TypeIdentity + "/assign/action", identities.TypeIdentity + "/" + lastName(identity) + "/assign/action"} {
		may, err := p.core.Checker.May(tx, principal, identity, action)
		if may || err != nil {
			return may, err
		}
	}
	return false, nil
}

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

// kubeletKey is the only key of a cluster's identity profile: the identity of the nodes' kubelets.
const kubeletKey = "kubeletidentity"

// setKubeletIdentity sets the identity that the request gives to the kubelets
// (https://learn.microsoft.com/azure/aks/pre-created-kubelet-managed-identity). Without one, AKS
// creates it when the cluster runs. The control plane must be allowed to assign the identity; code
// and text of that refusal are those of AKS. For the other codes see refusal; their texts are
// inferred.
func (p *Provider) setKubeletIdentity(tx *store.Tx, r *arm.Request, doc *Document, given map[string]KubeletObject) error {
	props := &doc.Body.Properties
	props.IdentityProfile = nil
	if len(given) == 0 {
		return nil
	}
	const at = "properties.identityProfile"
	want, ok := given[kubeletKey]
	if !ok || len(given) != 1 {
		names := slices.Sorted(maps.Keys(given))
		return refusal("CustomKubeletIdentityPropertyError", at, "The identity profile must have one member, '%s', not '%s'.", kubeletKey, strings.Join(names, "', '"))
	}
	if doc.Body.Identity == nil || !in(doc.Body.Identity.Type, "UserAssigned") {
		return refusal("CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster", at,
			"A custom kubelet identity is only supported on clusters whose control plane has a user-assigned managed identity.")
	}
	if _, err := p.assign(tx, r, map[string]Assigned{want.ResourceID: {}}); err != nil {
		return err
	}
	kubelet, err := resource.Load[identities.Identity](tx, want.ResourceID)
	if err != nil {
		return err
	}
	have := *identityObject(kubelet)
	if !sameObject(have, want) {
		return refusal("CustomKubeletIdentityPropertyError", at+"."+kubeletKey,
			"The identity '%s' has client ID '%s' and object ID '%s', not '%s' and '%s'.", have.ResourceID, have.ClientID, have.ObjectID, want.ClientID, want.ObjectID)
	}
	for _, control := range doc.Body.Identity.UserAssignedIdentities {
		allowed, err := p.mayAssign(tx, control.PrincipalID, kubelet.ID)
		if err != nil {
			return err
		}
		if !allowed {
			return refusal("CustomKubeletIdentityMissingPermissionError", at+"."+kubeletKey,
				"The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role to assign kubelet identity. You can run 'az role assignment create --assignee <control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope <kubelet-identity-resource-id>' to grant the permission. See https://learn.microsoft.com/en-us/azure/aks/use-managed-identity#add-role-assignment")
		}
	}
	props.IdentityProfile = map[string]KubeletObject{kubeletKey: have}
	return nil
}

// sameObject reports whether the identity of a request is the given one. A member that the request
// omits is not a difference.
func sameObject(have, want KubeletObject) bool {
	return in(want.ResourceID, "", have.ResourceID) && in(want.ClientID, "", have.ClientID) && in(want.ObjectID, "", have.ObjectID)
}

// identityObject returns an identity in the form of identity profiles and add-ons.
func identityObject(doc *identities.Document) *KubeletObject {
	return &KubeletObject{ResourceID: doc.ID, ClientID: doc.Body.ClientID, ObjectID: doc.Body.PrincipalID}
}

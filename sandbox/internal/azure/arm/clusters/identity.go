package clusters

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// setIdentity sets the identity of the control plane of a new cluster.
func (p *Provider) setIdentity(tx *store.Tx, r *arm.Request, doc *Document, body *Body) error {
	if body.Identity == nil || in(body.Identity.Type, "", "None") {
		return p.setServicePrincipal(tx, doc, body)
	}
	doc.Body.Properties.ServicePrincipalProfile = &ServicePrincipal{ClientID: "msi"}
	if in(body.Identity.Type, "SystemAssigned") {
		sp, err := directory.AddManagedIdentity(tx, doc.Name, doc.ID, doc.Created)
		doc.Body.Principal = sp.ID
		doc.Body.Identity = &Identity{Type: "SystemAssigned", PrincipalID: sp.ID, TenantID: p.core.Authority.TenantID}
		return err
	}
	assigned, err := p.assign(tx, r, body.Identity.UserAssignedIdentities)
	doc.Body.Identity = &Identity{Type: "UserAssigned", UserAssignedIdentities: assigned}
	return err
}

// setServicePrincipal sets the service principal of a cluster without a managed identity.
func (p *Provider) setServicePrincipal(tx *store.Tx, doc *Document, body *Body) error {
	clientID := body.Properties.ServicePrincipalProfile.ClientID
	sp, err := directory.PrincipalByAppID(tx, clientID)
	if err != nil {
		return err
	}
	if sp == nil {
		return arm.Errorf(http.StatusBadRequest, "ServicePrincipalNotFound",
			"Service principal clientID: %s not found in Active Directory tenant %s, Please see https://aka.ms/aks-sp-help for more details.", clientID, p.core.Authority.TenantID)
	}
	// The secret is not stored, and the API does not show it.
	doc.Body.Properties.ServicePrincipalProfile = &ServicePrincipal{ClientID: sp.AppID}
	return nil
}

// principalOf returns the object ID of the control plane's identity; "" if it no longer exists.
func (p *Provider) principalOf(tx *store.Tx, doc *Document) (string, error) {
	if doc.Body.Identity == nil {
		sp, err := directory.PrincipalByAppID(tx, doc.Body.Properties.ServicePrincipalProfile.ClientID)
		if err != nil || sp == nil {
			return "", err
		}
		return sp.ID, nil
	}
	for _, assigned := range doc.Body.Identity.UserAssignedIdentities {
		return assigned.PrincipalID, nil // a cluster has exactly one
	}
	return doc.Body.Principal, nil
}

// assign checks that the identities exist and that the caller is allowed to assign them to a
// resource.
func (p *Provider) assign(tx *store.Tx, r *arm.Request, wanted map[string]Assigned) (map[string]Assigned, error) {
	assigned := make(map[string]Assigned, len(wanted))
	for id := range wanted {
		doc, err := resource.Load[identities.Identity](tx, id)
		if err != nil {
			return nil, err
		}
		if doc == nil || doc.Type != identities.TypeIdentity {
			return nil, arm.Errorf(http.StatusBadRequest, "FailedIdentityOperation",
				"Identity operation for resource '%s' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{\"error\":{\"code\":\"BadRequest\",\"message\":\"Resource '%s' was not found.\"}}'.'.",
				r.ID.String(), id)
		}
		allowed, err := p.mayAssign(tx, r.Caller.ObjectID, doc.ID)
		if err != nil {
			return nil, err
		}
		if !allowed {
			return nil, linkRefused(r, identities.TypeIdentity+"/assign/action", doc.ID)
		}
		// The key stays as the request has it, whatever case the identity's own ID has.
		assigned[id] = Assigned{PrincipalID: doc.Body.PrincipalID, ClientID: doc.Body.ClientID}
	}
	return assigned, nil
}

// mayAssign reports whether a principal is allowed to assign a user-assigned identity to a
// resource. Role definitions write the action with a segment for the name of the identity
// (…/userAssignedIdentities/*/assign/action) and without.
func (p *Provider) mayAssign(tx *store.Tx, principal, identity string) (bool, error) {
	for _, action := range []string{
		identities.TypeIdentity + "/assign/action",
		identities.TypeIdentity + "/" + lastName(identity) + "/assign/action",
	} {
		allowed, err := p.core.Checker.May(tx, principal, identity, action)
		if allowed || err != nil {
			return allowed, err
		}
	}
	return false, nil
}

// changeIdentity refuses a change of the identity. Azure can change the kind of identity of a
// cluster; no component of this project does, so the sandbox does not implement it.
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
		assigned := slices.Collect(maps.Keys(have.Identity.UserAssignedIdentities))
		for id := range want.UserAssignedIdentities {
			same = same && in(id, assigned...)
		}
	}
	if !same {
		return arm.BadRequestf("The sandbox does not change the identity of an existing cluster.").At("identity")
	}
	return nil
}

// checkIdentity refuses a cluster unless it has either a managed identity or a service principal.
func checkIdentity(b *Body) error {
	kind := "None"
	if b.Identity != nil && b.Identity.Type != "" {
		kind = b.Identity.Type
	}
	sp := b.Properties.ServicePrincipalProfile
	hasSP := sp != nil && sp.ClientID != "" && !strings.EqualFold(sp.ClientID, "msi")
	switch {
	case !in(kind, "None", "SystemAssigned", "UserAssigned"):
		return invalid("identity.type", "The identity type '%s' must be 'SystemAssigned', 'UserAssigned' or 'None'.", kind)
	case in(kind, "None") && !hasSP:
		return missing("servicePrincipalProfile")
	case !in(kind, "None") && hasSP:
		return arm.BadRequestf("A cluster has either a managed identity or a service principal, not both: identity.type is '%s' and servicePrincipalProfile.clientId is '%s'.", kind, sp.ClientID).At("identity")
	case in(kind, "UserAssigned") && len(b.Identity.UserAssignedIdentities) != 1:
		return invalid("identity.userAssignedIdentities", "A cluster with identity type 'UserAssigned' must have exactly one user-assigned identity, not %d.", len(b.Identity.UserAssignedIdentities))
	case !in(kind, "UserAssigned") && b.Identity != nil && len(b.Identity.UserAssignedIdentities) > 0:
		return invalid("identity.userAssignedIdentities", "User-assigned identities need identity type 'UserAssigned'.")
	}
	return nil
}

package clusters

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// assign checks that the identities exist and that the caller may give them to a resource.
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
		may, err := p.mayAssign(tx, r.Caller.ObjectID, doc.ID)
		if err != nil {
			return nil, err
		}
		if !may {
			return nil, linkRefused(r, identities.TypeIdentity+"/assign/action", doc.ID)
		}
		assigned[doc.ID] = Assigned{PrincipalID: doc.Body.PrincipalID, ClientID: doc.Body.ClientID}
	}
	return assigned, nil
}

// linkRefused is ARM's answer to a caller who may write a resource and not use another one that it names.
func linkRefused(r *arm.Request, action, linked string) error {
	return arm.Errorf(http.StatusForbidden, "LinkedAuthorizationFailed",
		"The client '%s' with object id '%s' has permission to perform action '%s/write' on scope '%s'; however, it does not have permission to perform action(s) '%s' on the linked scope(s) '%s' (respectively) or the linked scope(s) are invalid.",
		r.Caller.AppID, r.Caller.ObjectID, TypeCluster, r.ID.String(), action, linked)
}

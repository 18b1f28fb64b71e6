package graph

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// authorizationPolicy is the part of the tenant's policy that the sandbox has
// (https://learn.microsoft.com/graph/api/resources/authorizationpolicy).
type authorizationPolicy struct {
	Context     string `json:"@odata.context,omitempty"`
	ID          string `json:"id,omitempty"`
	Permissions struct {
		// AllowedToCreateApps is "Users can register applications" in the portal.
		AllowedToCreateApps *bool `json:"allowedToCreateApps,omitempty"`
	} `json:"defaultUserRolePermissions"`
}

// policies serves policies/authorizationPolicy. Who manages every application may also change it
// here; in Entra that is Policy.ReadWrite.Authorization.
func (c *call) policies(path []string) (response, error) {
	if len(path) != 1 || !strings.EqualFold(path[0], "authorizationPolicy") {
		return response{}, badRequest("Resource not found for the segment 'policies'.")
	}
	switch c.Method {
	case http.MethodGet:
		shown := authorizationPolicy{Context: c.base + "/$metadata#policies/authorizationPolicy/$entity", ID: "authorizationPolicy"}
		err := c.server.Store.View(func(tx *store.Tx) error {
			s, err := directory.GetSettings(tx)
			allowed := !s.UsersMayNotRegister
			shown.Permissions.AllowedToCreateApps = &allowed
			return err
		})
		return response{http.StatusOK, shown}, err
	case http.MethodPatch:
		if !c.caller.managesAll() {
			return response{}, denied()
		}
		var body authorizationPolicy
		if err := c.read(&body); err != nil {
			return response{}, err
		}
		return response{status: http.StatusNoContent}, c.server.Store.Update(func(tx *store.Tx) error {
			s, err := directory.GetSettings(tx)
			if err != nil {
				return err
			}
			if allowed := body.Permissions.AllowedToCreateApps; allowed != nil {
				s.UsersMayNotRegister = !*allowed
			}
			return directory.PutSettings(tx, s)
		})
	}
	return response{}, c.notAllowed()
}

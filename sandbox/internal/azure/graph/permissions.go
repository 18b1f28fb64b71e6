package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// graphAppID is the client ID of Microsoft Graph in every tenant.
const graphAppID = "00000003-0000-0000-c000-000000000000"

// appRole is an application permission that an application offers.
type appRole struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// appRoles are the application permissions of Graph that the sandbox knows. The ids are the same in
// every tenant (https://learn.microsoft.com/graph/permissions-reference).
var appRoles = []appRole{
	{"9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", RoleRead},
	{"1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", RoleManage},
	{"18a4783c-866b-4cc7-a460-3d5e5662c884", RoleManageOwned},
}

// graphPrincipal returns the service principal of Graph itself, which every tenant has. Its object
// ID differs from tenant to tenant.
func (c *call) graphPrincipal() servicePrincipal {
	tenant, _ := uuid.Parse(c.server.Authority.TenantID) // the sandbox's own
	shown := c.showPrincipal(directory.ServicePrincipal{
		ID: uuid.NewSHA1(tenant, []byte(graphAppID)).String(), AppID: graphAppID, DisplayName: "Microsoft Graph", Kind: directory.KindApplication,
	}, false)
	shown.AppRoles = appRoles
	return shown
}

// isGraph reports whether a key of servicePrincipals is that of Graph itself.
func (c *call) isGraph(id string) bool {
	return strings.EqualFold(id, c.graphPrincipal().ID) || id == "appId='"+graphAppID+"'"
}

// permission is an application permission that a service principal has
// (https://learn.microsoft.com/graph/api/resources/approleassignment).
type permission struct {
	ID          string `json:"id,omitempty"`
	AppRoleID   string `json:"appRoleId"`
	PrincipalID string `json:"principalId"`
	ResourceID  string `json:"resourceId"`
}

// permissions serves servicePrincipals/{id}/appRoleAssignments. Who manages every application may
// also give permissions here; in Entra that is AppRoleAssignment.ReadWrite.All.
func (c *call) permissions(id string, path []string) (response, error) {
	switch {
	case c.Method != http.MethodGet && !c.caller.managesAll():
		return response{}, denied()
	case c.Method == http.MethodGet && len(path) == 0:
		return c.listPermissions(id)
	case c.Method == http.MethodPost && len(path) == 0:
		return c.givePermission(id)
	case c.Method == http.MethodDelete && len(path) == 1:
		return response{status: http.StatusNoContent}, c.changePermissions(id, func(sp *directory.ServicePrincipal) error {
			i := slices.IndexFunc(sp.GraphRoles, func(value string) bool { return c.permission(sp.ID, value).ID == path[0] })
			if i < 0 {
				return notFound(path[0])
			}
			sp.GraphRoles = slices.Delete(sp.GraphRoles, i, i+1)
			return nil
		})
	}
	return response{}, c.notAllowed()
}

// permission returns the permission of a service principal in the form of Graph.
func (c *call) permission(principalID, value string) permission {
	role := appRoles[slices.IndexFunc(appRoles, func(r appRole) bool { return r.Value == value })]
	principal, _ := uuid.Parse(principalID)
	return permission{
		ID: uuid.NewSHA1(principal, []byte(role.ID)).String(), AppRoleID: role.ID, PrincipalID: principalID, ResourceID: c.graphPrincipal().ID,
	}
}

func (c *call) listPermissions(id string) (response, error) {
	var items []any
	err := c.server.Store.View(func(tx *store.Tx) error {
		sp, err := findPrincipal(tx, id)
		if err != nil {
			return err
		}
		for _, value := range sp.GraphRoles {
			items = append(items, c.permission(sp.ID, value))
		}
		return nil
	})
	return c.page("appRoleAssignments", items), err
}

func (c *call) givePermission(id string) (response, error) {
	var body permission
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	i := slices.IndexFunc(appRoles, func(r appRole) bool { return strings.EqualFold(r.ID, body.AppRoleID) })
	if i < 0 || !strings.EqualFold(body.ResourceID, c.graphPrincipal().ID) {
		return response{}, badRequest("Permission being assigned was not found on application '%s'. The sandbox has some application permissions of Microsoft Graph.", body.ResourceID)
	}
	var given permission
	err := c.changePermissions(id, func(sp *directory.ServicePrincipal) error {
		if !strings.EqualFold(body.PrincipalID, sp.ID) {
			return badRequest("The principalId '%s' is not the service principal of the request.", body.PrincipalID)
		}
		if slices.Contains(sp.GraphRoles, appRoles[i].Value) {
			return badRequest("Permission being assigned already exists on the object")
		}
		sp.GraphRoles = append(sp.GraphRoles, appRoles[i].Value)
		given = c.permission(sp.ID, appRoles[i].Value)
		return nil
	})
	return response{http.StatusCreated, given}, err
}

// changePermissions stores the changes that f makes to a service principal.
func (c *call) changePermissions(id string, f func(*directory.ServicePrincipal) error) error {
	return c.server.Store.Update(func(tx *store.Tx) error {
		sp, err := findPrincipal(tx, id)
		if err != nil {
			return err
		}
		if err := f(sp); err != nil {
			return err
		}
		return tx.Put(store.Principals, sp.ID, sp)
	})
}

package graph

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// servicePrincipal is a service principal in the form of Graph.
type servicePrincipal struct {
	Context                string   `json:"@odata.context,omitempty"`
	ID                     string   `json:"id,omitempty"`
	DisplayName            string   `json:"displayName,omitempty"`
	AppDisplayName         string   `json:"appDisplayName,omitempty"`
	ServicePrincipalType   string   `json:"servicePrincipalType,omitempty"`
	ServicePrincipalNames  []string `json:"servicePrincipalNames,omitempty"`
	AppOwnerOrganizationID string   `json:"appOwnerOrganizationId,omitempty"`
	CreatedDateTime        string   `json:"createdDateTime,omitempty"`
	// A principal of the sandbox has neither a password nor a key.
	PasswordCredentials []any `json:"passwordCredentials"`
	KeyCredentials      []any `json:"keyCredentials"`
	// AppRoles are the permissions that the application offers; here only Graph's own.
	AppRoles []appRole `json:"appRoles,omitempty"`
	principalBody
}

// principalBody holds the properties of a service principal that a client can write. The display
// name is the application's.
type principalBody struct {
	AppID              string    `json:"appId,omitempty"` // at creation only
	AlternativeNames   *[]string `json:"alternativeNames,omitempty"`
	LoginURL           optional  `json:"loginUrl,omitzero"`
	AccountEnabled     *bool     `json:"accountEnabled,omitempty"`
	AssignmentRequired *bool     `json:"appRoleAssignmentRequired,omitempty"`
	Description        optional  `json:"description,omitzero"`
	Notes              optional  `json:"notes,omitzero"`
	Tags               *[]string `json:"tags,omitempty"`
	// Owners are references to the further owners of a new service principal.
	Owners []string `json:"owners@odata.bind,omitempty"`
}

func (c *call) showPrincipal(sp directory.ServicePrincipal, single bool) servicePrincipal {
	enabled := !sp.Disabled
	tags, alternatives := append([]string{}, sp.Tags...), append([]string{}, sp.AlternativeNames...)
	shown := servicePrincipal{
		ID: sp.ID, DisplayName: sp.DisplayName, ServicePrincipalType: sp.Kind, ServicePrincipalNames: []string{sp.AppID},
		CreatedDateTime: sp.Created.UTC().Format(stamp), PasswordCredentials: []any{}, KeyCredentials: []any{},
		principalBody: principalBody{
			AppID: sp.AppID, AccountEnabled: &enabled, AssignmentRequired: &sp.AssignmentRequired, Tags: &tags,
			Description: optionalText(sp.Description), Notes: optionalText(sp.Notes), LoginURL: optionalText(sp.LoginURL),
		},
	}
	if sp.Kind == directory.KindApplication {
		shown.AppDisplayName, shown.AppOwnerOrganizationID = sp.DisplayName, c.server.Authority.TenantID
	}
	if sp.ResourceID != "" {
		alternatives = []string{"isExplicit=True", sp.ResourceID}
	}
	shown.AlternativeNames = &alternatives
	if single {
		shown.Context = c.base + "/$metadata#servicePrincipals/$entity"
	}
	return shown
}

func (c *call) servicePrincipals(path []string) (response, error) {
	if len(path) == 0 {
		switch c.Method {
		case http.MethodGet:
			return c.listPrincipals()
		case http.MethodPost:
			return c.createPrincipal()
		}
		return response{}, c.notAllowed()
	}
	id, rest := path[0], path[1:] // an object ID, or appId='…'
	if len(rest) > 0 {
		switch strings.ToLower(rest[0]) {
		case "owners":
			return c.owners(c.ownersOfPrincipal(id), rest[1:])
		case "approleassignments":
			return c.permissions(id, rest[1:])
		}
		return response{}, badRequest("Resource not found for the segment '%s'.", rest[0])
	}
	switch c.Method {
	case http.MethodGet:
		if c.isGraph(id) {
			return response{http.StatusOK, c.graphPrincipal()}, nil
		}
		var a response
		err := c.server.Store.View(func(tx *store.Tx) error {
			sp, err := findPrincipal(tx, id)
			if err == nil {
				a = response{http.StatusOK, c.showPrincipal(*sp, true)}
			}
			return err
		})
		return a, err
	case http.MethodPatch:
		return c.patchPrincipal(id)
	case http.MethodDelete:
		return c.deletePrincipal(id)
	}
	return response{}, c.notAllowed()
}

// findPrincipal reads a service principal by object ID or appId='…'.
func findPrincipal(tx *store.Tx, id string) (*directory.ServicePrincipal, error) {
	var sp *directory.ServicePrincipal
	var err error
	if appID, ok := strings.CutPrefix(id, "appId="); ok {
		sp, err = directory.PrincipalByAppID(tx, strings.Trim(appID, "'"))
	} else {
		sp, err = directory.Principal(tx, id)
	}
	if err == nil && sp == nil {
		err = notFound(id)
	}
	return sp, err
}

func (c *call) listPrincipals() (response, error) {
	keep, err := c.filter(filterable{
		[]string{"appId", "displayName", "id", "servicePrincipalType"}, []string{"servicePrincipalNames", "alternativeNames", "tags"},
	})
	if err != nil {
		return response{}, err
	}
	var items []any
	err = c.server.Store.View(func(tx *store.Tx) error {
		all, err := store.List[directory.ServicePrincipal](tx, store.Principals, "")
		for _, sp := range all {
			shown := c.showPrincipal(sp, false)
			properties := map[string][]string{
				"appId": {sp.AppID}, "displayName": {sp.DisplayName}, "id": {sp.ID}, "servicePrincipalType": {sp.Kind},
				"servicePrincipalNames": shown.ServicePrincipalNames, "alternativeNames": *shown.AlternativeNames, "tags": sp.Tags,
			}
			if keep(func(p string) []string { return properties[p] }) {
				items = append(items, shown)
			}
		}
		return err
	})
	itself := c.graphPrincipal()
	properties := map[string][]string{
		"appId": {itself.AppID}, "displayName": {itself.DisplayName}, "id": {itself.ID}, "servicePrincipalType": {itself.ServicePrincipalType},
		"servicePrincipalNames": itself.ServicePrincipalNames,
	}
	if keep(func(p string) []string { return properties[p] }) {
		items = append(items, itself)
	}
	return c.page("servicePrincipals", items), err
}

// apply writes the given properties to the service principal.
func (b principalBody) apply(sp *directory.ServicePrincipal) {
	b.Description.write(&sp.Description)
	b.Notes.write(&sp.Notes)
	b.LoginURL.write(&sp.LoginURL)
	sp.AlternativeNames = ptr.Deref(b.AlternativeNames, sp.AlternativeNames)
	sp.Tags = ptr.Deref(b.Tags, sp.Tags)
	sp.AssignmentRequired = ptr.Deref(b.AssignmentRequired, sp.AssignmentRequired)
	sp.Disabled = !ptr.Deref(b.AccountEnabled, !sp.Disabled)
}

func (c *call) createPrincipal() (response, error) {
	var body principalBody
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	if _, err := uuid.Parse(body.AppID); err != nil {
		return response{}, badRequest("Invalid value specified for property 'appId' of resource 'ServicePrincipal'.")
	}
	var sp directory.ServicePrincipal
	err := c.server.Store.Update(func(tx *store.Tx) error {
		app, err := directory.ApplicationByAppID(tx, body.AppID)
		if err != nil {
			return err
		}
		if app == nil {
			return badRequest("The appId '%s' of the service principal does not reference a valid application object.", body.AppID)
		}
		if !c.caller.mayChange(app.Owners) {
			return denied()
		}
		have, err := directory.PrincipalByAppID(tx, body.AppID)
		if err != nil {
			return err
		}
		if have != nil {
			return failf(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "The service principal cannot be created, updated, or restored because the service principal name %s is already in use.", body.AppID)
		}
		sp = directory.ServicePrincipal{
			ID: uuid.NewString(), AppID: app.AppID, DisplayName: app.DisplayName,
			Kind: directory.KindApplication, Created: c.server.Now().UTC(),
		}
		body.apply(&sp)
		if sp.Owners, err = c.newOwners(tx, body.Owners); err != nil {
			return err
		}
		return tx.Put(store.Principals, sp.ID, sp)
	})
	return response{http.StatusCreated, c.showPrincipal(sp, true)}, err
}

func (c *call) patchPrincipal(id string) (response, error) {
	var body principalBody
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	err := c.server.Store.Update(func(tx *store.Tx) error {
		sp, err := c.ownPrincipal(tx, id)
		if err != nil {
			return err
		}
		if body.AppID != "" && !strings.EqualFold(body.AppID, sp.AppID) {
			return badRequest("The property 'appId' of a service principal is immutable.")
		}
		body.apply(sp)
		return tx.Put(store.Principals, sp.ID, sp)
	})
	return response{status: http.StatusNoContent}, err
}

func (c *call) deletePrincipal(id string) (response, error) {
	err := c.server.Store.Update(func(tx *store.Tx) error {
		sp, err := c.ownPrincipal(tx, id)
		if err != nil {
			return err
		}
		if sp.Kind == directory.KindManagedIdentity {
			return failf(http.StatusForbidden, "Authorization_RequestDenied", "A service principal of a managed identity cannot be deleted here; delete the identity '%s'.", sp.ResourceID)
		}
		return directory.RemovePrincipal(tx, sp.ID)
	})
	return response{status: http.StatusNoContent}, err
}

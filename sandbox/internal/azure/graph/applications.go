package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// application is an app registration in the form of Graph.
type application struct {
	Context         string `json:"@odata.context,omitempty"`
	ID              string `json:"id,omitempty"`
	AppID           string `json:"appId,omitempty"`
	CreatedDateTime string `json:"createdDateTime,omitempty"`
	DeletedDateTime string `json:"deletedDateTime,omitempty"`
	PublisherDomain string `json:"publisherDomain,omitempty"`
	applicationBody
}

// applicationBody holds the properties of an app registration that a client can write. Clients
// always send the blocks about the sign-in of users, so these are accepted when they are empty.
type applicationBody struct {
	DisplayName    *string   `json:"displayName,omitempty"`
	Description    optional  `json:"description,omitzero"`
	Notes          optional  `json:"notes,omitzero"`
	SignInAudience *string   `json:"signInAudience,omitempty"`
	Tags           *[]string `json:"tags,omitempty"`
	IdentifierURIs *[]string `json:"identifierUris,omitempty"`
	// Owners are references to the further owners of a new application.
	Owners []string `json:"owners@odata.bind,omitempty"`
	// Accepted only when empty, and shown so: az reads the first two of every application.
	PasswordCredentials    *[]any `json:"passwordCredentials,omitempty"`
	KeyCredentials         *[]any `json:"keyCredentials,omitempty"`
	AppRoles               *[]any `json:"appRoles,omitempty"`
	RequiredResourceAccess *[]any `json:"requiredResourceAccess,omitempty"`
	// Accepted only when empty.
	API            map[string]any `json:"api,omitempty"`
	Web            map[string]any `json:"web,omitempty"`
	SPA            map[string]any `json:"spa,omitempty"`
	PublicClient   map[string]any `json:"publicClient,omitempty"`
	OptionalClaims map[string]any `json:"optionalClaims,omitempty"`
}

// signInAudiences are the values of signInAudience
// (https://learn.microsoft.com/graph/api/resources/application#signinaudience-values).
var signInAudiences = []string{
	"AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount",
}

// stamp is the format of times in Graph.
const stamp = "2006-01-02T15:04:05Z"

func (c *call) showApplication(a directory.Application, single bool) application {
	list := func(s []string) *[]string { l := append([]string{}, s...); return &l }
	shown := application{
		ID: a.ID, AppID: a.AppID, CreatedDateTime: a.Created.UTC().Format(stamp), PublisherDomain: "sandbox.invalid",
		applicationBody: applicationBody{
			DisplayName: &a.DisplayName, SignInAudience: &a.Audience, Tags: list(a.Tags), IdentifierURIs: list(a.IdentifierURIs),
			Description: optionalText(a.Description), Notes: optionalText(a.Notes),
			PasswordCredentials: &[]any{}, KeyCredentials: &[]any{}, AppRoles: &[]any{}, RequiredResourceAccess: &[]any{},
		},
	}
	if a.Deleted != nil {
		shown.DeletedDateTime = a.Deleted.UTC().Format(stamp)
	}
	if single {
		shown.Context = c.base + "/$metadata#applications/$entity"
	}
	return shown
}

// check refuses values that Graph refuses or the sandbox does not implement.
func (b applicationBody) check() error {
	given := func(list *[]any) int { return len(ptr.Deref(list, nil)) }
	if given(b.PasswordCredentials) > 0 || given(b.KeyCredentials) > 0 {
		return badRequest("The sandbox never creates passwords or keys: 'passwordCredentials' and 'keyCredentials' must be empty. Use a federated identity credential.")
	}
	for name, n := range map[string]int{
		"appRoles": given(b.AppRoles), "requiredResourceAccess": given(b.RequiredResourceAccess), "optionalClaims": filled(b.OptionalClaims),
		"api": filled(b.API), "web": filled(b.Web), "spa": filled(b.SPA), "publicClient": filled(b.PublicClient),
	} {
		if n > 0 {
			return badRequest("The sandbox does not implement the property '%s' of an application and accepts no value for it.", name)
		}
	}
	if b.SignInAudience != nil && !slices.Contains(signInAudiences, *b.SignInAudience) {
		return badRequest("Invalid value specified for property 'signInAudience' of resource 'Application'.")
	}
	if b.DisplayName != nil && (len(*b.DisplayName) == 0 || len([]rune(*b.DisplayName)) > 256) {
		return badRequest("Invalid value specified for property 'displayName' of resource 'Application'.")
	}
	return nil
}

// filled counts the values in a block: members that are neither null, false nor empty, in nested
// blocks too.
func filled(block map[string]any) int {
	n := 0
	for _, v := range block {
		switch v := v.(type) {
		case nil:
		case bool:
			if v {
				n++
			}
		case string:
			n += min(len(v), 1)
		case []any:
			n += len(v)
		case map[string]any:
			n += filled(v)
		default:
			n++
		}
	}
	return n
}

// apply writes the given properties to the application.
func (b applicationBody) apply(a *directory.Application) {
	a.DisplayName = ptr.Deref(b.DisplayName, a.DisplayName)
	b.Description.write(&a.Description)
	b.Notes.write(&a.Notes)
	a.Audience = ptr.Deref(b.SignInAudience, a.Audience)
	a.Tags = ptr.Deref(b.Tags, a.Tags)
	a.IdentifierURIs = ptr.Deref(b.IdentifierURIs, a.IdentifierURIs)
}

func (c *call) applications(path []string) (response, error) {
	if len(path) == 0 {
		switch c.Method {
		case http.MethodGet:
			return c.listApplications()
		case http.MethodPost:
			return c.createApplication()
		}
		return response{}, c.notAllowed()
	}
	id, rest := path[0], path[1:] // an object ID, or appId='…'
	if len(rest) > 0 {
		switch strings.ToLower(rest[0]) {
		case "federatedidentitycredentials":
			return c.credentials(id, rest[1:])
		case "owners":
			return c.owners(c.ownersOfApplication(id), rest[1:])
		}
		return response{}, badRequest("Resource not found for the segment '%s'.", rest[0])
	}
	switch c.Method {
	case http.MethodGet:
		var a response
		err := c.server.Store.View(func(tx *store.Tx) error {
			app, err := findApplication(tx, id)
			if err == nil {
				a = response{http.StatusOK, c.showApplication(*app, true)}
			}
			return err
		})
		return a, err
	case http.MethodPatch:
		return c.patchApplication(id)
	case http.MethodDelete:
		return c.deleteApplication(id)
	}
	return response{}, c.notAllowed()
}

// findApplication reads an application that is not soft-deleted, by object ID or appId='…'.
func findApplication(tx *store.Tx, id string) (*directory.Application, error) {
	var app *directory.Application
	var err error
	if appID, ok := strings.CutPrefix(id, "appId="); ok {
		app, err = directory.ApplicationByAppID(tx, strings.Trim(appID, "'"))
	} else {
		app, err = directory.GetApplication(tx, id)
	}
	if err != nil {
		return nil, err
	}
	if app == nil || app.Deleted != nil {
		return nil, notFound(id)
	}
	return app, nil
}

func (c *call) listApplications() (response, error) {
	keep, err := c.filter(filterable{[]string{"appId", "displayName", "id"}, []string{"identifierUris", "tags"}})
	if err != nil {
		return response{}, err
	}
	var items []any
	err = c.server.Store.View(func(tx *store.Tx) error {
		all, err := store.List[directory.Application](tx, store.Applications, "")
		for _, a := range all {
			properties := map[string][]string{
				"appId": {a.AppID}, "displayName": {a.DisplayName}, "id": {a.ID}, "identifierUris": a.IdentifierURIs, "tags": a.Tags,
			}
			if a.Deleted == nil && keep(func(p string) []string { return properties[p] }) {
				items = append(items, c.showApplication(a, false))
			}
		}
		return err
	})
	return c.page("applications", items), err
}

func (c *call) createApplication() (response, error) {
	var body applicationBody
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	if err := body.check(); err != nil {
		return response{}, err
	}
	if body.DisplayName == nil {
		return response{}, badRequest("Property displayName is required on resource 'Application'.")
	}
	a := directory.Application{
		ID: uuid.NewString(), AppID: uuid.NewString(), Audience: "AzureADMyOrg", Created: c.server.Now().UTC(),
	}
	body.apply(&a)
	err := c.server.Store.Update(func(tx *store.Tx) error {
		settings, err := directory.GetSettings(tx)
		if err != nil {
			return err
		}
		if !c.caller.mayCreate(settings) {
			return denied()
		}
		if a.Owners, err = c.newOwners(tx, body.Owners); err != nil {
			return err
		}
		return tx.Put(store.Applications, a.ID, a)
	})
	return response{http.StatusCreated, c.showApplication(a, true)}, err
}

func (c *call) patchApplication(id string) (response, error) {
	var body applicationBody
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	if err := body.check(); err != nil {
		return response{}, err
	}
	err := c.server.Store.Update(func(tx *store.Tx) error {
		a, err := c.ownApplication(tx, id)
		if err != nil {
			return err
		}
		body.apply(a)
		return tx.Put(store.Applications, a.ID, a)
	})
	return response{status: http.StatusNoContent}, err
}

// deleteApplication moves the application to the deleted items and deletes its service principal.
func (c *call) deleteApplication(id string) (response, error) {
	err := c.server.Store.Update(func(tx *store.Tx) error {
		a, err := c.ownApplication(tx, id)
		if err != nil {
			return err
		}
		now := c.server.Now().UTC()
		a.Deleted = &now
		if err := tx.Put(store.Applications, a.ID, a); err != nil {
			return err
		}
		sp, err := directory.PrincipalByAppID(tx, a.AppID)
		if err != nil || sp == nil {
			return err
		}
		return directory.RemovePrincipal(tx, sp.ID)
	})
	return response{status: http.StatusNoContent}, err
}

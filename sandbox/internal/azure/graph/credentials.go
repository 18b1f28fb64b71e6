package graph

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// credential is a federated identity credential of an application in the form of Graph
// (https://learn.microsoft.com/graph/api/resources/federatedidentitycredential).
type credential struct {
	Context     string   `json:"@odata.context,omitempty"`
	ID          string   `json:"id,omitempty"`
	Name        string   `json:"name,omitempty"`
	Issuer      *string  `json:"issuer,omitempty"`
	Subject     *string  `json:"subject,omitempty"`
	Description optional `json:"description,omitzero"`
	Audiences   []string `json:"audiences,omitempty"`
	// ClaimsMatchingExpression is refused: flexible credentials match GitHub, GitLab and Terraform
	// Cloud only.
	ClaimsMatchingExpression any `json:"claimsMatchingExpression,omitempty"`
}

func (c *call) showCredential(appObjectID string, f directory.Credential, single bool) credential {
	shown := credential{
		ID: f.ID, Name: f.Name, Issuer: &f.Issuer, Subject: &f.Subject, Audiences: f.Audiences,
		Description: optionalText(f.Description),
	}
	if single {
		shown.Context = c.base + "/$metadata#applications('" + appObjectID + "')/federatedIdentityCredentials/$entity"
	}
	return shown
}

func (c *call) credentials(appID string, path []string) (response, error) {
	if len(path) == 0 {
		switch c.Method {
		case http.MethodGet:
			return c.listCredentials(appID)
		case http.MethodPost:
			return c.createCredential(appID)
		}
		return response{}, c.notAllowed()
	}
	name := path[0]
	switch c.Method {
	case http.MethodGet:
		var a response
		err := c.server.Store.View(func(tx *store.Tx) error {
			app, f, err := findCredential(tx, appID, name)
			if err == nil {
				a = response{http.StatusOK, c.showCredential(app.ID, *f, true)}
			}
			return err
		})
		return a, err
	case http.MethodPatch:
		return c.patchCredential(appID, name)
	case http.MethodDelete:
		err := c.server.Store.Update(func(tx *store.Tx) error {
			if _, err := c.ownApplication(tx, appID); err != nil {
				return err
			}
			app, f, err := findCredential(tx, appID, name)
			if err != nil {
				return err
			}
			return directory.RemoveCredential(tx, app.AppID, f.Name)
		})
		return response{status: http.StatusNoContent}, err
	}
	return response{}, c.notAllowed()
}

// findCredential reads a credential by ID, by name, or by name='…'.
func findCredential(tx *store.Tx, appID, name string) (*directory.Application, *directory.Credential, error) {
	app, err := findApplication(tx, appID)
	if err != nil {
		return nil, nil, err
	}
	want := strings.Trim(strings.TrimPrefix(name, "name="), "'")
	all, err := directory.Credentials(tx, app.AppID)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		if strings.EqualFold(f.ID, want) || strings.EqualFold(f.Name, want) {
			return app, &f, nil
		}
	}
	return app, nil, notFound(want)
}

func (c *call) listCredentials(appID string) (response, error) {
	keep, err := c.filter(filterable{single: []string{"name", "issuer", "subject"}})
	if err != nil {
		return response{}, err
	}
	var items []any
	err = c.server.Store.View(func(tx *store.Tx) error {
		app, err := findApplication(tx, appID)
		if err != nil {
			return err
		}
		all, err := directory.Credentials(tx, app.AppID)
		for _, f := range all {
			properties := map[string][]string{"name": {f.Name}, "issuer": {f.Issuer}, "subject": {f.Subject}}
			if keep(func(p string) []string { return properties[p] }) {
				items = append(items, c.showCredential(app.ID, f, false))
			}
		}
		return err
	})
	return c.page("applications('"+appID+"')/federatedIdentityCredentials", items), err
}

func (c *call) createCredential(appID string) (response, error) {
	var body credential
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		app, err := c.ownApplication(tx, appID)
		if err != nil {
			return err
		}
		f := directory.Credential{ID: uuid.NewString(), Name: body.Name, Created: c.server.Now().UTC()}
		body.apply(&f)
		if err := checkCredential(tx, app, f, true); err != nil {
			return err
		}
		a = response{http.StatusCreated, c.showCredential(app.ID, f, true)}
		return directory.PutCredential(tx, app.AppID, f)
	})
	return a, err
}

// patchCredential changes a credential, or creates it by name for a request with "Prefer:
// create-if-missing".
func (c *call) patchCredential(appID, name string) (response, error) {
	var body credential
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	a := response{status: http.StatusNoContent}
	err := c.server.Store.Update(func(tx *store.Tx) error {
		if _, err := c.ownApplication(tx, appID); err != nil {
			return err
		}
		app, f, err := findCredential(tx, appID, name)
		byName, isName := strings.CutPrefix(name, "name=")
		isNew := false
		if app != nil && f == nil && isName && strings.Contains(c.Header.Get("Prefer"), "create-if-missing") {
			f = &directory.Credential{ID: uuid.NewString(), Name: strings.Trim(byName, "'"), Created: c.server.Now().UTC()}
			err, isNew = nil, true
		}
		if err != nil {
			return err
		}
		if body.Name != "" && body.Name != f.Name {
			return badRequest("Property 'name' is read-only and cannot be set.")
		}
		body.apply(f)
		if err := checkCredential(tx, app, *f, isNew); err != nil {
			return err
		}
		if isNew {
			a = response{http.StatusCreated, c.showCredential(app.ID, *f, true)}
		}
		return directory.PutCredential(tx, app.AppID, *f)
	})
	return a, err
}

// apply writes the given properties to the credential.
func (b credential) apply(f *directory.Credential) {
	f.Issuer = ptr.Deref(b.Issuer, f.Issuer)
	f.Subject = ptr.Deref(b.Subject, f.Subject)
	b.Description.write(&f.Description)
	if b.Audiences != nil {
		f.Audiences = b.Audiences
	}
	if b.ClaimsMatchingExpression != nil {
		f.Subject = "" // a flexible credential has no subject, so checkCredential refuses it
	}
}

func invalidValue(format string, args ...any) *failure {
	return failf(http.StatusBadRequest, "InvalidFederatedIdentityCredentialValue", format, args...)
}

// checkCredential refuses what
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations does
// not allow for the credentials of an application.
func checkCredential(tx *store.Tx, app *directory.Application, f directory.Credential, isNew bool) error {
	switch {
	case f.Name == "" || utf8.RuneCountInString(f.Name) > azure.MaxFederatedCredentialName:
		return badRequest("Invalid value specified for property 'name' of resource 'FederatedIdentityCredential'.")
	case f.Issuer == "":
		return badRequest("Property issuer is required on resource 'FederatedIdentityCredential'.")
	case f.Subject == "":
		return badRequest("Property subject is required on resource 'FederatedIdentityCredential'; issuers of clusters do not support claimsMatchingExpression.")
	case len(f.Audiences) != 1 || f.Audiences[0] == "":
		return invalidValue("Federated identity credentials must have exactly one audience.")
	case !strings.HasPrefix(f.Issuer, "https://"):
		return invalidValue("The issuer '%s' is not a valid https URL. paramName: FederatedIdentityCredential.Issuer", f.Issuer)
	}
	for property, value := range map[string]string{
		"Issuer": f.Issuer, "Subject": f.Subject, "Audiences": f.Audiences[0], "Description": f.Description,
	} {
		if utf8.RuneCountInString(value) > azure.MaxFederatedFieldLength {
			return invalidValue("The value has more than %d characters. paramName: FederatedIdentityCredential.%s", azure.MaxFederatedFieldLength, property)
		}
		if property != "Description" && strings.Contains(value, "*") {
			return invalidValue("Wildcard characters are not supported. paramName: FederatedIdentityCredential.%s", property)
		}
	}
	all, err := directory.Credentials(tx, app.AppID)
	if err != nil {
		return err
	}
	for _, other := range all {
		same := strings.EqualFold(other.Name, f.Name)
		if same && isNew {
			return failf(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name %s already exists.", f.Name)
		}
		if !same && other.Issuer == f.Issuer && other.Subject == f.Subject {
			return invalidValue("The combination of issuer and subject must be unique for the application. Issuer: %s and Subject: %s already exist. paramName: FederatedIdentityCredential.Subject, FederatedIdentityCredential.Issuer", f.Issuer, f.Subject)
		}
	}
	if isNew && len(all) >= azure.MaxFederatedCredentials {
		return failf(http.StatusBadRequest, "Directory_QuotaExceeded", "Too many Federated Identity Credentials. An application can have at most %d.", azure.MaxFederatedCredentials)
	}
	return nil
}

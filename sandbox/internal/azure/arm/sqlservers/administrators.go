package sqlservers

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Administrator is the body of a server's stored Entra administrator. A server has at most one,
// because the name is fixed; a PUT replaces it.
type Administrator struct {
	Login         string `json:"login"`
	SID           string `json:"sid"` // object ID, or application ID of a service principal
	TenantID      string `json:"tenantId"`
	PrincipalType string `json:"principalType,omitempty"`
}

// AdministratorBody is an administrator in the form of the API.
type AdministratorBody struct {
	ID         string                   `json:"id,omitempty"`
	Name       string                   `json:"name,omitempty"`
	Type       string                   `json:"type,omitempty"`
	Properties *AdministratorProperties `json:"properties,omitempty"`
}

// AdministratorProperties are the properties of an administrator. AzureADOnlyAuthentication is
// read-only.
type AdministratorProperties struct {
	AdministratorType         string `json:"administratorType,omitempty"`
	Login                     string `json:"login,omitempty"`
	SID                       string `json:"sid,omitempty"`
	TenantID                  string `json:"tenantId,omitempty"`
	AzureADOnlyAuthentication *bool  `json:"azureADOnlyAuthentication,omitempty"`
}

func administratorID(serverID string) string {
	return serverID + "/administrators/" + activeDirectory
}

func renderAdministrator(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Administrator](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	parsed, err := resource.ParseID(id)
	if err != nil {
		return nil, err
	}
	parent, _ := parsed.Parent()
	server, err := resource.Load[Server](tx, parent)
	if err != nil || server == nil {
		return nil, err
	}
	return AdministratorBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: &AdministratorProperties{
		AdministratorType: activeDirectory, Login: doc.Body.Login, SID: doc.Body.SID, TenantID: doc.Body.TenantID,
		AzureADOnlyAuthentication: &server.Body.EntraOnly,
	}}, nil
}

// external returns the administrator in the form of a server's properties.
func external(tx *store.Tx, server *resource.Document[Server]) (*External, error) {
	doc, err := resource.Load[Administrator](tx, administratorID(server.ID))
	if err != nil || doc == nil {
		return nil, err
	}
	return &External{
		AdministratorType: activeDirectory, AzureADOnlyAuthentication: &server.Body.EntraOnly, Login: doc.Body.Login,
		PrincipalType: doc.Body.PrincipalType, SID: doc.Body.SID, TenantID: doc.Body.TenantID,
	}, nil
}

func (p *Provider) putAdministrator(r *arm.Request) (arm.Response, error) {
	var body AdministratorBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if !strings.EqualFold(r.ID.Name(), activeDirectory) {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "InvalidServerAdministratorTypePropertyName", "Server active directory administrator type should be ActiveDirectory, not '%s'.", r.ID.Name())
	}
	want := body.Properties
	if want == nil || want.AdministratorType == "" {
		return arm.Response{}, refuse("InvalidResourceRequestBody", "administratorType", "The resource or resource properties in the request body is empty or invalid: 'administratorType', 'login' and 'sid' are required.")
	}
	given := External{AdministratorType: want.AdministratorType, Login: want.Login, SID: want.SID, TenantID: want.TenantID}
	if err := given.check(p.core.Authority.TenantID); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusCreated
	serverID, _ := r.ID.Parent()
	err := p.core.Store.Update(func(tx *store.Tx) error {
		server, err := resource.Load[Server](tx, serverID)
		if err != nil {
			return err
		}
		if server == nil {
			return arm.Errorf(http.StatusNotFound, "ServerNotInSubscriptionResourceGroup", "Specified server does not exist in the specified resource group and subscription.")
		}
		if only := want.AzureADOnlyAuthentication; only != nil && *only != server.Body.EntraOnly {
			return refuse("InvalidServerAzureADOnlyAuthenticationParameter", "azureADOnlyAuthentication", "AzureADOnlyAuthentication cannot be set here, please use the azureADOnlyAuthentications API instead.")
		}
		if strings.EqualFold(server.Body.Login, want.Login) {
			return refuse("ServerAdministratorNameAlreadyExists", "login", "The login '%s' already exists in the 'master' database.", want.Login)
		}
		if have, err := resource.LoadHeader(tx, administratorID(server.ID)); err != nil {
			return err
		} else if have != nil {
			status = http.StatusOK
		}
		return p.saveAdministrator(tx, r, administratorID(server.ID), given)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.admin, r.ID.String(), status)
}

// saveAdministrator stores the administrator of a server, and replaces an existing one.
func (p *Provider) saveAdministrator(tx *store.Tx, r *arm.Request, id string, e External) error {
	now := p.core.Now().UTC()
	doc := &resource.Document[Administrator]{
		Header: resource.Header{
			ID: id, Name: activeDirectory, Type: TypeAdministrator, State: resource.Succeeded,
			Created: now, Changed: now, CreatedBy: r.Caller.AppID, ChangedBy: r.Caller.AppID,
		},
		Body: Administrator{
			Login: e.Login, SID: strings.ToLower(e.SID), TenantID: p.core.Authority.TenantID, PrincipalType: e.PrincipalType,
		},
	}
	return resource.Save(tx, doc)
}

func (p *Provider) deleteAdministrator(r *arm.Request) (arm.Response, error) {
	response := arm.Response{Status: http.StatusNoContent}
	serverID, _ := r.ID.Parent()
	err := p.core.Store.Update(func(tx *store.Tx) error {
		server, err := resource.Load[Server](tx, serverID)
		if err != nil || server == nil {
			return err
		}
		if ok, err := resource.Exists(tx, r.ID.String()); err != nil || !ok {
			return err
		}
		if server.Body.EntraOnly {
			return arm.Errorf(http.StatusBadRequest, "InvalidServerAzureADAdminDeleteOperation", "The administrator of a server with AzureADOnlyAuthentication cannot be deleted, please use the azureADOnlyAuthentications API first.")
		}
		response.Status = http.StatusOK
		return resource.RemoveTree(tx, r.ID.String())
	})
	return response, err
}

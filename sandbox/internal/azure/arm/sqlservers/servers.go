// Package sqlservers implements the management plane of Microsoft.Sql: logical servers and their
// Entra administrator. There are no databases.
//
// The error codes are those that Servers.json and ServerAzureADAdministrators.json (2021-11-01,
// azure-rest-api-specs) list for each operation; messages that these do not give are the sandbox's.
package sqlservers

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// Type tokens.
const (
	TypeServer        = "Microsoft.Sql/servers"
	TypeAdministrator = TypeServer + "/administrators"
)

// activeDirectory is the only name and type of Entra administrators.
const activeDirectory = "ActiveDirectory"

var versions = specs.Versions(TypeServer)

// Server is the body of a stored server. A password is validated but not stored, because nothing in
// the sandbox signs in to SQL.
type Server struct {
	Login        string `json:"login"`
	HasPassword  bool   `json:"hasPassword,omitempty"`
	EntraOnly    bool   `json:"entraOnly,omitempty"`
	MinTLS       string `json:"minTls"`
	PublicAccess string `json:"publicAccess"`
	Outbound     string `json:"outbound"` // restrictOutboundNetworkAccess
}

// Provider serves servers and their administrators.
type Provider struct {
	core  *arm.Core
	typ   arm.Type
	admin arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.typ = arm.Type{
		Name: TypeServer, Versions: versions, Taggable: true, Render: render, Put: p.put, Get: p.get, Violation: violation,
	}
	p.admin = arm.Type{
		Name: TypeAdministrator, Versions: versions, Violation: violation,
		Render: renderAdministrator, Put: p.putAdministrator, Delete: p.deleteAdministrator,
	}
	core.Register(p.typ, p.admin)
	return p
}

// Body is a server in the form of the API.
type Body struct {
	arm.Envelope
	Kind       string      `json:"kind,omitempty"`
	Properties *Properties `json:"properties,omitempty"`
}

// Properties are the properties of a server. Identities and customer-managed keys are refused as
// unknown. The properties after version are read-only.
type Properties struct {
	AdministratorLogin            string    `json:"administratorLogin,omitempty"`
	AdministratorLoginPassword    string    `json:"administratorLoginPassword,omitempty"`
	Administrators                *External `json:"administrators,omitempty"`
	MinimalTLSVersion             string    `json:"minimalTlsVersion,omitempty"`
	PublicNetworkAccess           string    `json:"publicNetworkAccess,omitempty"`
	RestrictOutboundNetworkAccess string    `json:"restrictOutboundNetworkAccess,omitempty"`
	Version                       string    `json:"version,omitempty"`
	// CreateMode is Normal, or Restore for a deleted server, of which the sandbox keeps none.
	CreateMode string `json:"createMode,omitempty"`

	FullyQualifiedDomainName   string    `json:"fullyQualifiedDomainName,omitempty"`
	PrivateEndpointConnections *[]string `json:"privateEndpointConnections,omitempty"`
	State                      string    `json:"state,omitempty"`
}

// External is the Entra administrator in the properties of a server.
type External struct {
	AdministratorType         string `json:"administratorType,omitempty"`
	AzureADOnlyAuthentication *bool  `json:"azureADOnlyAuthentication,omitempty"`
	Login                     string `json:"login,omitempty"`
	PrincipalType             string `json:"principalType,omitempty"`
	SID                       string `json:"sid,omitempty"`
	TenantID                  string `json:"tenantId,omitempty"`
}

// serverName matches 1 to 63 lower-case letters, digits and hyphens, the last not at the ends
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftsql).
var serverName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	name := r.ID.Name()
	if !serverName.MatchString(name) {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "InvalidServerName",
			"'%s' is not a valid name because it contains invalid characters, or has not 1 to 63 of them. It can be made up of lowercase letters 'a'-'z', the numbers 0-9 and the hyphen, which cannot lead or trail.", name)
	}
	if body.Properties == nil {
		body.Properties = &Properties{}
	}
	want := body.Properties
	if err := want.check(p.core.Authority.TenantID); err != nil {
		return arm.Response{}, err
	}
	return arm.PutTracked(p.core, &p.typ, r, body.Envelope, func(tx *store.Tx, have *Server) (Server, error) {
		if have != nil {
			return change(*have, want)
		}
		other, err := resource.FindByName[Server](tx, TypeServer, name)
		if err != nil {
			return Server{}, err
		}
		if other != nil {
			return Server{}, arm.Errorf(http.StatusConflict, "NameAlreadyExists", "The name '%s' already exists. Choose a different name.", name)
		}
		made, err := create(want)
		if err != nil || want.Administrators == nil {
			return made, err
		}
		return made, p.saveAdministrator(tx, r, administratorID(arm.CanonicalID(r.ID, TypeServer)), *want.Administrators)
	})
}

// create returns a new server. It needs a login with a password, or an Entra administrator with
// azureADOnlyAuthentication.
func create(p *Properties) (Server, error) {
	// No minimum by default: recorded in pulumi-azure-native
	// (testdata/recorded/TestProviderUpgrade/upgrade-sql-database/2.76.0).
	s := Server{MinTLS: "None", PublicAccess: "Enabled", Outbound: "Disabled"}
	if p.Administrators != nil && p.Administrators.AzureADOnlyAuthentication != nil {
		s.EntraOnly = *p.Administrators.AzureADOnlyAuthentication
	}
	switch {
	case p.AdministratorLogin != "":
		s.Login = p.AdministratorLogin
	case s.EntraOnly:
		// Azure generates a login that cannot be used.
		s.Login = "CloudSA" + uuid.NewString()[:8]
	default:
		return s, arm.Errorf(http.StatusBadRequest, "InvalidLoginName", "The provided login name is invalid: a server needs 'administratorLogin' with a password, or an Entra administrator with 'azureADOnlyAuthentication'.").At("properties.administratorLogin")
	}
	if p.AdministratorLoginPassword == "" && !s.EntraOnly {
		return s, arm.Errorf(http.StatusBadRequest, "PasswordTooShort", "The provided password is too short: a server without 'azureADOnlyAuthentication' needs one.").At("properties.administratorLoginPassword")
	}
	s.HasPassword = p.AdministratorLoginPassword != ""
	s.apply(p)
	return s, nil
}

// change applies the properties of a request to a server. Login and administrators can be set only
// at creation (x-ms-mutability of both). Administrators in a later request are ignored; they are
// changed through their own resource.
func change(s Server, p *Properties) (Server, error) {
	if p.AdministratorLogin != "" && p.AdministratorLogin != s.Login {
		// Quoted in MicrosoftDocs/azure-docs#41639.
		return s, arm.Errorf(http.StatusBadRequest, "InvalidParameterValue", "Invalid value given for parameter Login. Specify a valid parameter value.").At("properties.administratorLogin")
	}
	if s.EntraOnly && p.AdministratorLoginPassword != "" {
		return s, arm.Errorf(http.StatusBadRequest, "AadOnlyAuthenticationIsEnabled", "Azure Active Directory Only Authentication is enabled. Please contact your system administrator.").At("properties.administratorLoginPassword")
	}
	s.HasPassword = s.HasPassword || p.AdministratorLoginPassword != ""
	s.apply(p)
	return s, nil
}

// apply applies the properties that can always be changed.
func (s *Server) apply(p *Properties) {
	s.MinTLS = cmp.Or(p.MinimalTLSVersion, s.MinTLS)
	s.PublicAccess = cmp.Or(p.PublicNetworkAccess, s.PublicAccess)
	s.Outbound = cmp.Or(p.RestrictOutboundNetworkAccess, s.Outbound)
}

func render(tx *store.Tx, id string) (any, error) { return show(tx, id, false) }

func show(tx *store.Tx, id string, administrators bool) (any, error) {
	doc, err := resource.Load[Server](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	s := doc.Body
	p := &Properties{
		AdministratorLogin: s.Login, MinimalTLSVersion: s.MinTLS, PublicNetworkAccess: s.PublicAccess,
		RestrictOutboundNetworkAccess: s.Outbound, Version: "12.0", State: "Ready",
		FullyQualifiedDomainName: doc.Name + ".database.windows.net", PrivateEndpointConnections: &[]string{},
	}
	if administrators {
		if p.Administrators, err = external(tx, doc); err != nil {
			return nil, err
		}
	}
	envelope := arm.Show(doc.Header)
	envelope.SystemData = nil
	return Body{Envelope: envelope, Kind: "v12.0", Properties: p}, nil
}

// get serves a GET, which shows the administrators only with
// $expand=administrators/activedirectory.
func (p *Provider) get(r *arm.Request) (arm.Response, error) {
	expand := r.URL.Query().Get("$expand")
	if expand != "" && !strings.EqualFold(expand, "administrators/activedirectory") {
		return arm.Response{}, arm.BadRequestf("The value '%s' of '$expand' is invalid. It must be 'administrators/activedirectory'.", expand)
	}
	response := arm.Response{Status: http.StatusOK}
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		response.Body, err = show(tx, r.ID.String(), expand != "")
		return err
	})
	if err == nil && response.Body == nil {
		err = arm.Missing(r)
	}
	return response, err
}

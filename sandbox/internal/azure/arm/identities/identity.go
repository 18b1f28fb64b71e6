// Package identities implements Microsoft.ManagedIdentity: user-assigned identities and their
// federated identity credentials.
package identities

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"time"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// Type tokens.
const (
	TypeIdentity   = "Microsoft.ManagedIdentity/userAssignedIdentities"
	TypeCredential = TypeIdentity + "/federatedIdentityCredentials"
)

// Identity is the body of a stored user-assigned identity.
type Identity struct {
	ClientID       string `json:"clientId"`
	PrincipalID    string `json:"principalId"`
	IsolationScope string `json:"isolationScope,omitempty"`
}

// Document is a stored user-assigned identity.
type Document = resource.Document[Identity]

// Provider serves identities and their credentials.
type Provider struct {
	core       *arm.Core
	delays     func() Delays
	identity   arm.Type
	credential arm.Type
	writes     writes
}

// Delays are delays of Azure that the sandbox can imitate.
type Delays struct {
	// Write is the duration of a write to a federated credential, during which others to those of
	// the same identity are refused.
	Write time.Duration
	// Replication is the time for which a new identity takes no credential.
	Replication time.Duration
}

// Register adds the provider to the core.
func Register(core *arm.Core, delays func() Delays) *Provider {
	p := &Provider{core: core, delays: delays}
	p.identity = arm.Type{
		Name: TypeIdentity, Versions: specs.Versions(TypeIdentity), Taggable: true, LowerGroup: true,
		Render: p.renderIdentity, Put: p.putIdentity, Patch: p.patchIdentity, Remove: p.removeIdentity,
	}
	p.credential = arm.Type{
		Name: TypeCredential, Versions: specs.Versions(TypeCredential), LowerGroup: true,
		Render: renderCredential, Put: p.putCredential, Delete: p.deleteCredential, Remove: p.removeCredential,
		ParentMissing: func(string) *arm.Error {
			return arm.Errorf(http.StatusNotFound, "ParentResourceNotFound", "The parent user-assigned identity doesn't exist.")
		},
	}
	core.Register(p.identity, p.credential)
	return p
}

// Body is an identity in the form of the API.
type Body struct {
	arm.Envelope
	Properties *Properties `json:"properties,omitempty"`
}

// Properties are the properties of an identity. All but the isolation scope are read-only, and
// ignored in a request as in Azure.
type Properties struct {
	TenantID       string `json:"tenantId,omitempty"`
	PrincipalID    string `json:"principalId,omitempty"`
	ClientID       string `json:"clientId,omitempty"`
	IsolationScope string `json:"isolationScope,omitempty"`
}

// isolation returns the isolation scope of a request; "" without one.
func (p *Properties) isolation() (string, error) {
	if p == nil {
		return "", nil
	}
	if err := arm.Choice("properties.isolationScope", p.IsolationScope, "None", "Regional"); err != nil {
		return "", err
	}
	return p.IsolationScope, nil
}

func (p *Provider) renderIdentity(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Identity](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	envelope := arm.Show(doc.Header)
	envelope.SystemData = nil // not recorded, though the specification has it
	return Body{Envelope: envelope, Properties: &Properties{
		TenantID: p.core.Authority.TenantID, PrincipalID: doc.Body.PrincipalID, ClientID: doc.Body.ClientID,
		IsolationScope: doc.Body.IsolationScope,
	}}, nil
}

// identityName matches 3 to 128 characters, the first a letter or digit
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity).
var identityName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$`)

func (p *Provider) putIdentity(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if ruleIdentityName.On() && !identityName.MatchString(r.ID.Name()) {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "InvalidIdentityName",
			"The user-assigned identity name '%s' is invalid. It must start with a letter or number, contain only letters, numbers, underscores and hyphens, and have 3 to 128 characters.", r.ID.Name())
	}
	location, err := arm.CheckLocation(body.Location, TypeIdentity)
	if err != nil {
		return arm.Response{}, err
	}
	if err := arm.CheckTags(body.Tags); err != nil {
		return arm.Response{}, err
	}
	isolation, err := body.Properties.isolation()
	if err != nil {
		return arm.Response{}, err
	}
	status := http.StatusCreated
	err = p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[Identity](tx, r.ID.String())
		if err != nil {
			return err
		}
		if have == nil {
			_, err := Create(tx, p.core.NewHeader(nil, r, location, body.Tags), isolation)
			return err
		}
		status = http.StatusOK
		if err := arm.CheckSameLocation(have.Name, r.ID.ResourceGroup, have.Location, location); err != nil {
			return err
		}
		have.Header = p.core.NewHeader(&have.Header, r, location, body.Tags)
		have.Body.IsolationScope = isolation
		return resource.Save(tx, have)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.answer(&p.identity, r, status)
}

// answer returns the resource. If it is new, the header Location has its path (azure-cli,
// test_identity_management.yaml and test_federated_identity_credential.yaml).
func (p *Provider) answer(t *arm.Type, r *arm.Request, status int) (arm.Response, error) {
	response, err := p.core.Rendered(t, r.ID.String(), status)
	if err == nil && status == http.StatusCreated {
		response.Header = http.Header{"Location": {arm.LowerGroup(arm.CanonicalID(r.ID, t.Name))}}
	}
	return response, err
}

// patchIdentity changes the tags and the isolation scope, each if the request has it
// (UserAssignedIdentities_Update in ManagedIdentity.json of azure-rest-api-specs).
func (p *Provider) patchIdentity(r *arm.Request) (arm.Response, error) {
	var body struct {
		Tags       *map[string]string `json:"tags"`
		Properties *Properties        `json:"properties"`
	}
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	isolation, err := body.Properties.isolation()
	if err != nil {
		return arm.Response{}, err
	}
	if body.Tags != nil {
		if err := arm.CheckTags(*body.Tags); err != nil {
			return arm.Response{}, err
		}
	}
	err = p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Identity](tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.Missing(r)
		}
		doc.Tags = ptr.Deref(body.Tags, doc.Tags)
		doc.Body.IsolationScope = cmp.Or(isolation, doc.Body.IsolationScope)
		doc.Changed, doc.ChangedBy = p.core.Now().UTC(), r.Caller.AppID
		return resource.Save(tx, doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.identity, r.ID.String(), http.StatusOK)
}

// Create stores an identity and creates its service principal. AKS also calls it, for the identity
// of the kubelet.
func Create(tx *store.Tx, header resource.Header, isolation string) (*Document, error) {
	sp, err := directory.AddManagedIdentity(tx, header.Name, header.ID, header.Created)
	if err != nil {
		return nil, err
	}
	doc := &Document{Header: header, Body: Identity{ClientID: sp.AppID, PrincipalID: sp.ID, IsolationScope: isolation}}
	return doc, resource.Save(tx, doc)
}

func (p *Provider) removeIdentity(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Identity](tx, id)
		if err != nil || doc == nil {
			return err
		}
		if err := directory.RemovePrincipal(tx, doc.Body.PrincipalID); err != nil {
			return err
		}
		return resource.RemoveTree(tx, id)
	})
}

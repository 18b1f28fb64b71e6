// Package accounts implements the management plane of Microsoft.Storage: storage accounts, and
// their containers and queues.
package accounts

import (
	"cmp"
	"context"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

var versions = specs.Versions(blob.TypeAccount)

// Provider serves storage accounts, containers and queues.
type Provider struct {
	core      *arm.Core
	account   arm.Type
	container arm.Type
	queue     arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.account = arm.Type{
		Name: blob.TypeAccount, Versions: versions, Taggable: true,
		Render: render, Get: p.get, Put: p.put, Patch: p.patch, Remove: p.remove,
		Actions: map[string]arm.Handler{"listkeys": noKeys, "regeneratekey": noKeys, "listaccountsas": noKeys, "listservicesas": noKeys},
	}
	p.container = arm.Type{
		Name: blob.TypeContainer, Versions: versions, Render: p.renderContainer, Put: p.putContainer, Patch: p.patchContainer, Remove: p.removeContainer,
	}
	p.queue = arm.Type{Name: blob.TypeQueue, Versions: versions, Render: renderQueue, Put: p.putQueue}
	core.Register(p.account, p.container, p.queue, service(blob.TypeBlobService), service(blob.TypeQueueService), service(blob.TypeFileService))
	core.Route(http.MethodPost, "/subscriptions/{sub}/providers/Microsoft.Storage/checkNameAvailability",
		"Microsoft.Storage/checknameavailability/read", versions, p.checkName)
	return p
}

// Body is a storage account in the form of the API.
type Body struct {
	arm.Envelope
	SKU        *SKU        `json:"sku,omitempty"`
	Kind       string      `json:"kind,omitempty"`
	Properties *Properties `json:"properties,omitempty"`
	Identity   *NoIdentity `json:"identity,omitempty"`
}

// SKU is the redundancy of an account. The tier is read-only.
type SKU struct {
	Name string `json:"name,omitempty"`
	Tier string `json:"tier,omitempty"`
}

// NoIdentity is the identity of an account that has none. Clients send the type None (azurerm);
// others are refused, because customer-managed keys, for which an account has one, are.
type NoIdentity struct {
	Type                   string         `json:"type"`
	UserAssignedIdentities map[string]any `json:"userAssignedIdentities,omitempty"`
}

func (n *NoIdentity) check() error {
	if n == nil || arm.OneOf(n.Type, "", "None") && len(n.UserAssignedIdentities) == 0 {
		return nil
	}
	return arm.BadRequestf("The sandbox's storage accounts have no identity: the type '%s' cannot be anything but 'None'.", n.Type).At("identity.type")
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	name := r.ID.Name()
	if !blob.ValidAccount(name) {
		return arm.Response{}, nameInvalid(name)
	}
	if err := body.Identity.check(); err != nil {
		return arm.Response{}, err
	}
	if body.SKU == nil || body.SKU.Name == "" {
		return arm.Response{}, arm.BadRequestf("The property 'sku.name' is required to create a storage account.").At("sku.name")
	}
	if body.Kind == "" {
		return arm.Response{}, arm.BadRequestf("The property 'kind' is required to create a storage account.").At("kind")
	}
	if err := checkKind(body.Kind, body.SKU.Name); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		body.Properties = &Properties{}
	}
	if err := body.Properties.check(); err != nil {
		return arm.Response{}, err
	}
	response, err := arm.PutTracked(p.core, &p.account, r, body.Envelope, func(tx *store.Tx, have *blob.Account) (blob.Account, error) {
		if have != nil {
			return change(*have, body)
		}
		other, err := resource.FindByName[blob.Account](tx, blob.TypeAccount, name)
		if err != nil {
			return blob.Account{}, err
		}
		if other != nil {
			return blob.Account{}, nameTaken(name)
		}
		return create(body)
	})
	if err == nil {
		// storage.json of azure-rest-api-specs has no 201 for accounts.
		response.Status = http.StatusOK
	}
	return response, err
}

// noKeys refuses what needs an account's key. The status is that of a caller without the right to
// list keys, because clients that read keys along with an account go on without them then
// (azurerm, internal/services/storage/storage_account_resource.go).
func noKeys(*arm.Request) (arm.Response, error) {
	return arm.Response{}, arm.Errorf(http.StatusForbidden, "KeyBasedAuthenticationNotPermitted", "The sandbox's storage accounts have no keys and make no signatures: sign in with Microsoft Entra ID.")
}

// get serves a GET and refuses $expand, which the sandbox does not support.
func (p *Provider) get(r *arm.Request) (arm.Response, error) {
	if expand := r.URL.Query().Get("$expand"); expand != "" {
		return arm.Response{}, arm.BadRequestf("The sandbox does not support $expand '%s' for storage accounts.", expand)
	}
	response, err := p.core.Rendered(&p.account, r.ID.String(), http.StatusOK)
	if err == nil && response.Body == nil {
		err = arm.Missing(r)
	}
	return response, err
}

// patch changes the properties that the request contains and keeps the others.
func (p *Provider) patch(r *arm.Request) (arm.Response, error) {
	var body struct {
		Tags       *map[string]string `json:"tags"`
		SKU        *SKU               `json:"sku"`
		Identity   *NoIdentity        `json:"identity"`
		Kind       string             `json:"kind"`
		Properties *Properties        `json:"properties"`
	}
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		body.Properties = &Properties{}
	}
	if err := body.Identity.check(); err != nil {
		return arm.Response{}, err
	}
	if err := body.Properties.check(); err != nil {
		return arm.Response{}, err
	}
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[blob.Account](tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.Missing(r)
		}
		if body.Tags != nil {
			if err := arm.CheckTags(*body.Tags); err != nil {
				return err
			}
			doc.Tags = *body.Tags
		}
		wanted := Body{SKU: &SKU{Name: doc.Body.SKU}, Kind: cmp.Or(body.Kind, doc.Body.Kind), Properties: body.Properties}
		if body.SKU != nil && body.SKU.Name != "" {
			wanted.SKU = body.SKU
		}
		if err := checkKind(wanted.Kind, wanted.SKU.Name); err != nil {
			return err
		}
		if doc.Body, err = change(doc.Body, wanted); err != nil {
			return err
		}
		doc.Changed, doc.ChangedBy = p.core.Now().UTC(), r.Caller.AppID
		return resource.Save(tx, doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.account, r.ID.String(), http.StatusOK)
}

// remove removes an account and its data. Azure can restore an account for some days; the sandbox
// cannot.
func (p *Provider) remove(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		header, err := resource.LoadHeader(tx, id)
		if err != nil || header == nil {
			return err
		}
		if err := blob.RemoveBlobs(tx, header.Name, ""); err != nil {
			return err
		}
		return resource.RemoveTree(tx, id)
	})
}

// checkName serves POST checkNameAvailability.
func (p *Provider) checkName(r *arm.Request) (arm.Response, error) {
	var body struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if err := arm.Choice("type", body.Type, blob.TypeAccount); err != nil || body.Type == "" {
		return arm.Response{}, arm.BadRequestf("The type '%s' is invalid. It must be '%s'.", body.Type, blob.TypeAccount).At("type")
	}
	unavailable := func(reason string, e *arm.Error) arm.Response {
		return arm.OK(map[string]any{"nameAvailable": false, "reason": reason, "message": e.Message})
	}
	if !blob.ValidAccount(body.Name) {
		return unavailable("AccountNameInvalid", nameInvalid(body.Name)), nil
	}
	response := arm.OK(map[string]any{"nameAvailable": true})
	err := p.core.Store.View(func(tx *store.Tx) error {
		other, err := resource.FindByName[blob.Account](tx, blob.TypeAccount, body.Name)
		if other != nil {
			response = unavailable("AlreadyExists", nameTaken(body.Name))
		}
		return err
	})
	return response, err
}

// nameInvalid returns the error for a name that is not allowed, as quoted in
// Azure/AzureMonitorStarterPacks#171.
func nameInvalid(name string) *arm.Error {
	return arm.Errorf(http.StatusBadRequest, "AccountNameInvalid",
		"%s is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.", name).At(name)
}

// nameTaken returns the error for a name that is in use, as quoted in Azure/azure-cli#14444 and
// #19184.
func nameTaken(name string) *arm.Error {
	return arm.Errorf(http.StatusConflict, "StorageAccountAlreadyTaken", "The storage account named %s is already taken.", name)
}

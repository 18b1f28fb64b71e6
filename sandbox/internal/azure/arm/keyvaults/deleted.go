package keyvaults

import (
	"net/http"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// DeletedBody is a soft-deleted vault in the form of the API.
type DeletedBody struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Type       string            `json:"type"`
	Properties DeletedProperties `json:"properties"`
}

// DeletedProperties are the properties of a soft-deleted vault.
type DeletedProperties struct {
	VaultID         string            `json:"vaultId"`
	Location        string            `json:"location"`
	Tags            map[string]string `json:"tags"`
	DeletionDate    time.Time         `json:"deletionDate"`
	PurgeDate       time.Time         `json:"scheduledPurgeDate"`
	PurgeProtection *bool             `json:"purgeProtectionEnabled,omitempty"`
}

func (p *Provider) showDeleted(d vault.Deleted) DeletedBody {
	body := DeletedBody{
		ID: "/subscriptions/" + p.core.SubscriptionID + "/providers/Microsoft.KeyVault/locations/" + d.Vault.Location +
			"/deletedVaults/" + d.Vault.Name,
		Name: d.Vault.Name, Type: "Microsoft.KeyVault/deletedVaults",
		Properties: DeletedProperties{
			VaultID: d.Vault.ID, Location: d.Vault.Location, Tags: d.Vault.Tags, DeletionDate: d.Deleted, PurgeDate: d.Purge,
		},
	}
	if d.Vault.Body.PurgeProtection {
		body.Properties.PurgeProtection = &d.Vault.Body.PurgeProtection
	}
	return body
}

func (p *Provider) findDeleted(tx *store.Tx, r *arm.Request) (*vault.Deleted, error) {
	d, err := vault.FindDeleted(tx, r.Vars["name"], p.core.Now())
	if err != nil {
		return nil, err
	}
	if d == nil || d.Vault.Location != arm.CanonicalLocation(r.Vars["location"]) {
		return nil, arm.Errorf(http.StatusNotFound, "DeletedVaultNotFound", "The specified deleted vault '%s' does not exist.", r.Vars["name"])
	}
	return d, nil
}

func (p *Provider) getDeleted(r *arm.Request) (arm.Response, error) {
	var response arm.Response
	err := p.core.Store.View(func(tx *store.Tx) error {
		d, err := p.findDeleted(tx, r)
		if err == nil {
			response = arm.OK(p.showDeleted(*d))
		}
		return err
	})
	return response, err
}

func (p *Provider) listDeleted(*arm.Request) (arm.Response, error) {
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		all, err := store.List[vault.Deleted](tx, store.DeletedVaults, "")
		for _, d := range all {
			if p.core.Now().Before(d.Purge) {
				items = append(items, p.showDeleted(d))
			}
		}
		return err
	})
	return arm.List(items), err
}

func (p *Provider) purge(r *arm.Request) (arm.Response, error) {
	var op arm.Operation
	var location string
	err := p.core.Store.Update(func(tx *store.Tx) error {
		d, err := p.findDeleted(tx, r)
		if err != nil {
			return err
		}
		if d.Vault.Body.PurgeProtection {
			return arm.Errorf(http.StatusMethodNotAllowed, "MethodNotAllowed", `Operation "DeletedVaultPurge" is not allowed.`)
		}
		location = d.Vault.Location
		if op, err = p.core.Begin(tx, p.showDeleted(*d).ID, http.MethodDelete); err != nil {
			return err
		}
		if err := vault.Purge(tx, d.Vault.Name); err != nil {
			return err
		}
		return p.core.End(tx, op.Resource, nil)
	})
	if err != nil {
		return arm.Response{}, err
	}
	header := p.core.Accepted(op, r.Version(), "Microsoft.KeyVault", location)
	header.Del("Azure-Asyncoperation") // Key Vault answers a purge with Location only
	return arm.Response{Status: http.StatusAccepted, Header: header}, nil
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
	if !strings.EqualFold(body.Type, vault.TypeVault) {
		return arm.Response{}, arm.BadRequestf("The type '%s' is invalid. It must be '%s'.", body.Type, vault.TypeVault).At("type")
	}
	unavailable := func(reason, message string) arm.Response {
		return arm.OK(map[string]any{"nameAvailable": false, "reason": reason, "message": message})
	}
	if err := checkVaultName(body.Name); err != nil {
		return unavailable("AccountNameInvalid", err.Message), nil
	}
	response := arm.OK(map[string]any{"nameAvailable": true})
	err := p.core.Store.View(func(tx *store.Tx) error {
		live, err := vault.Find(tx, body.Name)
		if err != nil {
			return err
		}
		deleted, err := vault.FindDeleted(tx, body.Name, p.core.Now())
		settings, loadErr := region.Load(tx)
		if loadErr != nil {
			return loadErr
		}
		if live != nil || deleted != nil || settings.Taken(body.Name) {
			response = unavailable("AlreadyExists", alreadyExists(body.Name).Message)
		}
		return err
	})
	return response, err
}

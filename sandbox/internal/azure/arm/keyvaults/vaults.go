// Package keyvaults implements the management plane of Microsoft.KeyVault: vaults, soft-deleted
// vaults, and secrets written through ARM.
package keyvaults

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// rbacByDefault is the first api-version in which new vaults use roles by default
// (https://learn.microsoft.com/azure/key-vault/general/access-control-default).
const rbacByDefault = "2026-02-01"

var versions = specs.Versions(vault.TypeVault)

// Provider serves vaults, their secrets and access policies.
type Provider struct {
	core   *arm.Core
	vault  arm.Type
	secret arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.vault = arm.Type{
		Name: vault.TypeVault, Versions: versions, Taggable: true, Render: p.render, Put: p.put, Patch: p.patch, Remove: p.remove,
	}
	p.secret = arm.Type{
		Name: vault.TypeSecret, Versions: specs.Versions(vault.TypeSecret),
		Render: p.renderSecret, Put: p.putSecret, List: p.listSecrets, Exists: secretExists,
		// Azure has no DELETE of a secret in ARM, only in the data plane.
		Delete: func(r *arm.Request) (arm.Response, error) {
			return arm.Response{}, arm.Errorf(http.StatusMethodNotAllowed, "HttpMethodNotAllowed",
				"The http method 'DELETE' is not supported for resource type '%s'. Delete the secret through the key vault's data plane.", vault.TypeSecret)
		},
	}
	core.Register(p.vault, p.secret, p.policies())
	base := "/subscriptions/{sub}/providers/Microsoft.KeyVault"
	core.Route(http.MethodPost, base+"/checkNameAvailability",
		"Microsoft.KeyVault/checkNameAvailability/read", versions, p.checkName)
	core.Route(http.MethodGet, base+"/deletedVaults",
		"Microsoft.KeyVault/deletedVaults/read", versions, p.listDeleted)
	core.Route(http.MethodGet, base+"/locations/{location}/deletedVaults/{name}",
		"Microsoft.KeyVault/locations/deletedVaults/read", versions, p.getDeleted)
	core.Route(http.MethodPost, base+"/locations/{location}/deletedVaults/{name}/purge",
		"Microsoft.KeyVault/locations/deletedVaults/purge/action", versions, p.purge)
	core.Route(http.MethodGet, base+"/locations/{location}/operationResults/{op}", "", versions, core.Result)
	return p
}

// Body is a vault in the form of the API.
type Body struct {
	arm.Envelope
	Properties *Properties `json:"properties,omitempty"`
}

// Properties are the properties of a vault. A nil pointer in a request keeps the value of an
// existing vault.
type Properties struct {
	SKU                          *vault.SKU            `json:"sku,omitempty"`
	TenantID                     string                `json:"tenantId,omitempty"`
	AccessPolicies               *[]vault.AccessPolicy `json:"accessPolicies,omitempty"`
	CreateMode                   string                `json:"createMode,omitempty"`
	EnabledForDeployment         *bool                 `json:"enabledForDeployment,omitempty"`
	EnabledForDiskEncryption     *bool                 `json:"enabledForDiskEncryption,omitempty"`
	EnabledForTemplateDeployment *bool                 `json:"enabledForTemplateDeployment,omitempty"`
	EnableSoftDelete             *bool                 `json:"enableSoftDelete,omitempty"`
	EnablePurgeProtection        *bool                 `json:"enablePurgeProtection,omitempty"`
	EnableRBACAuthorization      *bool                 `json:"enableRbacAuthorization,omitempty"`
	SoftDeleteRetentionInDays    *int                  `json:"softDeleteRetentionInDays,omitempty"`
	NetworkACLs                  *vault.NetworkRules   `json:"networkAcls,omitempty"`
	PublicNetworkAccess          string                `json:"publicNetworkAccess,omitempty"`
	VaultURI                     string                `json:"vaultUri,omitempty"`
	HSMPoolResourceID            string                `json:"hsmPoolResourceId,omitempty"`
	ProvisioningState            string                `json:"provisioningState,omitempty"`
}

func (p *Provider) render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[vault.Vault](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	v, yes := doc.Body, true
	policies := append([]vault.AccessPolicy{}, v.Policies...) // never null
	props := &Properties{
		SKU: &v.SKU, TenantID: p.core.Authority.TenantID, AccessPolicies: &policies,
		EnabledForDeployment:         &v.Deployment,
		EnabledForDiskEncryption:     shown(v, givenDiskEncryption, &v.DiskEncryption),
		EnabledForTemplateDeployment: shown(v, givenTemplate, &v.Template),
		EnableSoftDelete:             &yes,
		EnableRBACAuthorization:      shown(v, givenRBAC, &v.RBAC),
		SoftDeleteRetentionInDays:    shown(v, givenRetention, &v.RetentionDays),
		NetworkACLs:                  v.Network, PublicNetworkAccess: v.PublicAccess, VaultURI: vault.URI(doc.Name),
		ProvisioningState: doc.State,
	}
	if v.PurgeProtection {
		props.EnablePurgeProtection = &yes
	}
	return Body{Envelope: arm.Show(doc.Header), Properties: props}, nil
}

// Optional properties that Azure shows only if a request has set them, by their names in
// vault.Vault.Given. Soft delete, the deployment switch and public access are always shown
// (pulumi-azure-native, testdata/recorded/TestProviderUpgrade/upgrade-keyvault/2.76.0, and
// azure-cli, test_keyvault_mgmt.yaml).
const (
	givenDiskEncryption = "enabledForDiskEncryption"
	givenTemplate       = "enabledForTemplateDeployment"
	givenRBAC           = "enableRbacAuthorization"
	givenRetention      = "softDeleteRetentionInDays"
)

// shown returns the value if a request has set the property; nil if not.
func shown[T any](v vault.Vault, property string, value *T) *T {
	if v.Given[property] {
		return value
	}
	return nil
}

// vaultName is ARM's rule without the length, which is checked separately because Go's regular
// expressions have no look-ahead.
var vaultName = regexp.MustCompile(`^[a-zA-Z](?:-?[a-zA-Z0-9])*$`)

func checkVaultName(name string) *arm.Error {
	if !ruleVaultName.On() || len(name) >= 3 && len(name) <= 24 && vaultName.MatchString(name) {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "VaultNameNotValid",
		"The vault name '%s' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for more information: https://go.microsoft.com/fwlink/?linkid=2147742", name)
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if err := checkVaultName(r.ID.Name()); err != nil {
		return arm.Response{}, err
	}
	location, err := arm.CheckLocation(body.Location, vault.TypeVault)
	if err != nil {
		return arm.Response{}, err
	}
	if err := arm.CheckTags(body.Tags); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		return arm.Response{}, arm.BadRequestf("The parameter properties is not specified.").At("properties")
	}
	if err := p.checkProperties(body.Properties); err != nil {
		return arm.Response{}, err
	}
	err = p.core.Store.Update(func(tx *store.Tx) error { return p.write(tx, r, location, body) })
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.vault, r.ID.String(), http.StatusOK)
}

// write stores the vault of a PUT: changed, new, or recovered.
func (p *Provider) write(tx *store.Tx, r *arm.Request, location string, body Body) error {
	have, err := resource.Load[vault.Vault](tx, r.ID.String())
	if err != nil {
		return err
	}
	if have != nil {
		if err := arm.CheckSameLocation(have.Name, r.ID.ResourceGroup, have.Location, location); err != nil {
			return err
		}
		if err := change(&have.Body, body.Properties); err != nil {
			return err
		}
		have.Header = p.core.NewHeader(&have.Header, r, location, body.Tags)
		return resource.Save(tx, have)
	}
	other, err := vault.Find(tx, r.ID.Name())
	if err != nil {
		return err
	}
	settings, err := region.Load(tx)
	if err != nil {
		return err
	}
	if other != nil || settings.Taken(r.ID.Name()) {
		return alreadyExists(r.ID.Name())
	}
	deleted, err := vault.FindDeleted(tx, r.ID.Name(), p.core.Now())
	if err != nil {
		return err
	}
	if strings.EqualFold(body.Properties.CreateMode, "recover") {
		return p.recover(tx, r, deleted, location)
	}
	if deleted != nil && ruleDeletedName.On() {
		return arm.Errorf(http.StatusConflict, "ConflictError",
			"A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.")
	}
	// The remains of a vault whose retention has ended are purged now.
	if err := vault.Purge(tx, r.ID.Name()); err != nil {
		return err
	}
	made, err := create(body.Properties, r.Version())
	if err != nil {
		return err
	}
	return resource.Save(tx, &vault.Document{Header: p.core.NewHeader(nil, r, location, body.Tags), Body: made})
}

func alreadyExists(name string) *arm.Error {
	return arm.Errorf(http.StatusConflict, "VaultAlreadyExists",
		"The vault name '%s' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information on soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740.", name)
}

// recover restores a soft-deleted vault with its secrets. Its role assignments are lost.
func (p *Provider) recover(tx *store.Tx, r *arm.Request, deleted *vault.Deleted, location string) error {
	if deleted == nil || resource.Key(deleted.Vault.ID) != r.ID.Key() || deleted.Vault.Location != location {
		return arm.Errorf(http.StatusNotFound, "DeletedVaultNotFound", "No deleted vault '%s' to recover in location '%s' and resource group '%s'.", r.ID.Name(), location, r.ID.ResourceGroup)
	}
	doc := deleted.Vault
	doc.Changed, doc.ChangedBy = p.core.Now().UTC(), r.Caller.AppID
	if err := tx.Delete(store.DeletedVaults, strings.ToLower(doc.Name)); err != nil {
		return err
	}
	return resource.Save(tx, &doc)
}

// remove soft-deletes a vault, as Azure does with every vault since 2020.
func (p *Provider) remove(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[vault.Vault](tx, id)
		if err != nil || doc == nil {
			return err
		}
		now := p.core.Now().UTC()
		retention := time.Duration(doc.Body.RetentionDays) * 24 * time.Hour
		deleted := vault.Deleted{Vault: *doc, Deleted: now, Purge: now.Add(retention)}
		if err := tx.Put(store.DeletedVaults, strings.ToLower(doc.Name), deleted); err != nil {
			return err
		}
		return resource.RemoveTree(tx, id)
	})
}

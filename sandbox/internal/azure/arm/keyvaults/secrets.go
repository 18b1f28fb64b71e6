package keyvaults

import (
	"errors"
	"net/http"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// SecretBody is a secret in the form of ARM. The value can be written but not read: "this value is
// never returned from the service APIs in the management plane"
// (Microsoft.KeyVault/vaults/secrets).
type SecretBody struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Properties *SecretProperties `json:"properties,omitempty"`
}

// SecretProperties are the properties of a secret.
type SecretProperties struct {
	Value                *string           `json:"value,omitempty"`
	ContentType          string            `json:"contentType,omitempty"`
	Attributes           *SecretAttributes `json:"attributes,omitempty"`
	SecretURI            string            `json:"secretUri,omitempty"`
	SecretURIWithVersion string            `json:"secretUriWithVersion,omitempty"`
}

// SecretAttributes are the attributes of a secret, with times as seconds since 1970.
type SecretAttributes struct {
	Enabled   *bool  `json:"enabled,omitempty"`
	NotBefore *int64 `json:"nbf,omitempty"`
	Expires   *int64 `json:"exp,omitempty"`
	Created   int64  `json:"created,omitempty"`
	Updated   int64  `json:"updated,omitempty"`
}

// parseSecretID returns the ID and the name of the vault, and the name of the secret, in the ID of
// a secret.
func parseSecretID(path string) (vaultID, vaultName, secret string, err error) {
	id, err := resource.ParseID(path)
	if err != nil {
		return "", "", "", err
	}
	vaultID, _ = id.Parent()
	return vaultID, id.Names[0], id.Name(), nil
}

func secretExists(tx *store.Tx, path string) (bool, error) {
	vaultID, vaultName, name, err := parseSecretID(path)
	if err != nil {
		return false, err
	}
	if ok, err := resource.Exists(tx, vaultID); err != nil || !ok {
		return false, err
	}
	s, err := vault.LoadSecret(tx, vaultName, name)
	return s != nil && s.Deleted == nil, err
}

func (p *Provider) renderSecret(tx *store.Tx, path string) (any, error) {
	vaultID, vaultName, name, err := parseSecretID(path)
	if err != nil {
		return nil, err
	}
	owner, err := resource.Load[vault.Vault](tx, vaultID)
	if err != nil || owner == nil {
		return nil, err
	}
	s, err := vault.LoadSecret(tx, vaultName, name)
	if err != nil || s == nil || s.Deleted != nil {
		return nil, err
	}
	return showSecret(owner, *s), nil
}

func showSecret(owner *vault.Document, s vault.Secret) SecretBody {
	v := s.Latest()
	uri := vault.SecretURI(owner.Name, s.Name)
	return SecretBody{
		ID: owner.ID + "/secrets/" + s.Name, Name: s.Name, Type: vault.TypeSecret, Location: owner.Location, Tags: v.Tags,
		Properties: &SecretProperties{
			ContentType: v.ContentType,
			Attributes: &SecretAttributes{
				Enabled: &v.Enabled, NotBefore: v.NotBefore, Expires: v.Expires,
				Created: v.Created.Unix(), Updated: v.Updated.Unix(),
			},
			SecretURI:            uri,
			SecretURIWithVersion: uri + "/" + v.ID,
		},
	}
}

func (p *Provider) putSecret(r *arm.Request) (arm.Response, error) {
	var body SecretBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	vaultID, vaultName, name, err := parseSecretID(r.ID.String())
	if err != nil {
		return arm.Response{}, err
	}
	if !vault.SecretName.MatchString(name) {
		return arm.Response{}, arm.BadRequestf("The secret name '%s' is invalid. It must have 1 to 127 letters, digits and hyphens.", name)
	}
	if body.Properties == nil {
		return arm.Response{}, arm.BadRequestf("The parameter properties is not specified.").At("properties")
	}
	if err := arm.CheckTags(body.Tags); err != nil {
		return arm.Response{}, err
	}
	if len(body.Tags) > 15 {
		return arm.Response{}, arm.BadRequestf("The secret has %d tags; a secret can have 15.", len(body.Tags)).At("tags")
	}
	status := http.StatusOK
	err = p.core.Store.Update(func(tx *store.Tx) error {
		owner, err := resource.Load[vault.Vault](tx, vaultID)
		if err != nil {
			return err
		}
		if owner == nil {
			return arm.Errorf(http.StatusNotFound, "ParentResourceNotFound", "The vault '%s' could not be found.", vaultName)
		}
		have, err := vault.LoadSecret(tx, vaultName, name)
		if err != nil {
			return err
		}
		if have == nil {
			status = http.StatusCreated
		}
		return p.writeSecret(tx, owner.Name, name, body, have)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.secret, r.ID.String(), status)
}

// writeSecret stores a new version. Without a value in the request it keeps the value of the
// previous version.
func (p *Provider) writeSecret(tx *store.Tx, vaultName, name string, body SecretBody, have *vault.Secret) error {
	now := p.core.Now().UTC()
	v := vault.Version{ContentType: body.Properties.ContentType, Tags: body.Tags, Enabled: true, Created: now, Updated: now}
	switch {
	case body.Properties.Value != nil:
		v.Value = *body.Properties.Value
	case have != nil && have.Deleted == nil:
		v.Value = have.Latest().Value
	default:
		return arm.BadRequestf("The property 'value' is required to create the secret '%s'.", name).At("properties.value")
	}
	if a := body.Properties.Attributes; a != nil {
		v.Enabled = ptr.Deref(a.Enabled, v.Enabled)
		v.NotBefore, v.Expires = a.NotBefore, a.Expires
	}
	_, err := vault.Set(tx, vaultName, name, v)
	var refused vault.Refusal
	if errors.As(err, &refused) {
		status, code, message := refused.Refusal()
		return arm.Errorf(status, code, "%s", message)
	}
	return err
}

func (p *Provider) listSecrets(r *arm.Request) (arm.Response, error) {
	vaultID, _ := r.ID.Parent()
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		owner, err := resource.Load[vault.Vault](tx, vaultID)
		if err != nil || owner == nil {
			return err
		}
		all, err := vault.ListSecrets(tx, owner.Name)
		for _, s := range all {
			if s.Deleted == nil {
				items = append(items, showSecret(owner, s))
			}
		}
		return err
	})
	return arm.List(items), err
}

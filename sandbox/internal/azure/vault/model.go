// Package vault implements Key Vault: the stored form of vaults and secrets, the rules for access
// to them, and the data plane under <name>.vault.azure.net. The management plane is package
// arm/keyvaults.
package vault

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Type tokens.
const (
	TypeVault  = "Microsoft.KeyVault/vaults"
	TypeSecret = TypeVault + "/secrets"
)

// Domain ends the host name of every vault in the public cloud.
const Domain = ".vault.azure.net"

// Vault is the body of a stored vault.
type Vault struct {
	SKU SKU `json:"sku"`
	// RBAC reports whether roles, instead of access policies, decide on access.
	RBAC          bool           `json:"rbac"`
	Policies      []AccessPolicy `json:"policies,omitempty"`
	RetentionDays int            `json:"retentionDays"`
	// Given holds the optional properties that requests have set: Azure shows no others.
	Given           map[string]bool `json:"given,omitempty"`
	PurgeProtection bool            `json:"purgeProtection,omitempty"`
	Network         *NetworkRules   `json:"network,omitempty"`
	PublicAccess    string          `json:"publicAccess"` // Enabled or Disabled
	Deployment      bool            `json:"deployment,omitempty"`
	DiskEncryption  bool            `json:"diskEncryption,omitempty"`
	Template        bool            `json:"template,omitempty"`
}

// Document is a stored vault.
type Document = resource.Document[Vault]

// SKU is the SKU of a vault.
type SKU struct {
	Family string `json:"family"`
	Name   string `json:"name"`
}

// AccessPolicy grants permissions to one principal, in a vault that does not use roles.
type AccessPolicy struct {
	TenantID      string      `json:"tenantId"`
	ObjectID      string      `json:"objectId"`
	ApplicationID string      `json:"applicationId,omitempty"`
	Permissions   Permissions `json:"permissions"`
}

// Permissions are the permissions of an access policy, by kind of object.
type Permissions struct {
	Keys         []string `json:"keys,omitempty"`
	Secrets      []string `json:"secrets,omitempty"`
	Certificates []string `json:"certificates,omitempty"`
	Storage      []string `json:"storage,omitempty"`
}

// NetworkRules are the network rules of a vault. Every request to the sandbox comes from a loopback
// address, so only the default action has an effect.
type NetworkRules struct {
	Bypass              string        `json:"bypass,omitempty"`
	DefaultAction       string        `json:"defaultAction,omitempty"`
	IPRules             []IPRule      `json:"ipRules,omitempty"`
	VirtualNetworkRules []NetworkRule `json:"virtualNetworkRules,omitempty"`
}

// IPRule allows an address range.
type IPRule struct {
	Value string `json:"value"`
}

// NetworkRule allows a subnet.
type NetworkRule struct {
	ID                               string `json:"id"`
	IgnoreMissingVnetServiceEndpoint bool   `json:"ignoreMissingVnetServiceEndpoint,omitempty"`
}

// Deleted is a soft-deleted vault.
type Deleted struct {
	Vault   Document  `json:"vault"`
	Deleted time.Time `json:"deleted"`
	Purge   time.Time `json:"purge"` // time of the permanent deletion
}

// Secret is a stored secret with all its versions, oldest first.
type Secret struct {
	Vault    string     `json:"vault"`
	Name     string     `json:"name"`
	Versions []Version  `json:"versions"`
	Deleted  *time.Time `json:"deleted,omitempty"`
	Purge    *time.Time `json:"purge,omitempty"`
}

// Version is one value of a secret.
type Version struct {
	ID          string            `json:"id"`
	Value       string            `json:"value"`
	ContentType string            `json:"contentType,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
	Enabled     bool              `json:"enabled"`
	NotBefore   *int64            `json:"notBefore,omitempty"` // seconds since 1970
	Expires     *int64            `json:"expires,omitempty"`   // seconds since 1970
	Created     time.Time         `json:"created"`
	Updated     time.Time         `json:"updated"`
}

// URI returns the URI of a vault, with the trailing slash that ARM shows.
func URI(name string) string { return "https://" + strings.ToLower(name) + Domain + "/" }

// SecretURI returns the URI of a secret, without a version.
func SecretURI(vault, name string) string { return URI(vault) + "secrets/" + name }

// Latest returns the newest version.
func (s Secret) Latest() Version { return s.Versions[len(s.Versions)-1] }

func secretKey(vault, name string) string {
	return strings.ToLower(vault) + "/" + strings.ToLower(name)
}

// LoadSecret reads a secret, deleted or not; nil if there is none.
func LoadSecret(tx *store.Tx, vault, name string) (*Secret, error) {
	var s Secret
	ok, err := tx.Get(store.Secrets, secretKey(vault, name), &s)
	if err != nil || !ok {
		return nil, err
	}
	return &s, nil
}

// SaveSecret writes a secret.
func SaveSecret(tx *store.Tx, s Secret) error {
	return tx.Put(store.Secrets, secretKey(s.Vault, s.Name), s)
}

// ListSecrets reads the secrets of a vault, deleted ones included, in name order.
func ListSecrets(tx *store.Tx, vault string) ([]Secret, error) {
	return store.List[Secret](tx, store.Secrets, secretKey(vault, ""))
}

// RemoveSecret deletes a secret permanently.
func RemoveSecret(tx *store.Tx, vault, name string) error {
	return tx.Delete(store.Secrets, secretKey(vault, name))
}

// RemoveSecrets deletes all secrets of a vault permanently.
func RemoveSecrets(tx *store.Tx, vault string) error {
	for _, key := range tx.Keys(store.Secrets, secretKey(vault, "")) {
		if err := tx.Delete(store.Secrets, key); err != nil {
			return err
		}
	}
	return nil
}

// AddVersion stores a new version of a secret, and creates the secret if it does not exist.
func AddVersion(tx *store.Tx, vault, name string, v Version) (*Secret, error) {
	s, err := LoadSecret(tx, vault, name)
	if err != nil {
		return nil, err
	}
	if s == nil {
		s = &Secret{Vault: vault, Name: name}
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails, see crypto/rand
	v.ID = hex.EncodeToString(id)
	s.Versions = append(s.Versions, v)
	return s, SaveSecret(tx, *s)
}

// Find reads the vault with this name in any resource group; nil if there is none or it is
// soft-deleted. Vault names are globally unique.
func Find(tx *store.Tx, name string) (*Document, error) {
	return resource.FindByName[Vault](tx, TypeVault, name)
}

// FindDeleted reads the soft-deleted vault with this name; nil if there is none or its retention
// has ended.
func FindDeleted(tx *store.Tx, name string, now time.Time) (*Deleted, error) {
	var d Deleted
	ok, err := tx.Get(store.DeletedVaults, strings.ToLower(name), &d)
	if err != nil || !ok || now.After(d.Purge) {
		return nil, err
	}
	return &d, nil
}

// Purge deletes a soft-deleted vault and its secrets permanently.
func Purge(tx *store.Tx, name string) error {
	if err := RemoveSecrets(tx, name); err != nil {
		return err
	}
	return tx.Delete(store.DeletedVaults, strings.ToLower(name))
}

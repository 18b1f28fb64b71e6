// Package vault is the Key Vault: what is kept of vaults and secrets, who may read them, and the data plane that
// answers under <name>.vault.azure.net. The management plane is package arm/keyvaults.
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

// Domain is what every vault's host name ends with in the public cloud.
const Domain = ".vault.azure.net"

// Vault is the body of a stored vault.
type Vault struct {
	SKU             SKU            `json:"sku"`
	RBAC            bool           `json:"rbac"` // roles decide; else access policies
	Policies        []AccessPolicy `json:"policies,omitempty"`
	RetentionDays   int            `json:"retentionDays"`
	PurgeProtection bool           `json:"purgeProtection,omitempty"`
	Network         *NetworkRules  `json:"network,omitempty"`
	PublicAccess    string         `json:"publicAccess"` // Enabled or Disabled
	Deployment      bool           `json:"deployment,omitempty"`
	DiskEncryption  bool           `json:"diskEncryption,omitempty"`
	Template        bool           `json:"template,omitempty"`
}

// Document is a stored vault.
type Document = resource.Document[Vault]

// SKU of a vault.
type SKU struct {
	Family string `json:"family"`
	Name   string `json:"name"`
}

// AccessPolicy lets one principal do what its permissions say, where the vault does not use roles.
type AccessPolicy struct {
	TenantID      string      `json:"tenantId"`
	ObjectID      string      `json:"objectId"`
	ApplicationID string      `json:"applicationId,omitempty"`
	Permissions   Permissions `json:"permissions"`
}

// Permissions by kind of object.
type Permissions struct {
	Keys         []string `json:"keys,omitempty"`
	Secrets      []string `json:"secrets,omitempty"`
	Certificates []string `json:"certificates,omitempty"`
	Storage      []string `json:"storage,omitempty"`
}

// NetworkRules of a vault. The sandbox knows no addresses but loopback, so only the default action counts.
type NetworkRules struct {
	Bypass              string        `json:"bypass,omitempty"`
	DefaultAction       string        `json:"defaultAction,omitempty"`
	IPRules             []IPRule      `json:"ipRules,omitempty"`
	VirtualNetworkRules []NetworkRule `json:"virtualNetworkRules,omitempty"`
}

// IPRule admits an address range.
type IPRule struct {
	Value string `json:"value"`
}

// NetworkRule admits a subnet.
type NetworkRule struct {
	ID                               string `json:"id"`
	IgnoreMissingVnetServiceEndpoint bool   `json:"ignoreMissingVnetServiceEndpoint,omitempty"`
}

// Deleted is a vault in the soft-deleted state.
type Deleted struct {
	Vault   Document  `json:"vault"`
	Deleted time.Time `json:"deleted"`
	Purge   time.Time `json:"purge"` // when it goes for good
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

// URI of a vault, with the trailing slash that ARM shows.
func URI(name string) string { return "https://" + strings.ToLower(name) + Domain + "/" }

// SecretURI of a secret, without version.
func SecretURI(vault, name string) string { return URI(vault) + "secrets/" + name }

// Latest is the newest version.
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

// RemoveSecret takes a secret away for good.
func RemoveSecret(tx *store.Tx, vault, name string) error {
	return tx.Delete(store.Secrets, secretKey(vault, name))
}

// RemoveSecrets takes all secrets of a vault away for good.
func RemoveSecrets(tx *store.Tx, vault string) error {
	for _, key := range tx.Keys(store.Secrets, secretKey(vault, "")) {
		if err := tx.Delete(store.Secrets, key); err != nil {
			return err
		}
	}
	return nil
}

// AddVersion stores a new value of a secret, creating the secret if need be.
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

// Find reads the live vault with this name, wherever it is; nil if there is none. Vault names are unique in the world.
func Find(tx *store.Tx, name string) (*Document, error) {
	all, err := resource.All[Vault](tx, "", TypeVault)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if strings.EqualFold(v.Name, name) {
			return &v, nil
		}
	}
	return nil, nil
}

// FindDeleted reads the soft-deleted vault with this name; nil if there is none or its retention has ended.
func FindDeleted(tx *store.Tx, name string, now time.Time) (*Deleted, error) {
	var d Deleted
	ok, err := tx.Get(store.DeletedVaults, strings.ToLower(name), &d)
	if err != nil || !ok || now.After(d.Purge) {
		return nil, err
	}
	return &d, nil
}

// Purge takes a soft-deleted vault away for good, with its secrets.
func Purge(tx *store.Tx, name string) error {
	if err := RemoveSecrets(tx, name); err != nil {
		return err
	}
	return tx.Delete(store.DeletedVaults, strings.ToLower(name))
}

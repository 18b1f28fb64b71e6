// Package blob implements Blob Storage: the stored form of storage accounts, containers and blobs,
// the rules for access to them, and the data plane under <account>.blob.core.windows.net. The
// management plane is package arm/accounts.
package blob

import (
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Type tokens.
const (
	TypeAccount      = "Microsoft.Storage/storageAccounts"
	TypeBlobService  = TypeAccount + "/blobServices"
	TypeContainer    = TypeBlobService + "/containers"
	TypeFileService  = TypeAccount + "/fileServices"
	TypeQueueService = TypeAccount + "/queueServices"
	TypeQueue        = TypeQueueService + "/queues"
)

// Domain ends the host name of every account in the public cloud.
const Domain = ".blob.core.windows.net"

const (
	// blobs begins the data actions on blobs, which are not a resource type.
	blobs = TypeContainer + "/blobs"
	// serviceName is the only name of a blob or queue service.
	serviceName      = "default"
	containerSegment = "/blobServices/" + serviceName + "/containers/"

	publicAccessOff   = "Disabled"
	defaultActionDeny = "Deny"
)

// Account is the body of a stored storage account.
type Account struct {
	SKU             string        `json:"sku"`
	Kind            string        `json:"kind"`
	AccessTier      string        `json:"accessTier,omitempty"`
	MinTLS          string        `json:"minTls"`
	HTTPSOnly       bool          `json:"httpsOnly"`
	PublicBlobs     bool          `json:"publicBlobs"`
	SharedKey       *bool         `json:"sharedKey,omitempty"` // nil means allowed
	CrossTenant     *bool         `json:"crossTenant,omitempty"`
	OAuthByDefault  *bool         `json:"oauthByDefault,omitempty"`
	HNS             *bool         `json:"hns,omitempty"`
	LocalUsers      *bool         `json:"localUsers,omitempty"`
	DoubleEncrypted bool          `json:"doubleEncrypted,omitempty"`
	LargeFileShares string        `json:"largeFileShares,omitempty"`
	Network         *NetworkRules `json:"network,omitempty"`
	// PublicAccess is Enabled or Disabled; "" means enabled.
	PublicAccess string `json:"publicAccess,omitempty"`
}

// AccountDocument is a stored storage account.
type AccountDocument = resource.Document[Account]

// NetworkRules are the network rules of an account. Every request to the sandbox comes from a
// loopback address, so only the default action has an effect.
type NetworkRules struct {
	Bypass              string        `json:"bypass"`
	DefaultAction       string        `json:"defaultAction"`
	IPRules             []IPRule      `json:"ipRules"`
	VirtualNetworkRules []NetworkRule `json:"virtualNetworkRules"`
}

// IPRule allows an address range.
type IPRule struct {
	Value  string `json:"value"`
	Action string `json:"action,omitempty"`
}

// NetworkRule allows a subnet.
type NetworkRule struct {
	ID     string `json:"id"`
	Action string `json:"action,omitempty"`
	State  string `json:"state,omitempty"`
}

// Container is the body of a stored container.
type Container struct {
	ETag     string            `json:"etag"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Lease    Lease             `json:"lease,omitzero"`
}

// ContainerDocument is a stored container.
type ContainerDocument = resource.Document[Container]

// Blob is a stored block blob.
type Blob struct {
	Account     string            `json:"account"`
	Container   string            `json:"container"`
	Name        string            `json:"name"`
	Content     []byte            `json:"content"`
	Headers     map[string]string `json:"headers"` // as in responses, such as Content-Type
	Metadata    map[string]string `json:"metadata,omitempty"`
	ETag        string            `json:"etag"`
	Created     time.Time         `json:"created"`
	Changed     time.Time         `json:"changed"`
	ContentHash string            `json:"contentHash"` // MD5, base64; "" for a list of blocks
	Blocks      []Block           `json:"blocks,omitempty"`
	Lease       Lease             `json:"lease,omitzero"`
	Copy        *Copy             `json:"copy,omitempty"`
}

// key returns the key of a blob. Container names are lower case, blob names are case-sensitive.
func key(account, container, name string) string {
	return strings.ToLower(account) + "/" + strings.ToLower(container) + "/" + name
}

// ContainerID returns the resource ID of an account's container.
func ContainerID(accountID, name string) string { return accountID + containerSegment + name }

func load(tx *store.Tx, account, container, name string) (*Blob, error) {
	var b Blob
	ok, err := tx.Get(store.Blobs, key(account, container, name), &b)
	if err != nil || !ok {
		return nil, err
	}
	return &b, nil
}

func save(tx *store.Tx, b Blob) error {
	return tx.Put(store.Blobs, key(b.Account, b.Container, b.Name), b)
}

func remove(tx *store.Tx, account, container, name string) error {
	if err := removeStaged(tx, stagedKey(account, container, name)); err != nil {
		return err
	}
	return tx.Delete(store.Blobs, key(account, container, name))
}

// removeStaged removes the staged blocks whose keys begin with the prefix.
func removeStaged(tx *store.Tx, prefix string) error {
	for _, k := range tx.Keys(store.BlobBlocks, prefix) {
		if err := tx.Delete(store.BlobBlocks, k); err != nil {
			return err
		}
	}
	return nil
}

func listBlobs(tx *store.Tx, account, container, prefix string) ([]Blob, error) {
	return store.List[Blob](tx, store.Blobs, key(account, container, prefix))
}

// RemoveBlobs removes the blobs of a container or, for "", of the whole account.
func RemoveBlobs(tx *store.Tx, account, container string) error {
	prefix := strings.ToLower(account) + "/"
	if container != "" {
		prefix = key(account, container, "")
	}
	for _, k := range tx.Keys(store.Blobs, prefix) {
		if err := tx.Delete(store.Blobs, k); err != nil {
			return err
		}
	}
	return removeStaged(tx, prefix)
}

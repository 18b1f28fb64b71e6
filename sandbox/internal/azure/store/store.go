// Package store keeps the sandbox's Azure on disk: JSON documents in named buckets of one bbolt
// file.
//
// bbolt commits with fsync and a copy-on-write page tree, so after kill -9 or a power cut each
// transaction is either complete or absent, and `sandbox up` can continue with the same state.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Bucket names one kind of document.
type Bucket string

// The buckets. A bucket for a new kind of document is added here and to buckets, from which Open
// creates them.
const (
	Meta          Bucket = "meta"          // tenant, subscription, deployer
	Keys          Bucket = "keys"          // private signing keys, as JWK
	Resources     Bucket = "resources"     // ARM resources, by lower-case resource ID
	Operations    Bucket = "operations"    // long-running operations, by operation ID
	Principals    Bucket = "principals"    // service principals, by object ID
	Applications  Bucket = "applications"  // Entra applications, by object ID
	Credentials   Bucket = "credentials"   // federated identity credentials, by app ID and name
	Secrets       Bucket = "secrets"       // Key Vault secrets, by vault and name
	DeletedVaults Bucket = "deletedvaults" // soft-deleted vaults, by name
	Roles         Bucket = "roles"         // custom role definitions, by GUID
	Blobs         Bucket = "blobs"         // blobs, by account, container and name
	BlobBlocks    Bucket = "blobblocks"    // blocks that no list has committed, by blob and block ID
)

var buckets = []Bucket{
	Meta, Keys, Resources, Operations, Principals, Applications, Credentials, Secrets, DeletedVaults, Roles, Blobs, BlobBlocks,
}

// ErrHeld is returned by Open when another process has the file open.
var ErrHeld = errors.New("the state file is held by another process")

// Store is an open state file. It is safe for concurrent use: one writer at a time, any number of
// readers.
type Store struct {
	db *bbolt.DB
}

// Open opens or creates the file with mode 0600, because it holds private keys.
func Open(path string) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s: %w", path, ErrHeld)
	}
	if err != nil {
		return nil, fmt.Errorf("open state file %s: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, b := range buckets {
			if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
				return fmt.Errorf("create bucket %s: %w", b, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db}, nil
}

// Close waits for running transactions and releases the file.
func (s *Store) Close() error { return s.db.Close() }

// View runs f on a consistent snapshot. f must not call Update.
func (s *Store) View(f func(*Tx) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return f(&Tx{tx: tx}) })
}

// Update runs f as the only writer. It commits if f returns nil and discards all changes of f
// otherwise.
func (s *Store) Update(f func(*Tx) error) error {
	return s.db.Update(func(tx *bbolt.Tx) error { return f(&Tx{tx: tx}) })
}

// Tx is a transaction. It is valid only inside the function it was given to.
type Tx struct {
	tx *bbolt.Tx
}

// Get decodes a document into the value that into points to and reports whether the document
// exists. A nil into only asks whether it exists.
func (t *Tx) Get(b Bucket, key string, into any) (bool, error) {
	raw := t.tx.Bucket([]byte(b)).Get([]byte(key))
	if raw == nil {
		return false, nil
	}
	if into == nil {
		return true, nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return true, fmt.Errorf("document %s %s: %w", b, key, err)
	}
	return true, nil
}

// Put writes a document.
func (t *Tx) Put(b Bucket, key string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("document %s %s: %w", b, key, err)
	}
	if err := t.tx.Bucket([]byte(b)).Put([]byte(key), raw); err != nil {
		return fmt.Errorf("document %s %s: %w", b, key, err)
	}
	return nil
}

// Delete removes a document. A missing one is no error.
func (t *Tx) Delete(b Bucket, key string) error {
	if err := t.tx.Bucket([]byte(b)).Delete([]byte(key)); err != nil {
		return fmt.Errorf("document %s %s: %w", b, key, err)
	}
	return nil
}

// Keys lists the keys that start with prefix, in byte order. The slice is a copy, so the caller may
// delete while it ranges.
func (t *Tx) Keys(b Bucket, prefix string) []string {
	var keys []string
	c := t.tx.Bucket([]byte(b)).Cursor()
	for k, _ := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, _ = c.Next() {
		keys = append(keys, string(k))
	}
	return keys
}

// List reads every document whose key starts with prefix, in key order.
func List[T any](t *Tx, b Bucket, prefix string) ([]T, error) {
	var all []T
	c := t.tx.Bucket([]byte(b)).Cursor()
	for k, raw := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, raw = c.Next() {
		var one T
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, fmt.Errorf("document %s %s: %w", b, k, err)
		}
		all = append(all, one)
	}
	return all, nil
}

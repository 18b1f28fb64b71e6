package resource

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Provisioning states that Azure resource providers answer with.
const (
	Creating  = "Creating"
	Updating  = "Updating"
	Deleting  = "Deleting"
	Succeeded = "Succeeded"
	Failed    = "Failed"
	Canceled  = "Canceled"
)

// Header holds the fields that resources of every type have.
type Header struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Location string            `json:"location,omitempty"`
	Tags     map[string]string `json:"tags,omitempty"`
	State    string            `json:"state"` // provisioning state
	Created  time.Time         `json:"created"`
	Changed  time.Time         `json:"changed"`
	// CreatedBy and ChangedBy are the app IDs of the callers, as systemData shows them.
	CreatedBy string `json:"createdBy,omitempty"`
	ChangedBy string `json:"changedBy,omitempty"`
}

// Document is a stored resource: the header and the body of its type.
type Document[T any] struct {
	Header
	Body T `json:"body"`
}

// Load reads the resource with this ID; nil if there is none.
func Load[T any](tx *store.Tx, id string) (*Document[T], error) {
	var doc Document[T]
	ok, err := tx.Get(store.Resources, Key(id), &doc)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", id, err)
	}
	if !ok {
		return nil, nil
	}
	return &doc, nil
}

// Save writes the resource under its ID.
func Save[T any](tx *store.Tx, doc *Document[T]) error {
	return tx.Put(store.Resources, Key(doc.ID), doc)
}

// LoadHeader reads the header of a resource of any type; nil if there is none.
func LoadHeader(tx *store.Tx, id string) (*Header, error) {
	doc, err := Load[json.RawMessage](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return &doc.Header, nil
}

// Exists reports whether a resource with this ID is stored.
func Exists(tx *store.Tx, id string) (bool, error) { return tx.Get(store.Resources, Key(id), nil) }

// All lists the resources of one type whose ID starts with the scope, in ID order.
func All[T any](tx *store.Tx, scope, typ string) ([]Document[T], error) {
	headers, err := Headers(tx, scope)
	if err != nil {
		return nil, err
	}
	var docs []Document[T]
	for _, h := range headers {
		if !strings.EqualFold(h.Type, typ) {
			continue
		}
		doc, err := Load[T](tx, h.ID)
		if err != nil {
			return nil, err
		}
		docs = append(docs, *doc)
	}
	return docs, nil
}

// Headers lists the headers of all resources below the scope, in ID order, without the scope
// itself.
func Headers(tx *store.Tx, scope string) ([]Header, error) {
	return store.List[Header](tx, store.Resources, Key(scope)+"/")
}

// RemoveTree removes a resource and everything stored below it: children, and role assignments on
// any of them. Azure does the same: "If you delete a resource, its role assignments are deleted
// too".
func RemoveTree(tx *store.Tx, id string) error {
	for _, key := range append(tx.Keys(store.Resources, Key(id)+"/"), Key(id)) {
		if err := tx.Delete(store.Resources, key); err != nil {
			return err
		}
	}
	return nil
}

// FindByName reads the resource of a type with this name in any resource group; nil if there is
// none. It is for types whose names are globally unique because they are part of host names.
func FindByName[T any](tx *store.Tx, typ, name string) (*Document[T], error) {
	all, err := All[T](tx, "", typ)
	if err != nil {
		return nil, err
	}
	for _, doc := range all {
		if strings.EqualFold(doc.Name, name) {
			return &doc, nil
		}
	}
	return nil, nil
}

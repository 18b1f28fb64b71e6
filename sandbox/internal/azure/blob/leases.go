package blob

import (
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// leaseBlob serves Lease Blob (https://learn.microsoft.com/rest/api/storageservices/lease-blob). A
// lease changes neither the ETag nor the time of the last change.
func (c *call) leaseBlob() (response, error) {
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		b, err := c.findBlob(tx, writeBlob)
		if err != nil {
			return err
		}
		if a, err = b.Lease.act(c.Header, c.server.Now().UTC()); err != nil {
			return err
		}
		a.header["ETag"], a.header["Last-Modified"] = b.ETag, stamp(b.Changed)
		return save(tx, *b)
	})
	return a, err
}

// leaseContainer serves Lease Container
// (https://learn.microsoft.com/rest/api/storageservices/lease-container). The lease protects the
// container from deletion only.
func (c *call) leaseContainer() (response, error) {
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		if err := c.permit(tx, writeContainer); err != nil {
			return err
		}
		doc, err := c.loadContainer(tx)
		if err != nil {
			return err
		}
		if a, err = doc.Body.Lease.act(c.Header, c.server.Now().UTC()); err != nil {
			return onContainer(err)
		}
		a.header["ETag"], a.header["Last-Modified"] = doc.Body.ETag, stamp(doc.Changed)
		return resource.Save(tx, doc)
	})
	return a, err
}

package blob

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// setBlobMetadata replaces the metadata of a blob.
func (c *call) setBlobMetadata() (response, error) {
	metadata, err := readMetadata(c.Header)
	if err != nil {
		return response{}, err
	}
	return c.change(func(b *Blob) { b.Metadata = metadata })
}

// setBlobProperties replaces the headers that a blob keeps: one that the request lacks is removed.
func (c *call) setBlobProperties() (response, error) {
	return c.change(func(b *Blob) {
		b.Headers = map[string]string{}
		c.keepHeaders(b)
		b.ContentHash = c.Header.Get("x-ms-blob-content-md5")
	})
}

// change applies a change to a blob that exists.
func (c *call) change(apply func(*Blob)) (response, error) {
	if err := c.checkHeaders(); err != nil {
		return response{}, err
	}
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		b, err := c.findBlob(tx, writeBlob)
		if err != nil {
			return err
		}
		if err := b.Lease.allow(c.server.Now(), c.Header.Get("x-ms-lease-id"), true); err != nil {
			return err
		}
		apply(b)
		b.ETag, b.Changed = newETag(), c.server.Now().UTC()
		a = response{status: http.StatusOK, header: map[string]string{
			"ETag": b.ETag, "Last-Modified": stamp(b.Changed), "x-ms-request-server-encrypted": "true",
		}}
		return save(tx, *b)
	})
	return a, err
}

// setContainerMetadata replaces the metadata of a container.
func (c *call) setContainerMetadata() (response, error) {
	metadata, err := readMetadata(c.Header)
	if err != nil {
		return response{}, err
	}
	var a response
	err = c.server.Store.Update(func(tx *store.Tx) error {
		if err := c.permit(tx, writeContainer); err != nil {
			return err
		}
		doc, err := c.loadContainer(tx)
		if err != nil {
			return err
		}
		SetMetadata(doc, metadata)
		doc.Changed = c.server.Now().UTC()
		a = response{status: http.StatusOK, header: map[string]string{"ETag": doc.Body.ETag, "Last-Modified": stamp(doc.Changed)}}
		return resource.Save(tx, doc)
	})
	return a, err
}

package blob

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// newETag returns a new entity tag; every write gives its blob or container another one.
func newETag() string {
	return `"0x` + strings.ToUpper(uuid.NewString()[:8]+uuid.NewString()[:7]) + `"`
}

func stamp(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// NewContainer returns the document of a new container, for the data plane and the management
// plane.
func NewContainer(header resource.Header, metadata map[string]string) *ContainerDocument {
	return &ContainerDocument{Header: header, Body: Container{ETag: newETag(), Metadata: metadata}}
}

// SetMetadata replaces the metadata of a container, which gives it another entity tag.
func SetMetadata(doc *ContainerDocument, metadata map[string]string) {
	doc.Body.ETag, doc.Body.Metadata = newETag(), metadata
}

func (c *call) loadContainer(tx *store.Tx) (*ContainerDocument, error) {
	doc, err := resource.Load[Container](tx, ContainerID(c.account.ID, c.container))
	if err == nil && doc == nil {
		return nil, containerNotFound()
	}
	return doc, err
}

func (c *call) createContainer() (response, error) {
	metadata, err := readMetadata(c.Header)
	if err != nil {
		return response{}, err
	}
	if c.Header.Get("x-ms-blob-public-access") != "" {
		return response{}, failf(http.StatusConflict, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
	}
	var a response
	err = c.server.Store.Update(func(tx *store.Tx) error {
		if err := c.permit(tx, writeContainer); err != nil {
			return err
		}
		id := ContainerID(c.account.ID, c.container)
		if ok, err := resource.Exists(tx, id); err != nil {
			return err
		} else if ok {
			return failf(http.StatusConflict, "ContainerAlreadyExists", "The specified container already exists.")
		}
		now := c.server.Now().UTC()
		doc := NewContainer(resource.Header{
			ID: id, Name: c.container, Type: TypeContainer, State: resource.Succeeded,
			Created: now, Changed: now, CreatedBy: c.caller.AppID, ChangedBy: c.caller.AppID,
		}, metadata)
		a = response{status: http.StatusCreated, header: map[string]string{"ETag": doc.Body.ETag, "Last-Modified": stamp(now)}}
		return resource.Save(tx, doc)
	})
	return a, err
}

func (c *call) getContainer() (response, error) {
	var a response
	err := c.server.Store.View(func(tx *store.Tx) error {
		if err := c.permit(tx, readContainer); err != nil {
			return err
		}
		doc, err := c.loadContainer(tx)
		if err != nil {
			return err
		}
		a = response{status: http.StatusOK, header: map[string]string{
			"ETag": doc.Body.ETag, "Last-Modified": stamp(doc.Changed),
			"x-ms-has-immutability-policy": "false", "x-ms-has-legal-hold": "false",
		}}
		addLease(a.header, doc.Body.Lease, c.server.Now())
		addMetadata(a.header, doc.Body.Metadata)
		return nil
	})
	return a, err
}

func (c *call) deleteContainer() (response, error) {
	err := c.server.Store.Update(func(tx *store.Tx) error {
		if err := c.permit(tx, deleteContainer); err != nil {
			return err
		}
		doc, err := c.loadContainer(tx)
		if err != nil {
			return err
		}
		if err := doc.Body.Lease.allow(c.server.Now(), c.Header.Get("x-ms-lease-id"), true); err != nil {
			return onContainer(err)
		}
		if err := c.checkContainerConditions(doc); err != nil {
			return err
		}
		return RemoveContainer(tx, c.account.Name, doc)
	})
	return response{status: http.StatusAccepted}, err
}

// RemoveContainer removes a container and its blobs, for the data plane and the management plane.
func RemoveContainer(tx *store.Tx, account string, doc *ContainerDocument) error {
	if err := RemoveBlobs(tx, account, doc.Name); err != nil {
		return err
	}
	return resource.RemoveTree(tx, doc.ID)
}

// checkContainerConditions refuses the deletion of a container that the times in the request do not
// fit; this operation knows no entity tags.
func (c *call) checkContainerConditions(doc *ContainerDocument) error {
	given, err := readConditions(c.Header, "")
	if err != nil {
		return err
	}
	if given.match != "" || given.noneMatch != "" {
		return unsupportedHeader("If-Match and If-None-Match for a container")
	}
	if unmatched, unchanged := given.failed(&Blob{Changed: doc.Changed}); unmatched || unchanged {
		return precondition("ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	}
	return nil
}

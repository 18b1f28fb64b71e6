package blob

import (
	"encoding/xml"
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
			"x-ms-lease-status": "unlocked", "x-ms-lease-state": "available",
			"x-ms-has-immutability-policy": "false", "x-ms-has-legal-hold": "false",
		}}
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

type containerList struct {
	XMLName    xml.Name        `xml:"EnumerationResults"`
	Endpoint   string          `xml:"ServiceEndpoint,attr"`
	Prefix     string          `xml:"Prefix,omitempty"`
	Containers []containerItem `xml:"Containers>Container"`
	NextMarker string          `xml:"NextMarker"`
}

type containerItem struct {
	Name         string `xml:"Name"`
	LastModified string `xml:"Properties>Last-Modified"`
	ETag         string `xml:"Properties>Etag"`
	LeaseStatus  string `xml:"Properties>LeaseStatus"`
	LeaseState   string `xml:"Properties>LeaseState"`
}

func (c *call) listContainers() (response, error) {
	if err := c.checkListing("prefix", "include"); err != nil {
		return response{}, err
	}
	prefix := c.URL.Query().Get("prefix")
	list := containerList{Endpoint: "https://" + c.account.Name + Domain + "/", Prefix: prefix}
	err := c.server.Store.View(func(tx *store.Tx) error {
		if err := c.permit(tx, listContainers); err != nil {
			return err
		}
		all, err := resource.All[Container](tx, c.account.ID, TypeContainer)
		for _, doc := range all {
			if strings.HasPrefix(doc.Name, prefix) {
				list.Containers = append(list.Containers, containerItem{doc.Name, stamp(doc.Changed), doc.Body.ETag, "unlocked", "available"})
			}
		}
		return err
	})
	return response{status: http.StatusOK, body: list}, err
}

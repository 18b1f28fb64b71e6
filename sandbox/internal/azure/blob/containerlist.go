package blob

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

type containerList struct {
	XMLName    xml.Name        `xml:"EnumerationResults"`
	Endpoint   string          `xml:"ServiceEndpoint,attr"`
	Prefix     string          `xml:"Prefix,omitempty"`
	Marker     string          `xml:"Marker,omitempty"`
	MaxResults int             `xml:"MaxResults,omitempty"`
	Containers []containerItem `xml:"Containers>Container"`
	NextMarker string          `xml:"NextMarker"`
}

type containerItem struct {
	Name         string        `xml:"Name"`
	LastModified string        `xml:"Properties>Last-Modified"`
	ETag         string        `xml:"Properties>Etag"`
	LeaseStatus  string        `xml:"Properties>LeaseStatus"`
	LeaseState   string        `xml:"Properties>LeaseState"`
	Metadata     *metadataList `xml:"Metadata,omitempty"`
}

func (c *call) listContainers() (response, error) {
	if err := c.checkListing("prefix", "marker", "maxresults", "include"); err != nil {
		return response{}, err
	}
	q := c.URL.Query()
	list := containerList{Endpoint: "https://" + c.account.Name + Domain + "/", Prefix: q.Get("prefix"), Marker: q.Get("marker")}
	limit, err := c.pageSize()
	if err != nil {
		return response{}, err
	}
	list.MaxResults = limit.given
	err = c.server.Store.View(func(tx *store.Tx) error {
		if err := c.permit(tx, listContainers); err != nil {
			return err
		}
		all, err := resource.All[Container](tx, c.account.ID, TypeContainer)
		for _, doc := range all {
			if !strings.HasPrefix(doc.Name, list.Prefix) || doc.Name < list.Marker {
				continue
			}
			if len(list.Containers) == limit.most {
				list.NextMarker = doc.Name
				break
			}
			item := containerItem{Name: doc.Name, LastModified: stamp(doc.Changed), ETag: doc.Body.ETag}
			item.LeaseStatus, item.LeaseState = doc.Body.Lease.Status(c.server.Now())
			if c.includes("metadata") {
				item.Metadata = &metadataList{doc.Body.Metadata}
			}
			list.Containers = append(list.Containers, item)
		}
		return err
	})
	return response{status: http.StatusOK, body: list}, err
}

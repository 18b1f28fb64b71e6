package blob

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// maxResults is the largest number of blobs of a page
// (https://learn.microsoft.com/rest/api/storageservices/list-blobs).
const maxResults = 5000

type blobList struct {
	XMLName    xml.Name     `xml:"EnumerationResults"`
	Endpoint   string       `xml:"ServiceEndpoint,attr"`
	Container  string       `xml:"ContainerName,attr"`
	Prefix     string       `xml:"Prefix,omitempty"`
	Marker     string       `xml:"Marker,omitempty"`
	MaxResults int          `xml:"MaxResults,omitempty"`
	Delimiter  string       `xml:"Delimiter,omitempty"`
	Blobs      []blobItem   `xml:"Blobs>Blob"`
	Prefixes   []blobPrefix `xml:"Blobs>BlobPrefix"`
	NextMarker string       `xml:"NextMarker"`
}

type blobPrefix struct {
	Name string `xml:"Name"`
}

type blobItem struct {
	Name         string `xml:"Name"`
	Created      string `xml:"Properties>Creation-Time"`
	LastModified string `xml:"Properties>Last-Modified"`
	ETag         string `xml:"Properties>Etag"`
	Length       int    `xml:"Properties>Content-Length"`
	ContentType  string `xml:"Properties>Content-Type"`
	ContentMD5   string `xml:"Properties>Content-MD5"`
	BlobType     string `xml:"Properties>BlobType"`
	LeaseStatus  string `xml:"Properties>LeaseStatus"`
	LeaseState   string `xml:"Properties>LeaseState"`
	Lease        string `xml:"Properties>LeaseDuration,omitempty"`
	CopyID       string `xml:"Properties>CopyId,omitempty"`
	CopySource   string `xml:"Properties>CopySource,omitempty"`
	CopyStatus   string `xml:"Properties>CopyStatus,omitempty"`
	Encrypted    bool   `xml:"Properties>ServerEncrypted"`
	Metadata     *metadataList
}

// metadataList is metadata in a listing: an element for each name.
type metadataList struct{ values map[string]string }

// MarshalXML writes the elements in the order of their names.
func (m *metadataList) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	start.Name.Local = "Metadata"
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m.values)) {
		if err := e.EncodeElement(m.values[name], xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// included are the values of include. The sandbox keeps no snapshots, versions, tags, deleted blobs
// or policies, so that a listing that includes them is the same as one that does not.
var included = []string{
	"copy", "deleted", "deletedwithversions", "immutabilitypolicy", "legalhold", "metadata", "permissions", "snapshots", "system", "tags", "versions",
}

// includes reports whether a listing asks for more, such as metadata.
func (c *call) includes(what string) bool {
	return slices.Contains(strings.Split(c.URL.Query().Get("include"), ","), what)
}

// pageSize is the number of entries of a page.
type pageSize struct {
	given int // by the client; 0 without
	most  int
}

func (c *call) pageSize() (pageSize, error) {
	text := c.URL.Query().Get("maxresults")
	if text == "" {
		return pageSize{most: maxResults}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return pageSize{}, failf(http.StatusBadRequest, "OutOfRangeQueryParameterValue", "One of the query parameters specified in the request URI is outside the permissible range: maxresults=%s.", text)
	}
	return pageSize{given: n, most: min(n, maxResults)}, nil
}

// checkListing refuses parameters of a listing that the sandbox would ignore.
func (c *call) checkListing(known ...string) error {
	for name, values := range c.URL.Query() {
		if !slices.Contains(append(known, "comp", "restype", "timeout"), name) {
			return failf(http.StatusBadRequest, "UnsupportedQueryParameter", "One of the query parameters specified in the request URI is not supported: %s.", name)
		}
		if name != "include" || values[0] == "" {
			continue
		}
		for _, what := range strings.Split(values[0], ",") {
			if !slices.Contains(included, what) {
				return failf(http.StatusBadRequest, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid: include=%s.", what)
			}
		}
	}
	return nil
}

func (c *call) listBlobs() (response, error) {
	if err := c.checkListing("prefix", "delimiter", "marker", "maxresults", "include", "showonly"); err != nil {
		return response{}, err
	}
	q := c.URL.Query()
	list := blobList{
		Endpoint: "https://" + c.account.Name + Domain + "/", Container: c.container,
		Prefix: q.Get("prefix"), Marker: q.Get("marker"), Delimiter: q.Get("delimiter"),
	}
	limit, err := c.pageSize()
	if err != nil {
		return response{}, err
	}
	list.MaxResults = limit.given
	err = c.server.Store.View(func(tx *store.Tx) error {
		if err := c.permit(tx, listContainer); err != nil {
			return err
		}
		if _, err := c.loadContainer(tx); err != nil {
			return err
		}
		all, err := listBlobs(tx, c.account.Name, c.container, list.Prefix)
		c.fill(&list, all, limit.most)
		return err
	})
	return response{status: http.StatusOK, body: list}, err
}

// fill adds a page of the blobs, which are in name order. The marker is the first name of the next
// page.
func (c *call) fill(l *blobList, all []Blob, limit int) {
	for _, b := range all {
		if b.Name < l.Marker {
			continue
		}
		folder := ""
		if l.Delimiter != "" {
			if before, _, ok := strings.Cut(b.Name[len(l.Prefix):], l.Delimiter); ok {
				folder = l.Prefix + before + l.Delimiter
			}
		}
		if folder != "" && len(l.Prefixes) > 0 && l.Prefixes[len(l.Prefixes)-1].Name == folder {
			continue
		}
		if len(l.Blobs)+len(l.Prefixes) == limit {
			l.NextMarker = b.Name
			return
		}
		if folder != "" {
			l.Prefixes = append(l.Prefixes, blobPrefix{folder})
			continue
		}
		l.Blobs = append(l.Blobs, c.item(b))
	}
}

// item returns a blob as a listing shows it.
func (c *call) item(b Blob) blobItem {
	item := blobItem{
		Name: b.Name, Created: stamp(b.Created), LastModified: stamp(b.Changed),
		ETag: strings.Trim(b.ETag, `"`), Length: len(b.Content),
		ContentType: b.Headers["Content-Type"], ContentMD5: b.ContentHash, BlobType: "BlockBlob", Encrypted: true,
		Lease: b.Lease.Duration(c.server.Now()),
	}
	item.LeaseStatus, item.LeaseState = b.Lease.Status(c.server.Now())
	if c.includes("metadata") {
		item.Metadata = &metadataList{b.Metadata}
	}
	if b.Copy != nil && c.includes("copy") {
		item.CopyID, item.CopySource, item.CopyStatus = b.Copy.ID, b.Copy.Source, "success"
	}
	return item
}

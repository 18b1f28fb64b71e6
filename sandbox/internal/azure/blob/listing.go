package blob

import (
	"encoding/xml"
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
	Encrypted    bool   `xml:"Properties>ServerEncrypted"`
}

// checkListing refuses parameters of a listing that the sandbox would ignore.
func (c *call) checkListing(known ...string) error {
	for name, values := range c.URL.Query() {
		if !slices.Contains(append(known, "comp", "restype", "timeout"), name) {
			return failf(http.StatusBadRequest, "UnsupportedQueryParameter", "One of the query parameters specified in the request URI is not supported: %s.", name)
		}
		if name == "include" && values[0] != "" && values[0] != "metadata" {
			return failf(http.StatusBadRequest, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid: include=%s; the sandbox keeps no versions, snapshots, tags or deleted blobs.", values[0])
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
	limit := maxResults
	if text := q.Get("maxresults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return response{}, failf(http.StatusBadRequest, "OutOfRangeQueryParameterValue", "One of the query parameters specified in the request URI is outside the permissible range: maxresults=%s.", text)
		}
		list.MaxResults, limit = n, min(n, maxResults)
	}
	err := c.server.Store.View(func(tx *store.Tx) error {
		if err := c.permit(tx, listContainer); err != nil {
			return err
		}
		if _, err := c.loadContainer(tx); err != nil {
			return err
		}
		all, err := listBlobs(tx, c.account.Name, c.container, list.Prefix)
		list.fill(all, limit)
		return err
	})
	return response{status: http.StatusOK, body: list}, err
}

// fill adds a page of the blobs, which are in name order. The marker is the first name of the next
// page.
func (l *blobList) fill(all []Blob, limit int) {
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
		l.Blobs = append(l.Blobs, blobItem{
			Name: b.Name, Created: stamp(b.Created), LastModified: stamp(b.Changed),
			ETag: strings.Trim(b.ETag, `"`), Length: len(b.Content),
			ContentType: b.Headers["Content-Type"], ContentMD5: b.ContentHash, BlobType: "BlockBlob",
			LeaseStatus: "unlocked", LeaseState: "available", Encrypted: true,
		})
	}
}

package blob

import (
	"cmp"
	"crypto/md5" //nolint:gosec // the protocol requires Content-MD5
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// maxBlob is the largest blob that the sandbox keeps, in bytes, because blobs are in the state
// file. Azure accepts 5,000 MiB in one request.
const maxBlob = 16 << 20

// storedHeaders maps the headers of a write that a blob keeps to the headers of a read.
var storedHeaders = map[string]string{
	"x-ms-blob-content-type":        "Content-Type",
	"x-ms-blob-content-encoding":    "Content-Encoding",
	"x-ms-blob-content-language":    "Content-Language",
	"x-ms-blob-content-disposition": "Content-Disposition",
	"x-ms-blob-cache-control":       "Cache-Control",
}

// unsupported are headers that change the effect of a request in a way that the sandbox does not
// implement.
var unsupported = []string{
	"x-ms-lease-id", "x-ms-tags", "x-ms-access-tier", "x-ms-copy-source", "x-ms-encryption-key", "x-ms-encryption-scope",
	"x-ms-immutability-policy-until-date", "x-ms-legal-hold", "x-ms-expiry-time", "x-ms-if-tags", "If-Modified-Since", "If-Unmodified-Since",
}

// checkHeaders refuses a request with a header in unsupported.
func (c *call) checkHeaders() error {
	for _, name := range unsupported {
		if c.Header.Get(name) != "" {
			return unsupportedHeader(name)
		}
	}
	return nil
}

// readMetadata returns the metadata in x-ms-meta-NAME headers.
func readMetadata(h http.Header) (map[string]string, error) {
	metadata := map[string]string{}
	for name, values := range h {
		short, ok := strings.CutPrefix(strings.ToLower(name), "x-ms-meta-")
		if !ok {
			continue
		}
		if !metadataName.MatchString(short) {
			return nil, failf(http.StatusBadRequest, "InvalidMetadata", "The metadata specified is invalid. It has characters that are not permitted: %s.", short)
		}
		metadata[short] = values[0]
	}
	return metadata, nil
}

func addMetadata(header, metadata map[string]string) {
	for name, value := range metadata {
		header["x-ms-meta-"+name] = value
	}
}

// checkConditions compares If-Match and If-None-Match with the stored blob; have is nil if there is
// none
// (https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations).
func (c *call) checkConditions(have *Blob) error {
	match, none := c.Header.Get("If-Match"), c.Header.Get("If-None-Match")
	notMet := failf(http.StatusPreconditionFailed, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	switch {
	case match != "" && (have == nil || match != "*" && match != have.ETag):
		return notMet
	case none == "" || have == nil || none != "*" && none != have.ETag:
		return nil
	case c.Method == http.MethodPut && none == "*":
		return failf(http.StatusConflict, "BlobAlreadyExists", "The specified blob already exists.")
	case c.Method == http.MethodGet || c.Method == http.MethodHead:
		return failf(http.StatusNotModified, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	}
	return notMet
}

// readBlob returns the blob that a write request describes.
func (c *call) readBlob() (Blob, error) {
	b := Blob{
		Account: c.account.Name, Container: c.container, Name: c.blob,
		Headers: map[string]string{"Content-Type": "application/octet-stream"},
	}
	if err := c.checkHeaders(); err != nil {
		return b, err
	}
	switch kind := c.Header.Get("x-ms-blob-type"); kind {
	case "BlockBlob":
	case "":
		return b, missingHeader("x-ms-blob-type")
	case "PageBlob", "AppendBlob":
		return b, failf(http.StatusNotImplemented, "NotImplemented", "The sandbox's blob service supports block blobs only, not %s.", kind)
	default:
		return b, invalidHeader("x-ms-blob-type", kind)
	}
	var err error
	if b.Metadata, err = readMetadata(c.Header); err != nil {
		return b, err
	}
	if kind := c.Header.Get("Content-Type"); kind != "" {
		b.Headers["Content-Type"] = kind
	}
	for name, as := range storedHeaders {
		if value := c.Header.Get(name); value != "" {
			b.Headers[as] = value
		}
	}
	if b.Content, err = io.ReadAll(io.LimitReader(c.Body, maxBlob+1)); err != nil {
		return b, fmt.Errorf("read blob: %w", err)
	}
	if len(b.Content) > maxBlob {
		return b, failf(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit: the sandbox keeps blobs of up to %d bytes.", maxBlob)
	}
	sum := md5.Sum(b.Content) //nolint:gosec // see the import
	b.ContentHash = base64.StdEncoding.EncodeToString(sum[:])
	if given := c.Header.Get("Content-MD5"); given != "" && given != b.ContentHash {
		return b, failf(http.StatusBadRequest, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
	}
	return b, nil
}

// putBlob creates or replaces a blob. The action blobs/write allows both, blobs/add/action only the
// creation.
func (c *call) putBlob() (response, error) {
	b, err := c.readBlob()
	if err != nil {
		return response{}, err
	}
	var a response
	err = c.server.Store.Update(func(tx *store.Tx) error {
		have, err := load(tx, c.account.Name, c.container, c.blob)
		if err != nil {
			return err
		}
		if err := c.permit(tx, writeBlob); err != nil && (have != nil || c.permit(tx, addBlob) != nil) {
			return err
		}
		if _, err := c.loadContainer(tx); err != nil {
			return err
		}
		if err := c.checkConditions(have); err != nil {
			return err
		}
		now := c.server.Now().UTC()
		b.ETag, b.Created, b.Changed = newETag(), now, now
		if have != nil {
			b.Created = have.Created
		}
		a = response{status: http.StatusCreated, header: map[string]string{
			"ETag": b.ETag, "Last-Modified": stamp(now), "Content-MD5": b.ContentHash,
			"x-ms-request-server-encrypted": "true",
		}}
		return save(tx, b)
	})
	return a, err
}

// loadBlob checks the right, the container and the conditional headers, and reads the blob.
func (c *call) loadBlob(tx *store.Tx, want right) (*Blob, error) {
	if err := c.permit(tx, want); err != nil {
		return nil, err
	}
	if _, err := c.loadContainer(tx); err != nil {
		return nil, err
	}
	b, err := load(tx, c.account.Name, c.container, c.blob)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, blobNotFound()
	}
	return b, c.checkConditions(b)
}

func (c *call) getBlob() (response, error) {
	if err := c.checkHeaders(); err != nil {
		return response{}, err
	}
	var b *Blob
	err := c.server.Store.View(func(tx *store.Tx) (err error) {
		b, err = c.loadBlob(tx, readBlob)
		return err
	})
	if err != nil {
		return response{}, err
	}
	a := response{status: http.StatusOK, content: b.Content, header: map[string]string{
		"ETag": b.ETag, "Last-Modified": stamp(b.Changed), "x-ms-creation-time": stamp(b.Created),
		"x-ms-blob-type": "BlockBlob", "x-ms-lease-status": "unlocked", "x-ms-lease-state": "available",
		"x-ms-server-encrypted": "true", "Accept-Ranges": "bytes",
	}}
	maps.Copy(a.header, b.Headers)
	addMetadata(a.header, b.Metadata)
	if c.Method == http.MethodGet {
		if err := c.applyRange(&a); err != nil {
			return response{}, err
		}
	}
	if a.status == http.StatusOK {
		a.header["Content-MD5"] = b.ContentHash
	}
	a.header["Content-Length"] = strconv.Itoa(len(a.content))
	return a, nil
}

// applyRange reduces the response to the range that the request asks for, bytes=FROM-TO or
// bytes=FROM-. It is not http.ServeContent, which would answer an invalid range without the error
// codes of Storage.
func (c *call) applyRange(a *response) error {
	text := cmp.Or(c.Header.Get("x-ms-range"), c.Header.Get("Range"))
	if text == "" {
		return nil
	}
	first, last, ok := strings.Cut(strings.TrimPrefix(text, "bytes="), "-")
	from, err := strconv.Atoi(first)
	if !ok || err != nil || from < 0 {
		return invalidHeader("x-ms-range", text)
	}
	total := len(a.content)
	to := total - 1
	if last != "" {
		end, err := strconv.Atoi(last)
		if err != nil || end < from {
			return invalidHeader("x-ms-range", text)
		}
		to = min(end, to)
	}
	if from >= total {
		return failf(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The range specified is invalid for the current size of the resource.")
	}
	a.status, a.content = http.StatusPartialContent, a.content[from:to+1]
	a.header["Content-Range"] = fmt.Sprintf("bytes %d-%d/%d", from, to, total)
	return nil
}

func (c *call) deleteBlob() (response, error) {
	if err := c.checkHeaders(); err != nil {
		return response{}, err
	}
	if c.Header.Get("x-ms-delete-snapshots") == "only" {
		return response{}, unsupportedHeader("x-ms-delete-snapshots")
	}
	err := c.server.Store.Update(func(tx *store.Tx) error {
		if _, err := c.loadBlob(tx, deleteBlob); err != nil {
			return err
		}
		return remove(tx, c.account.Name, c.container, c.blob)
	})
	return response{status: http.StatusAccepted, header: map[string]string{"x-ms-delete-type-permanent": "true"}}, err
}

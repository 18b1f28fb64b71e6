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
	"x-ms-tags", "x-ms-access-tier", "x-ms-encryption-key", "x-ms-encryption-scope", "x-ms-rehydrate-priority", "x-ms-seal-blob",
	"x-ms-immutability-policy-until-date", "x-ms-legal-hold", "x-ms-expiry-time", "x-ms-if-tags", "x-ms-source-if-tags", "x-ms-structured-body",
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

// readProperties returns the blob that a write request describes, without its content.
func (c *call) readProperties() (*Blob, error) {
	if err := c.checkHeaders(); err != nil {
		return nil, err
	}
	metadata, err := readMetadata(c.Header)
	if err != nil {
		return nil, err
	}
	b := &Blob{
		Account: c.account.Name, Container: c.container, Name: c.blob, Metadata: metadata,
		Headers: map[string]string{"Content-Type": "application/octet-stream"},
	}
	c.keepHeaders(b)
	return b, nil
}

// keepHeaders copies the headers that a blob keeps.
func (c *call) keepHeaders(b *Blob) {
	for name, as := range storedHeaders {
		if value := c.Header.Get(name); value != "" {
			b.Headers[as] = value
		}
	}
}

// readContent reads the body of a write and its MD5, which it compares with the headers'.
func (c *call) readContent() (content []byte, hash string, err error) {
	if content, err = io.ReadAll(io.LimitReader(c.Body, maxBlob+1)); err != nil {
		return nil, "", fmt.Errorf("read blob: %w", err)
	}
	if len(content) > maxBlob {
		return nil, "", tooLarge()
	}
	sum := md5.Sum(content) //nolint:gosec // see the import
	hash = base64.StdEncoding.EncodeToString(sum[:])
	for _, name := range []string{"Content-MD5", "x-ms-blob-content-md5"} {
		if given := c.Header.Get(name); given != "" && given != hash {
			return nil, "", failf(http.StatusBadRequest, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
		}
	}
	return content, hash, nil
}

func tooLarge() *failure {
	return failf(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit: the sandbox keeps blobs of up to %d bytes.", maxBlob)
}

// putBlob serves Put Blob, which creates or replaces a blob, and the copies of another one.
func (c *call) putBlob() (response, error) {
	if c.Header.Get("x-ms-copy-source") != "" {
		return c.copyBlob()
	}
	b, err := c.readProperties()
	if err != nil {
		return response{}, err
	}
	switch kind := c.Header.Get("x-ms-blob-type"); kind {
	case "BlockBlob":
	case "":
		return response{}, missingHeader("x-ms-blob-type")
	case "PageBlob", "AppendBlob":
		return response{}, failf(http.StatusNotImplemented, "NotImplemented", "The sandbox's blob service supports block blobs only, not %s.", kind)
	default:
		return response{}, invalidHeader("x-ms-blob-type", kind)
	}
	if kind := c.Header.Get("Content-Type"); kind != "" && c.Header.Get("x-ms-blob-content-type") == "" {
		b.Headers["Content-Type"] = kind
	}
	if b.Content, b.ContentHash, err = c.readContent(); err != nil {
		return response{}, err
	}
	return c.commit(b, func(*store.Tx, *Blob) error { return nil })
}

// openForWrite checks the right to write a blob, the container and the lease, and returns the blob
// that is there, or nil. The action blobs/write allows to create and to replace, blobs/add/action
// only the former.
func (c *call) openForWrite(tx *store.Tx) (*Blob, error) {
	have, err := load(tx, c.account.Name, c.container, c.blob)
	if err != nil {
		return nil, err
	}
	if err := c.permit(tx, writeBlob); err != nil && (have != nil || c.permit(tx, addBlob) != nil) {
		return nil, err
	}
	if _, err := c.loadContainer(tx); err != nil {
		return nil, err
	}
	lease := &Lease{}
	if have != nil {
		lease = &have.Lease
	}
	return have, lease.allow(c.server.Now(), c.Header.Get("x-ms-lease-id"), true)
}

// commit stores a blob that fill has completed, and discards the blocks that are staged for it.
func (c *call) commit(b *Blob, fill func(tx *store.Tx, have *Blob) error) (response, error) {
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		have, err := c.openForWrite(tx)
		if err != nil {
			return err
		}
		if err := c.checkConditions(have); err != nil {
			return err
		}
		if err := fill(tx, have); err != nil {
			return err
		}
		now := c.server.Now().UTC()
		b.ETag, b.Created, b.Changed = newETag(), now, now
		if have != nil {
			b.Created, b.Lease = have.Created, have.Lease
		}
		a = response{status: http.StatusCreated, header: map[string]string{
			"ETag": b.ETag, "Last-Modified": stamp(now), "Content-MD5": b.ContentHash,
			"x-ms-request-server-encrypted": "true",
		}}
		if b.ContentHash == "" {
			delete(a.header, "Content-MD5")
		}
		if err := removeStaged(tx, key(b.Account, b.Container, b.Name)+"\x00"); err != nil {
			return err
		}
		return save(tx, *b)
	})
	return a, err
}

// findBlob checks the right, the container and the conditional headers, and reads the blob.
func (c *call) findBlob(tx *store.Tx, want right) (*Blob, error) {
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
		if b, err = c.findBlob(tx, readBlob); err != nil {
			return err
		}
		return b.Lease.allow(c.server.Now(), c.Header.Get("x-ms-lease-id"), false)
	})
	if err != nil {
		return response{}, err
	}
	a := response{status: http.StatusOK, content: b.Content, header: map[string]string{
		"ETag": b.ETag, "Last-Modified": stamp(b.Changed), "x-ms-creation-time": stamp(b.Created),
		"x-ms-blob-type": "BlockBlob", "x-ms-server-encrypted": "true", "Accept-Ranges": "bytes",
	}}
	maps.Copy(a.header, b.Headers)
	addLease(a.header, b.Lease, c.server.Now())
	addCopy(a.header, b.Copy)
	addMetadata(a.header, b.Metadata)
	if c.Method == http.MethodGet {
		if err := c.applyRange(&a); err != nil {
			return response{}, err
		}
	}
	if a.status == http.StatusOK && b.ContentHash != "" {
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
		b, err := c.findBlob(tx, deleteBlob)
		if err != nil {
			return err
		}
		if err := b.Lease.allow(c.server.Now(), c.Header.Get("x-ms-lease-id"), true); err != nil {
			return err
		}
		return remove(tx, c.account.Name, c.container, c.blob)
	})
	return response{status: http.StatusAccepted, header: map[string]string{"x-ms-delete-type-permanent": "true"}}, err
}

package blob

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Copy is the last copy whose result a blob is.
type Copy struct {
	ID        string    `json:"id"`
	Source    string    `json:"source"`
	Size      int       `json:"size"`
	Completed time.Time `json:"completed"`
}

// copyBlob serves Copy Blob and Copy Blob From URL
// (https://learn.microsoft.com/rest/api/storageservices/copy-blob). Azure copies in the background
// or at once; within an account both end at once. The source must be a blob of the same account,
// which the caller may read: for another account Azure needs a signature made from its key.
func (c *call) copyBlob() (response, error) {
	b, err := c.readProperties()
	if err != nil {
		return response{}, err
	}
	source := c.Header.Get("x-ms-copy-source")
	container, name, err := c.copySource(source)
	if err != nil {
		return response{}, err
	}
	given, err := readConditions(c.Header, "x-ms-source-")
	if err != nil {
		return response{}, err
	}
	a, err := c.commit(b, func(tx *store.Tx, _ *Blob) error {
		from := *c
		from.container, from.blob = container, name
		if err := from.permit(tx, readBlob); err != nil {
			return cannotVerify(http.StatusForbidden, "This request is not authorized to perform this operation using this permission.")
		}
		if _, err := from.loadContainer(tx); err != nil {
			return err
		}
		have, err := load(tx, c.account.Name, container, name)
		if err != nil {
			return err
		}
		if have == nil {
			return cannotVerify(http.StatusNotFound, "The specified blob does not exist.")
		}
		if unmatched, unchanged := given.failed(have); unmatched || unchanged {
			return precondition("SourceConditionNotMet", "The source condition specified using HTTP conditional header(s) is not met.")
		}
		b.Content, b.ContentHash, b.Blocks, b.Headers = have.Content, have.ContentHash, have.Blocks, have.Headers
		if len(b.Metadata) == 0 {
			b.Metadata = maps.Clone(have.Metadata)
		}
		b.Copy = &Copy{uuid.NewString(), source, len(have.Content), c.server.Now().UTC()}
		return nil
	})
	if err != nil {
		return response{}, err
	}
	delete(a.header, "Content-MD5")
	a.status = http.StatusAccepted
	a.header["x-ms-copy-id"], a.header["x-ms-copy-status"] = b.Copy.ID, "success"
	return a, nil
}

// addCopy adds the headers that show the last copy.
func addCopy(header map[string]string, last *Copy) {
	if last == nil {
		return
	}
	header["x-ms-copy-id"], header["x-ms-copy-source"], header["x-ms-copy-status"] = last.ID, last.Source, "success"
	header["x-ms-copy-progress"] = fmt.Sprintf("%d/%d", last.Size, last.Size)
	header["x-ms-copy-completion-time"] = stamp(last.Completed)
}

// copySource returns the container and the blob that the source of a copy names.
func (c *call) copySource(source string) (container, name string, err error) {
	u, err := url.Parse(source)
	if err != nil || u.Scheme != "https" {
		return "", "", invalidHeader("x-ms-copy-source", source)
	}
	container, name, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if name == "" || u.Query().Has("snapshot") || u.Query().Has("versionid") {
		return "", "", invalidHeader("x-ms-copy-source", source)
	}
	if !strings.EqualFold(u.Hostname(), c.account.Name+Domain) {
		return "", "", cannotVerify(http.StatusUnauthorized, "Server failed to authenticate the request. Please refer to the information in the www-authenticate header. The sandbox copies within one account only.")
	}
	return container, name, nil
}

// cannotVerify returns the error for a source that cannot be read. It has the status that the
// source's own service answered.
func cannotVerify(status int, text string) *failure {
	return failf(status, "CannotVerifyCopySource", "%s", text)
}

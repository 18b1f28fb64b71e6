package blob

import (
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Server is the blob service of all storage accounts. The host of a request names the account.
type Server struct {
	Store     *store.Store
	Authority token.Authority
	Checker   rbac.Checker
	Now       func() time.Time
	Log       *slog.Logger
}

// serviceVersions are the versions of the service since the first that accepts access tokens
// (https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services).
var serviceVersions = []string{
	"2017-11-09", "2018-03-28", "2018-11-09", "2019-02-02", "2019-07-07", "2019-10-10", "2019-12-12", "2020-02-10", "2020-04-08", "2020-06-12",
	"2020-08-04", "2020-10-02", "2020-12-06", "2021-02-12", "2021-04-10", "2021-06-08", "2021-08-06", "2021-10-04", "2021-12-02", "2022-11-02",
	"2023-01-03", "2023-05-03", "2023-08-03", "2023-11-03", "2024-02-04", "2024-05-04", "2024-08-04", "2024-11-04", "2025-01-05", "2025-05-05",
	"2025-07-05", "2025-11-05", "2026-02-06", "2026-04-06",
}

// call is one authenticated request with the account, container and blob that it names.
type call struct {
	*http.Request
	server          *Server
	account         *AccountDocument
	caller          token.Claims
	container, blob string
}

// response is the response to a request. Its body is encoded as XML; content is written as it is.
type response struct {
	status  int
	header  map[string]string
	body    any
	content []byte
}

// ServeHTTP serves a request to the blob service of an account.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID := uuid.NewString()
	h := w.Header()
	h.Set("x-ms-request-id", requestID)
	h.Set("Server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0")
	if id := r.Header.Get("x-ms-client-request-id"); id != "" {
		h.Set("x-ms-client-request-id", id)
	}
	if version := r.Header.Get("x-ms-version"); slices.Contains(serviceVersions, version) {
		h.Set("x-ms-version", version)
	}
	a, err := s.serve(r)
	if err != nil {
		var f *failure
		if !errors.As(err, &f) {
			s.Log.Error("blob request failed", "host", r.Host, "path", r.URL.Path, "error", err)
			f = failf(http.StatusInternalServerError, "InternalError", "The sandbox failed on this request: %v", err)
		}
		f.write(w, r, requestID, s.Now())
		return
	}
	for name, value := range a.header {
		h.Set(name, value)
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(a.content) // fails only if the client has closed the connection
		}
		return
	}
	text, err := xml.Marshal(a.body)
	if err != nil {
		f := failf(http.StatusInternalServerError, "InternalError", "The sandbox failed on this request: %v", err)
		f.write(w, r, requestID, s.Now())
		return
	}
	h.Set("Content-Type", "application/xml")
	w.WriteHeader(a.status)
	// The write fails only if the client has closed the connection.
	_, _ = w.Write(append([]byte(xml.Header), text...))
}

func (s *Server) serve(r *http.Request) (response, error) {
	host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	name, ok := strings.CutSuffix(host, Domain)
	var account *AccountDocument
	err := s.Store.View(func(tx *store.Tx) (err error) {
		account, err = resource.FindByName[Account](tx, TypeAccount, name)
		return err
	})
	if err != nil {
		return response{}, err
	}
	if !ok || account == nil {
		return response{}, failf(http.StatusNotFound, "ResourceNotFound", "There is no storage account '%s' in this sandbox. In Azure the name %s would not resolve.", name, host)
	}
	// The service accepts tokens since version 2017-11-09, so a request must name its version. The
	// error code for a request that names none is inferred.
	version := r.Header.Get("x-ms-version")
	if version == "" {
		return response{}, missingHeader("x-ms-version")
	}
	if !slices.Contains(serviceVersions, version) {
		return response{}, invalidHeader("x-ms-version", version)
	}
	caller, err := s.authenticate(r, account)
	if err != nil {
		return response{}, err
	}
	c := &call{Request: r, server: s, account: account, caller: caller}
	c.container, c.blob, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case c.container == "":
		return c.onAccount()
	case c.blob == "":
		return c.onContainer()
	}
	return c.onBlob()
}

func (c *call) onAccount() (response, error) {
	q := c.URL.Query()
	switch {
	case c.Method == http.MethodGet && q.Get("comp") == "list":
		return c.listContainers()
	case c.Method == http.MethodGet && q.Get("comp") == "properties" && q.Get("restype") == "service":
		return c.getServiceProperties()
	}
	return response{}, c.notImplemented()
}

func (c *call) onContainer() (response, error) {
	if c.URL.Query().Get("restype") != "container" {
		return response{}, failf(http.StatusBadRequest, "InvalidQueryParameterValue", "A request to a container needs the query parameter restype=container; blobs in the root container are not served by the sandbox.")
	}
	if !ValidContainer(c.container) {
		return response{}, failf(http.StatusBadRequest, "InvalidResourceName", "The specified resource name contains invalid characters.")
	}
	switch comp := c.URL.Query().Get("comp"); {
	case comp == "list" && c.Method == http.MethodGet:
		return c.listBlobs()
	case comp == "lease" && c.Method == http.MethodPut:
		return c.leaseContainer()
	case comp == "metadata" && c.Method == http.MethodPut:
		return c.setContainerMetadata()
	case comp != "":
		return response{}, c.notImplemented()
	case c.Method == http.MethodPut:
		return c.createContainer()
	case c.Method == http.MethodGet || c.Method == http.MethodHead:
		return c.getContainer()
	case c.Method == http.MethodDelete:
		return c.deleteContainer()
	}
	return response{}, notAllowed(c.Request)
}

func (c *call) onBlob() (response, error) {
	if !ValidContainer(c.container) || len(c.blob) > maxBlobName {
		return response{}, failf(http.StatusBadRequest, "InvalidResourceName", "The specified resource name contains invalid characters.")
	}
	switch comp := c.URL.Query().Get("comp"); {
	case comp == "blocklist" && c.Method == http.MethodGet:
		return c.getBlockList()
	case comp != "" && c.Method == http.MethodPut:
		if put, ok := c.parts()[comp]; ok {
			return put()
		}
	}
	if c.URL.Query().Get("comp") != "" {
		return response{}, c.notImplemented()
	}
	switch c.Method {
	case http.MethodPut:
		return c.putBlob()
	case http.MethodGet, http.MethodHead:
		return c.getBlob()
	case http.MethodDelete:
		return c.deleteBlob()
	}
	return response{}, notAllowed(c.Request)
}

// parts returns the operations that write a part of a blob, by comp.
func (c *call) parts() map[string]func() (response, error) {
	return map[string]func() (response, error){
		"block": c.putBlock, "blocklist": c.putBlockList, "lease": c.leaseBlob, "metadata": c.setBlobMetadata, "properties": c.setBlobProperties,
	}
}

// notImplemented returns the error for an operation that the sandbox does not implement.
func (c *call) notImplemented() *failure {
	return failf(http.StatusNotImplemented, "NotImplemented", "The sandbox's blob service has containers and block blobs with their metadata, leases, blocks and copies within an account; it does not implement %s with comp='%s'.", c.Method, c.URL.Query().Get("comp"))
}

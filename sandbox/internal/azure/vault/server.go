package vault

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Server is the data plane of all vaults. The host of a request names the vault.
type Server struct {
	Store     *store.Store
	Authority token.Authority
	Checker   rbac.Checker
	Now       func() time.Time
	Log       *slog.Logger
}

// apiVersions are the versions of the data plane (https://learn.microsoft.com/rest/api/keyvault/).
var apiVersions = []string{
	"2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6-preview.1", "7.6-preview.2", "7.6",
	"2025-06-01-preview", "2025-07-01", "2026-04-01",
}

// call is one authenticated request with the vault that it names.
type call struct {
	*http.Request
	server *Server
	vault  *Document
	caller token.Claims
	// parts are the segments of the path after the collection: secret name and version, or an
	// action.
	parts []string
}

type response struct {
	status int
	body   any
}

// ServeHTTP serves a request to a vault.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-ms-request-id", uuid.NewString())
	w.Header().Set("x-ms-keyvault-service-version", "1.9.0")
	a, err := s.serve(r)
	if err != nil {
		var f *failure
		if !errors.As(err, &f) {
			s.Log.Error("vault request failed", "host", r.Host, "path", r.URL.Path, "error", err)
			f = failf(http.StatusInternalServerError, "InternalServerError", "The sandbox failed on this request: %v", err)
		}
		f.write(w)
		return
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // fails only if the client has closed the connection
}

func (s *Server) serve(r *http.Request) (response, error) {
	host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	name, ok := strings.CutSuffix(host, Domain)
	var v *Document
	err := s.Store.View(func(tx *store.Tx) (err error) {
		v, err = Find(tx, name)
		return err
	})
	if err != nil {
		return response{}, err
	}
	if !ok || v == nil {
		return response{}, failf(http.StatusNotFound, "VaultNotFound", "There is no key vault '%s' in this sandbox. In Azure the name %s would not resolve.", name, host)
	}
	caller, err := s.authenticate(r)
	if err != nil {
		return response{}, err
	}
	version := r.URL.Query().Get("api-version")
	if version == "" {
		return response{}, badParameter("The request URI must specify an api-version.")
	}
	if !slices.Contains(apiVersions, version) {
		return response{}, badParameter("The specified version (%s) is not recognized. Consider using the latest supported version (%s).", version, apiVersions[len(apiVersions)-1])
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	c := &call{Request: r, server: s, vault: v, caller: caller, parts: parts[1:]}
	switch parts[0] {
	case "secrets":
		return c.secrets()
	case "deletedsecrets":
		return c.deletedSecrets()
	case "certificates":
		if r.Method == http.MethodGet && len(c.parts) == 1 && c.parts[0] == "contacts" {
			// Azure's answer for a vault without contacts, which azurerm reads along with a vault.
			// The code is inferred.
			return response{}, failf(http.StatusNotFound, "ContactsNotFound", "Contacts not found. The sandbox's key vaults hold secrets only, no certificates.")
		}
		return response{}, failf(http.StatusNotImplemented, "NotImplemented", "The sandbox's key vaults hold secrets only, no %s.", parts[0])
	case "keys":
		return response{}, failf(http.StatusNotImplemented, "NotImplemented", "The sandbox's key vaults hold secrets only, no %s.", parts[0])
	}
	return response{}, failf(http.StatusNotFound, "NotFound", "The path %s is not part of the key vault's data plane.", r.URL.Path)
}

// SecretName matches the names of secrets, keys and certificates.
var SecretName = regexp.MustCompile(`^[0-9a-zA-Z-]{1,127}$`)

func (c *call) secrets() (response, error) {
	switch {
	case len(c.parts) == 0 && c.Method == http.MethodGet:
		return c.list(false)
	case len(c.parts) == 0:
		return response{}, c.notAllowed()
	}
	name := c.parts[0]
	if !SecretName.MatchString(name) {
		return response{}, badParameter("The request URI contains an invalid name: %s", name)
	}
	rest := c.parts[1:]
	switch {
	case c.Method == http.MethodGet && len(rest) == 0:
		return c.get(name, "")
	case c.Method == http.MethodGet && len(rest) == 1 && rest[0] == "versions":
		return c.versions(name)
	case c.Method == http.MethodGet && len(rest) == 1:
		return c.get(name, rest[0])
	case c.Method == http.MethodPut && len(rest) == 0:
		return c.set(name)
	case c.Method == http.MethodPatch && len(rest) <= 1:
		return c.update(name, strings.Join(rest, ""))
	case c.Method == http.MethodDelete && len(rest) == 0:
		return c.delete(name)
	}
	return response{}, c.notAllowed()
}

func (c *call) deletedSecrets() (response, error) {
	if len(c.parts) == 0 && c.Method == http.MethodGet {
		return c.list(true)
	}
	if len(c.parts) == 0 {
		return response{}, c.notAllowed()
	}
	name, rest := c.parts[0], c.parts[1:]
	switch {
	case c.Method == http.MethodGet && len(rest) == 0:
		return c.getDeleted(name)
	case c.Method == http.MethodDelete && len(rest) == 0:
		return c.purge(name)
	case c.Method == http.MethodPost && len(rest) == 1 && rest[0] == "recover":
		return c.recover(name)
	}
	return response{}, c.notAllowed()
}

func (c *call) notAllowed() *failure {
	return failf(http.StatusMethodNotAllowed, "MethodNotAllowed", "The method %s is not allowed on %s.", c.Method, c.URL.Path)
}

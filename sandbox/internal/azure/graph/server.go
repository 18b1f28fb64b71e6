// Package graph implements the part of Microsoft Graph that identities without secrets need:
// applications, service principals, security groups, and the federated identity credentials of
// applications. It creates neither passwords nor keys.
package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Host is Graph's host in the public cloud.
const Host = "graph.microsoft.com"

// Audience is the audience of access tokens for Graph.
const Audience = "https://" + Host

// Server is the Graph of one tenant.
type Server struct {
	Store     *store.Store
	Authority token.Authority
	Now       func() time.Time
	Log       *slog.Logger
}

// failure is an error response of Graph.
type failure struct {
	status  int
	code    string
	message string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func failf(status int, code, format string, args ...any) *failure {
	return &failure{status, code, fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *failure {
	return failf(http.StatusBadRequest, "Request_BadRequest", format, args...)
}

// notFound returns Graph's error for an object that does not exist.
func notFound(id string) *failure {
	return failf(http.StatusNotFound, "Request_ResourceNotFound", "Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

// call is one authenticated request.
type call struct {
	*http.Request
	server *Server
	caller caller
	base   string // such as https://graph.microsoft.com/v1.0
}

type response struct {
	status int
	body   any
}

// ServeHTTP serves a request to Graph.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	w.Header().Set("request-id", id)
	w.Header().Set("client-request-id", id)
	a, err := s.serve(r)
	if err != nil {
		var f *failure
		if !errors.As(err, &f) {
			s.Log.Error("graph request failed", "method", r.Method, "path", r.URL.Path, "error", err)
			f = failf(http.StatusInternalServerError, "InternalServerError", "The sandbox failed on this request: %v", err)
		}
		a = response{f.status, map[string]any{"error": map[string]any{
			"code": f.code, "message": f.message,
			"innerError": map[string]any{
				"date": s.Now().UTC().Format("2006-01-02T15:04:05"), "request-id": id, "client-request-id": id,
			},
		}}}
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // fails only if the client has closed the connection
}

func (s *Server) serve(r *http.Request) (response, error) {
	claims, err := s.Authority.Check(r, Audience, Audience+"/", "00000003-0000-0000-c000-000000000000")
	if err != nil {
		return response{}, unauthenticated(err)
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 2 || (parts[0] != "v1.0" && parts[0] != "beta") {
		return response{}, badRequest("Invalid version: %s", parts[0])
	}
	c := &call{Request: r, server: s, caller: callerOf(claims), base: "https://" + Host + "/" + parts[0]}
	if !c.caller.mayRead() {
		return response{}, denied()
	}
	return c.route(parts[1:])
}

// unauthenticated returns the error response for a token that was refused.
func unauthenticated(err error) *failure {
	var issuer token.IssuerError
	var audience token.AudienceError
	switch {
	case errors.Is(err, token.ErrMissing):
		return failf(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token is empty.")
	case errors.Is(err, token.ErrExpired):
		return failf(http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	case errors.As(err, &audience):
		return failf(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
	case errors.As(err, &issuer):
		return failf(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token validation failure. Invalid issuer.")
	}
	return failf(http.StatusUnauthorized, "InvalidAuthenticationToken", "CompactToken parsing failed or the signature is invalid.")
}

// route calls the handler for the path. A key may be a segment of the path or, as OData also
// allows, in parentheses.
func (c *call) route(parts []string) (response, error) {
	var path []string
	for _, p := range parts {
		if name, key, ok := strings.Cut(p, "("); ok && strings.HasSuffix(key, ")") {
			path = append(path, name, strings.TrimSuffix(key, ")"))
			continue
		}
		path = append(path, p)
	}
	if last := path[len(path)-1]; last == "addPassword" || last == "addKey" {
		return response{}, failf(http.StatusForbidden, "Authorization_RequestDenied",
			"The sandbox never creates passwords or keys: %s is refused. Use a federated identity credential.", last)
	}
	switch strings.ToLower(path[0]) {
	case "applications":
		return c.applications(path[1:])
	case "serviceprincipals":
		return c.servicePrincipals(path[1:])
	case "groups":
		return c.groups(path[1:])
	case "directory":
		return c.deletedItems(path[1:])
	case "directoryobjects":
		return c.directoryObjects(path[1:])
	case "policies":
		return c.policies(path[1:])
	}
	return response{}, badRequest("Resource not found for the segment '%s'. The sandbox has applications, servicePrincipals, groups, directoryObjects, directory/deletedItems and policies/authorizationPolicy.", path[0])
}

func (c *call) notAllowed() *failure {
	return failf(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
}

// read decodes a body strictly: an unknown property is refused with Graph's text.
func (c *call) read(into any) error {
	decoder := json.NewDecoder(io.LimitReader(c.Body, 1<<20))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return badRequest("Invalid property '%s'.", strings.Trim(name, `"`))
	}
	return badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
}

// page returns a list response. It makes items an empty array when there is none, never null.
func (c *call) page(context string, items []any) response {
	if items == nil {
		items = []any{}
	}
	return response{http.StatusOK, map[string]any{"@odata.context": c.base + "/$metadata#" + context, "value": items}}
}

// Package bridgetest lets tests run the providers with their real pipelines and handlers in memory.
// Requests are routed by host name, as by the sandbox's proxy, without a socket.
package bridgetest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Router returns the handler of a host name (lower case), or nil if there is no such host. It is
// the transport of an Azure SDK client (policy.Transporter) and of an http.Client
// (http.RoundTripper).
type Router func(host string) http.Handler

// Do sends a request to the handler of its host. A host without a handler is an error, as a name
// that does not resolve.
func (r Router) Do(req *http.Request) (*http.Response, error) {
	handler := r(strings.ToLower(req.URL.Hostname()))
	if handler == nil {
		return nil, fmt.Errorf("no handler for host %s", req.URL.Hostname())
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	in := req.Clone(req.Context())
	in.RequestURI = req.URL.RequestURI()
	in.Host = req.URL.Host
	if in.Body == nil {
		in.Body = io.NopCloser(strings.NewReader(""))
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, in)
	resp := recorder.Result()
	resp.Request = req
	return resp, nil
}

// RoundTrip implements http.RoundTripper with Do.
func (r Router) RoundTrip(req *http.Request) (*http.Response, error) { return r.Do(req) }

// Hosts returns a Router with fixed handlers.
func Hosts(handlers map[string]http.Handler) Router {
	return func(host string) http.Handler { return handlers[host] }
}

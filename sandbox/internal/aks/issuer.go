package aks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The paths of the issuer's two documents, below the issuer and at the API server.
const (
	discoveryPath = ".well-known/openid-configuration"
	keysPath      = "openid/v1/jwks"
)

const (
	issuerTimeout = 5 * time.Second
	// maxDocument limits the size of a document, in bytes.
	maxDocument = 1 << 20
)

// document reads one of the issuer's documents from the API server, and its content type.
func (i *instance) document(ctx context.Context, path string) (body []byte, contentType string, err error) {
	ctx, cancel := context.WithTimeout(ctx, issuerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, loopbackURL(i.ports.apiServer)+"/"+path, nil)
	if err != nil {
		return nil, "", err
	}
	res, err := i.issuer.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", &statusError{res.StatusCode}
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, maxDocument))
	return body, res.Header.Get("Content-Type"), err
}

// statusError is an answer of the API server with a status other than 200.
type statusError struct{ code int }

func (e *statusError) Error() string { return fmt.Sprintf("the API server answered %d", e.code) }

// checkIssuer checks that tokens and documents will have the issuer that the cluster's resource
// shows. Entra compares it byte for byte.
func (i *instance) checkIssuer(ctx context.Context, want string) error {
	body, err := i.firstDocument(ctx)
	if err != nil {
		return fmt.Errorf("issuer's discovery document: %w", err)
	}
	var doc struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return fmt.Errorf("issuer's discovery document: %w", err)
	}
	if doc.Issuer != want || doc.JWKSURI != want+keysPath {
		return fmt.Errorf("issuer's discovery document: issuer %q with keys at %q, want issuer %q", doc.Issuer, doc.JWKSURI, want)
	}
	return nil
}

// firstDocument reads the discovery document. The role for it takes a few milliseconds to reach the
// API server's cache; until then the answer is 403.
func (i *instance) firstDocument(ctx context.Context) ([]byte, error) {
	for {
		body, _, err := i.document(ctx, discoveryPath)
		var status *statusError
		if !errors.As(err, &status) || status.code != http.StatusForbidden {
			return body, err
		}
		if err := pause(ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

// IssuerHandler returns the handler of the documents of all issuers:
// <issuer>.well-known/openid-configuration and <issuer>openid/v1/jwks, found by the request's host
// and path. The documents come from the cluster's API server. Any other path is 404; if the API
// server does not answer, the status is 503.
func (r *Runtime) IssuerHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		c, path := r.issuerOf(req)
		if c == nil {
			http.NotFound(w, req)
			return
		}
		body, contentType, err := c.document(req.Context(), path)
		if err != nil {
			r.log.Warn("issuer's document", "issuer", c.spec().IssuerURL, "error", err)
			http.Error(w, "the cluster's API server does not answer", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", contentType)
		if req.Method == http.MethodGet {
			_, _ = w.Write(body)
		}
	})
}

func (c *cluster) document(ctx context.Context, path string) (body []byte, contentType string, err error) {
	inst := c.current()
	if inst == nil {
		return nil, "", errors.New("the cluster does not run")
	}
	return inst.document(ctx, path)
}

// issuerOf returns the cluster and the document that a request asks for.
func (r *Runtime) issuerOf(req *http.Request) (*cluster, string) {
	host := req.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, c := range r.all() {
		issuer, err := url.Parse(c.spec().IssuerURL)
		if err != nil || issuer.Host == "" || !strings.EqualFold(issuer.Host, host) {
			continue
		}
		path, found := strings.CutPrefix(req.URL.Path, issuer.Path)
		if found && (path == discoveryPath || path == keysPath) {
			return c, path
		}
	}
	return nil, ""
}

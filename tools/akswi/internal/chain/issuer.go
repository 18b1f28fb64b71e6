package chain

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
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// maxDocument bounds a discovery document or key set; AKS serves less than 4 KiB.
const maxDocument = 1 << 20

// Discovery is what an issuer publishes.
type Discovery struct {
	Issuer string
	// KeyIDs of the published RSA signing keys, in the document's order.
	KeyIDs []string
}

// Issuers reads discovery documents and key sets over HTTPS. It caches what it could read: all
// workloads of a cluster share an issuer.
type Issuers struct {
	// Client fetches the documents; its transport decides about proxy and certificates.
	Client *http.Client

	mu    sync.Mutex
	cache map[string]Discovery
}

// documentError means that the issuer's host answers, but not with the document: the issuer is
// wrong.
type documentError struct{ text string }

// Error implements error.
func (e *documentError) Error() string { return e.text }

// DiscoveryURL returns the URL of an issuer's document, for an issuer with or without a slash at
// its end (OpenID Connect Discovery 1.0, section 4).
func DiscoveryURL(issuer string) string {
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// Read fetches an issuer's discovery document and keys.
func (i *Issuers) Read(ctx context.Context, issuer string) (Discovery, error) {
	i.mu.Lock()
	d, cached := i.cache[issuer]
	i.mu.Unlock()
	if cached {
		return d, nil
	}
	var doc struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := i.get(ctx, DiscoveryURL(issuer), &doc); err != nil {
		return Discovery{}, err
	}
	if doc.JWKSURI == "" {
		return Discovery{}, &documentError{"the discovery document has no jwks_uri"}
	}
	var set struct {
		Keys []struct{ Kid, Kty, Alg, Use string } `json:"keys"`
	}
	if err := i.get(ctx, doc.JWKSURI, &set); err != nil {
		return Discovery{}, err
	}
	d = Discovery{Issuer: doc.Issuer}
	for _, k := range set.Keys {
		if k.Kty == "RSA" && (k.Alg == "" || k.Alg == "RS256") && (k.Use == "" || k.Use == "sig") {
			d.KeyIDs = append(d.KeyIDs, k.Kid)
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cache == nil {
		i.cache = map[string]Discovery{}
	}
	i.cache[issuer] = d
	return d, nil
}

func (i *Issuers) get(ctx context.Context, address string, into any) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return &documentError{fmt.Sprintf("%q is not an https URL", address)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return &documentError{err.Error()}
	}
	res, err := i.Client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // an error of closing says nothing about what was read
	if res.StatusCode != http.StatusOK {
		return &documentError{fmt.Sprintf("%s answers HTTP %d", address, res.StatusCode)}
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxDocument)).Decode(into); err != nil {
		return &documentError{fmt.Sprintf("%s is not JSON: %v", address, err)}
	}
	return nil
}

const issuerRemedy = "check that the cluster still exists and has its OIDC issuer enabled, and that this is its issuer " +
	"(`az aks show --query oidcIssuerProfile`)"

// issuer checks link 1: the document is served, has the issuer of credential and cluster, and has
// keys that Entra accepts.
func (c *Chain) issuer(ctx context.Context, t target, f *findings) Result {
	if d := difference(t.issuer, t.federation.Issuer); d != "" {
		return broken(LinkIssuer,
			"the federation's issuer "+d+"\n"+valueLine("cluster", t.issuer)+"\n"+valueLine("federation", t.federation.Issuer),
			"take the issuer from the cluster's output, byte for byte, and run `pulumi up`; if another cluster is meant, "+
				"the outputs have to mark the federation with elsewhere").predicting(entra.CodeIssuer)
	}
	d, err := c.Issuers.Read(ctx, t.issuer)
	if err != nil {
		return issuerError(err)
	}
	if how := difference(t.issuer, d.Issuer); how != "" {
		return broken(LinkIssuer,
			"the issuer in the discovery document "+how+"\n"+valueLine("cluster", t.issuer)+"\n"+valueLine("document", d.Issuer),
			"use the issuer that the document gives, byte for byte, in the federated credential: it is the one in the tokens").predicting(entra.CodeIssuer)
	}
	if len(d.KeyIDs) == 0 {
		return broken(LinkIssuer, "the issuer publishes no RS256 key; Entra accepts no other algorithm",
			"let the API server sign service account tokens with an RSA key").predicting(entra.CodeSignature)
	}
	f.discovery = &d
	return ok(LinkIssuer, fmt.Sprintf("discovery document and %s at\n%s", count(len(d.KeyIDs), "RS256 key"), d.Issuer))
}

// issuerError explains why the issuer's documents could not be read.
func issuerError(err error) Result {
	var document *documentError
	switch {
	case errors.As(err, &document):
		return broken(LinkIssuer, err.Error(), issuerRemedy).predicting(entra.CodeOIDC).asTransient()
	case isUnknownHost(err):
		return broken(LinkIssuer, fmt.Sprintf("the issuer's host does not exist: %v", err), issuerRemedy).predicting(entra.CodeOIDC).asTransient()
	}
	return unchecked(LinkIssuer, fmt.Sprintf("the issuer is out of reach from here: %v", err),
		"check this machine's network and proxy; Entra fetches the documents from its own network, and link 6 shows whether it can")
}

// isUnknownHost reports whether name resolution is certain that a host does not exist.
func isUnknownHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

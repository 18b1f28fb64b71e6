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

// Issuers reads discovery documents and key sets over HTTPS, and remembers those that it could read: all workloads of a
// cluster share an issuer.
type Issuers struct {
	// Client fetches the documents; its transport decides about proxy and certificates.
	Client *http.Client

	mu    sync.Mutex
	known map[string]Discovery
}

// statusError is an answer that is there, but not the document: the issuer itself is wrong.
type statusError struct{ text string }

func (e *statusError) Error() string { return e.text }

// DiscoveryURL is where an issuer's document is, with or without a slash at the issuer's end
// (OpenID Connect Discovery 1.0, section 4).
func DiscoveryURL(issuer string) string {
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// Read fetches an issuer's discovery document and keys.
func (i *Issuers) Read(ctx context.Context, issuer string) (Discovery, error) {
	i.mu.Lock()
	d, seen := i.known[issuer]
	i.mu.Unlock()
	if seen {
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
		return Discovery{}, &statusError{"the discovery document has no jwks_uri"}
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
	if i.known == nil {
		i.known = map[string]Discovery{}
	}
	i.known[issuer] = d
	return d, nil
}

func (i *Issuers) get(ctx context.Context, address string, into any) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return &statusError{fmt.Sprintf("%q is not an https URL", address)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return &statusError{err.Error()}
	}
	res, err := i.Client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // the body is read to its end or given up
	if res.StatusCode != http.StatusOK {
		return &statusError{fmt.Sprintf("%s answers HTTP %d", address, res.StatusCode)}
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxDocument)).Decode(into); err != nil {
		return &statusError{fmt.Sprintf("%s is not JSON: %v", address, err)}
	}
	return nil
}

// issuer checks link 1: the document is there, says what credential and cluster say, and has keys that Entra accepts.
func (c *Chain) issuer(ctx context.Context, t target, f *facts) Result {
	if d := difference(t.issuer, t.federation.Issuer); d != "" {
		return broken(LinkIssuer,
			"the federation's issuer "+d+"\n"+pair("cluster", t.issuer)+"\n"+pair("federation", t.federation.Issuer),
			"take the issuer from the cluster's output, byte for byte, and run `pulumi up`; if another cluster is meant, "+
				"the outputs have to mark the federation with elsewhere").predicting(entra.CodeIssuer)
	}
	d, err := c.Issuers.Read(ctx, t.issuer)
	var answer *statusError
	switch {
	case errors.As(err, &answer):
		return broken(LinkIssuer, err.Error(), issuerRemedy).predicting(entra.CodeOIDC).passing()
	case isUnknownHost(err):
		return broken(LinkIssuer, fmt.Sprintf("the issuer's host does not exist: %v", err), issuerRemedy).predicting(entra.CodeOIDC).passing()
	case err != nil:
		return unchecked(LinkIssuer, fmt.Sprintf("the issuer is out of reach from here: %v", err),
			"check this machine's network and proxy; Entra reaches the issuer by its own way, which link 6 shows")
	}
	if how := difference(t.issuer, d.Issuer); how != "" {
		return broken(LinkIssuer,
			"the issuer in the discovery document "+how+"\n"+pair("cluster", t.issuer)+"\n"+pair("document", d.Issuer),
			"use the issuer that the document gives, byte for byte, in the federated credential: it is the one in the tokens").predicting(entra.CodeIssuer)
	}
	if len(d.KeyIDs) == 0 {
		return broken(LinkIssuer, "the issuer publishes no RS256 key; Entra accepts no other algorithm",
			"let the API server sign service account tokens with an RSA key").predicting(entra.CodeSignature)
	}
	f.discovery = &d
	return ok(LinkIssuer, fmt.Sprintf("discovery document and %s at\n%s", count(len(d.KeyIDs), "RS256 key"), d.Issuer))
}

const issuerRemedy = "check that the cluster still exists and has its OIDC issuer on, and that the issuer's URL is its own " +
	"(`az aks show --query oidcIssuerProfile`)"

// isUnknownHost is true when name resolution says for certain that a host does not exist.
func isUnknownHost(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

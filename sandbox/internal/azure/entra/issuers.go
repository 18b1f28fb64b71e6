package entra

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keySetLifetime is how long a key set is used before it is fetched again.
	keySetLifetime = 10 * time.Minute
	// refetchAfter is the shortest time between two requests for a key set, however many assertions
	// with unknown key IDs arrive.
	refetchAfter = 2 * time.Second
	// fetchTimeout is the timeout for one document.
	fetchTimeout = 10 * time.Second
	// maxDocument is the largest size of a document, in bytes.
	maxDocument = 1 << 20
)

// issuers caches the key sets of issuers.
type issuers struct {
	mu  sync.Mutex
	set map[string]keySet
}

type keySet struct {
	jose.JSONWebKeySet
	fetched time.Time // by the wall clock, because tests may replace the authority's clock
}

// keys returns the issuer's keys with this ID. For an unknown ID it fetches the key set again,
// because the issuer may have rotated its keys.
func (s *Server) keys(ctx context.Context, issuer, kid string) ([]jose.JSONWebKey, error) {
	s.issuers.mu.Lock()
	have, ok := s.issuers.set[issuer]
	s.issuers.mu.Unlock()
	age := time.Since(have.fetched)
	if found := withID(have.JSONWebKeySet, kid); ok && age < keySetLifetime && (len(found) > 0 || age < refetchAfter) {
		return found, nil
	}
	fetched, err := s.fetch(ctx, issuer)
	if err != nil {
		return nil, err
	}
	s.issuers.mu.Lock()
	defer s.issuers.mu.Unlock()
	if s.issuers.set == nil {
		s.issuers.set = make(map[string]keySet)
	}
	s.issuers.set[issuer] = keySet{JSONWebKeySet: fetched, fetched: time.Now()}
	return withID(fetched, kid), nil
}

// withID returns the keys with this ID, or all keys for a token that names none.
func withID(keys jose.JSONWebKeySet, kid string) []jose.JSONWebKey {
	if kid == "" {
		return keys.Keys
	}
	return keys.Key(kid)
}

// fetch reads an issuer's discovery document and key set. The document must name exactly the issuer
// for which it was fetched (OpenID Connect Discovery 1.0, section 4.3).
func (s *Server) fetch(ctx context.Context, issuer string) (jose.JSONWebKeySet, error) {
	var keys jose.JSONWebKeySet
	var discovery struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if err := s.document(ctx, strings.TrimRight(issuer, "/")+"/.well-known/openid-configuration", &discovery); err != nil {
		return keys, err
	}
	if discovery.Issuer != issuer {
		return keys, fmt.Errorf("discovery names the issuer %q", discovery.Issuer)
	}
	return keys, s.document(ctx, discovery.JWKS, &keys)
}

// document fetches a JSON document over https.
func (s *Server) document(ctx context.Context, url string, into any) error {
	if !strings.HasPrefix(url, "https://") {
		return fmt.Errorf("%q is not an https URL", url)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("request %s: %w", url, err)
	}
	response, err := s.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", url, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch %s: %s", url, response.Status)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxDocument)).Decode(into); err != nil {
		return fmt.Errorf("read %s: %w", url, err)
	}
	return nil
}

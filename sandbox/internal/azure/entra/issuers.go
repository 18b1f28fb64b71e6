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
	// keysFor is how long a key set is used without asking again.
	keysFor = 10 * time.Minute
	// refetchAfter keeps assertions with made-up key IDs from hammering an issuer.
	refetchAfter = 2 * time.Second
	// fetchTimeout is for one document.
	fetchTimeout = 10 * time.Second
	maxDocument  = 1 << 20
)

// issuers remembers the key sets of other issuers.
type issuers struct {
	mu  sync.Mutex
	set map[string]keySet
}

type keySet struct {
	keys    []jose.JSONWebKey
	fetched time.Time // wall clock; tests may set the authority's
}

// keys answers the issuer's keys with this ID. An unknown ID makes it ask again, because the issuer may have rotated.
func (s *Server) keys(ctx context.Context, issuer, kid string) ([]jose.JSONWebKey, error) {
	s.issuers.mu.Lock()
	have, ok := s.issuers.set[issuer]
	s.issuers.mu.Unlock()
	age := time.Since(have.fetched)
	if found := withID(have.keys, kid); ok && age < keysFor && (len(found) > 0 || age < refetchAfter) {
		return found, nil
	}
	keys, err := s.fetch(ctx, issuer)
	if err != nil {
		return nil, err
	}
	s.issuers.mu.Lock()
	defer s.issuers.mu.Unlock()
	if s.issuers.set == nil {
		s.issuers.set = make(map[string]keySet)
	}
	s.issuers.set[issuer] = keySet{keys: keys, fetched: time.Now()}
	return withID(keys, kid), nil
}

func withID(keys []jose.JSONWebKey, kid string) []jose.JSONWebKey {
	if kid == "" {
		return keys
	}
	var found []jose.JSONWebKey
	for _, k := range keys {
		if k.KeyID == kid {
			found = append(found, k)
		}
	}
	return found
}

// fetch reads discovery and the key set. The discovery document must name the very issuer that was asked
// (OpenID Connect Discovery 1.0, section 4.3).
func (s *Server) fetch(ctx context.Context, issuer string) ([]jose.JSONWebKey, error) {
	var discovery struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if err := s.document(ctx, strings.TrimRight(issuer, "/")+"/.well-known/openid-configuration", &discovery); err != nil {
		return nil, err
	}
	if discovery.Issuer != issuer {
		return nil, fmt.Errorf("discovery names the issuer %q", discovery.Issuer)
	}
	var set jose.JSONWebKeySet
	if err := s.document(ctx, discovery.JWKS, &set); err != nil {
		return nil, err
	}
	return set.Keys, nil
}

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

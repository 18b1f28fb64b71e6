package token

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Local is the OIDC issuer of the sandbox. It stands for the issuer of a CI system, with which a
// deployer signs in to real Azure.
type Local struct {
	Key *Key
	URL string // ends with a slash
	Now func() time.Time
}

// Assertion signs a token of the issuer that expires after the lifetime.
func (l Local) Assertion(subject, audience string, lifetime time.Duration) (string, error) {
	now := l.Now()
	return l.Key.Sign(map[string]any{
		"iss": l.URL, "sub": subject, "aud": []string{audience}, "jti": uuid.NewString(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(lifetime).Unix(),
	})
}

// ServeHTTP serves the discovery document and the key set that OpenID Connect Discovery 1.0
// requires of an issuer.
func (l Local) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	base := strings.TrimRight(l.URL, "/")
	var body any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		body = map[string]any{
			"issuer": l.URL, "jwks_uri": base + "/openid/v1/jwks",
			"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"},
		}
	case "/openid/v1/jwks":
		body = l.Key.JWKS()
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // fails only if the client has closed the connection
}

package azure_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// fakeIssuer is an OIDC issuer like that of a cluster.
type fakeIssuer struct {
	url    string
	key    *rsa.PrivateKey
	kid    string
	claims string // issuer in the discovery document
}

func (w *world) newIssuer(url string) *fakeIssuer {
	w.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		w.t.Fatalf("make key: %v", err)
	}
	f := &fakeIssuer{url: url, key: key, kid: "k1", claims: url}
	host := strings.Split(strings.TrimPrefix(url, "https://"), "/")[0]
	w.issuers[host] = f
	return f
}

func (f *fakeIssuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	full := "https://" + r.Host + r.URL.Path
	base := strings.TrimRight(f.url, "/")
	switch full {
	case base + "/.well-known/openid-configuration":
		_ = json.NewEncoder(w).Encode(object{"issuer": f.claims, "jwks_uri": base + "/openid/v1/jwks"})
	case base + "/openid/v1/jwks":
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: f.key.Public(), KeyID: f.kid, Algorithm: "RS256", Use: "sig"}}})
	default:
		http.NotFound(w, r)
	}
}

// sign returns a service account token, whose claims change may alter.
func (f *fakeIssuer) sign(t *testing.T, now time.Time, subject string, change func(object)) string {
	t.Helper()
	claims := object{"iss": f.url, "sub": subject, "aud": []string{"api://AzureADTokenExchange"}, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	if change != nil {
		change(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: f.key, KeyID: f.kid}}, nil)
	if err != nil {
		t.Fatalf("signer: %v", err)
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	return raw
}

package bridgetest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The account of Environment.
const (
	Tenant       = "11111111-1111-4111-8111-111111111111"
	Client       = "22222222-2222-4222-8222-222222222222"
	Subscription = "33333333-3333-4333-8333-333333333333"
	Object       = "44444444-4444-4444-8444-444444444444"
)

// Environment returns the variables of a login with OpenID Connect, with a token file of the test.
func Environment(t *testing.T) func(string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token.jwt")
	if err := os.WriteFile(file, []byte("an.assertion.x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{
		"ARM_CLIENT_ID": Client, "ARM_TENANT_ID": Tenant, "ARM_SUBSCRIPTION_ID": Subscription,
		"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": file,
	}
	return func(name string) string { return vars[name] }
}

// Login returns a handler that answers as login.microsoftonline.com does for one tenant: instance
// discovery, OpenID configuration, and a token whose oid claim is Object. It fails the test if the
// assertion is not the one of Environment.
func Login(t *testing.T) http.Handler {
	t.Helper()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	authority := "https://login.microsoftonline.com/" + Tenant
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/common/discovery/instance":
			answer(w, map[string]any{
				"tenant_discovery_endpoint": authority + "/v2.0/.well-known/openid-configuration",
				"metadata": []any{map[string]any{
					"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net",
					"aliases": []string{"login.microsoftonline.com", "login.windows.net"},
				}},
			})
		case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
			answer(w, map[string]any{
				"authorization_endpoint": authority + "/oauth2/v2.0/authorize",
				"token_endpoint":         authority + "/oauth2/v2.0/token",
				"issuer":                 authority + "/v2.0",
			})
		case strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token"):
			if got := r.PostFormValue("client_assertion"); got != "an.assertion.x" {
				t.Errorf("client_assertion is %q", got)
			}
			claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"oid":%q}`, Object))
			answer(w, map[string]any{
				"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": "e30." + claims + ".x",
			})
		default:
			http.NotFound(w, r)
		}
	})
}

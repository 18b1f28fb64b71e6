package entra

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Host is the authority of the Azure public cloud.
const Host = "login.microsoftonline.com"

// Server is the authority of one tenant.
type Server struct {
	Store     *store.Store
	Authority token.Authority
	// HTTP fetches discovery documents and key sets of other issuers.
	HTTP *http.Client
	Now  func() time.Time
	Log  *slog.Logger
	// CredentialDelay is the time from the creation of a federated credential until it is accepted;
	// nil: none.
	CredentialDelay func() time.Duration

	issuers issuers
}

// ServeHTTP serves discovery and token requests.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	correlation := r.Header.Get("client-request-id")
	if _, err := uuid.Parse(correlation); err != nil {
		correlation = uuid.NewString()
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.Header().Set("x-ms-request-id", uuid.NewString())
	w.Header().Set("client-request-id", correlation)
	body, err := s.serve(r)
	if err == nil {
		_ = json.NewEncoder(w).Encode(body) // fails only if the client has closed the connection
		return
	}
	var f *Failure
	if !errors.As(err, &f) {
		s.Log.Error("token request failed", "path", r.URL.Path, "error", err)
		f = failf(http.StatusInternalServerError, "server_error", 90033, "A transient error has occurred. Please try again.")
	} else {
		s.Log.Info("token refused", "code", f.Code, "path", r.URL.Path)
	}
	f.write(w, correlation, s.Now())
}

func (s *Server) serve(r *http.Request) (any, error) {
	tenant, path, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method == http.MethodGet && path == "discovery/instance" {
		return s.instance(tenant), nil
	}
	if err := s.checkTenant(tenant); err != nil {
		return nil, err
	}
	switch {
	case r.Method == http.MethodGet && path == "v2.0/.well-known/openid-configuration":
		return s.configuration(tenant), nil
	case r.Method == http.MethodGet && (path == "discovery/v2.0/keys" || path == "discovery/keys"):
		return s.Authority.Key.JWKS(), nil
	case r.Method == http.MethodPost && path == "oauth2/v2.0/token":
		return s.token(r)
	}
	return nil, failf(http.StatusNotFound, "invalid_request", 90023, "The sandbox's authority does not serve the endpoint '/%s'.", path)
}

// checkTenant accepts the tenant's ID and, because the discovery documents are the same for all
// tenants, the names common and organizations.
func (s *Server) checkTenant(tenant string) error {
	if strings.EqualFold(tenant, s.Authority.TenantID) || tenant == "common" || tenant == "organizations" {
		return nil
	}
	if _, err := uuid.Parse(tenant); err != nil {
		return invalidRequest(900023, "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain.", tenant)
	}
	return invalidRequest(90002, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", tenant)
}

// instance returns the instance discovery document, which MSAL requests first.
func (s *Server) instance(tenant string) any {
	aliases := []string{Host, "login.windows.net", "login.microsoft.com", "sts.windows.net"}
	return map[string]any{
		"tenant_discovery_endpoint": "https://" + Host + "/" + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []any{map[string]any{
			"preferred_network": Host, "preferred_cache": "login.windows.net", "aliases": aliases,
		}},
	}
}

// configuration returns the OpenID configuration of the tenant, or of all tenants under a common
// name.
func (s *Server) configuration(tenant string) any {
	base, issuer := "https://"+Host+"/"+tenant, tenant
	if !strings.EqualFold(tenant, s.Authority.TenantID) {
		issuer = "{tenantid}"
	}
	return map[string]any{
		"issuer":                                "https://" + Host + "/" + issuer + "/v2.0",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"device_authorization_endpoint":         base + "/oauth2/v2.0/devicecode",
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"tenant_region_scope":                   "EU",
		"cloud_instance_name":                   "microsoftonline.com",
		"cloud_graph_host_name":                 "graph.windows.net",
		"msgraph_host":                          "graph.microsoft.com",
	}
}

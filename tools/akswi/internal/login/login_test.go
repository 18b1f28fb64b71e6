package login_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
)

const (
	tenant     = "22222222-2222-2222-2222-222222222222"
	client     = "11111111-1111-1111-1111-111111111111"
	pipelineOf = "pipeline.example"
	scope      = "https://management.azure.com/.default"
)

// world answers as Entra, a pipeline and a managed identity's endpoint, and notes what it was
// asked.
type world struct {
	t      *testing.T
	tokens []url.Values // forms of the token requests
	asked  []*http.Request
	refuse bool // Entra refuses
}

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked = append(w.asked, r)
	status, body := http.StatusOK, map[string]any{}
	authority := "https://login.microsoftonline.com/" + tenant
	switch {
	case strings.HasSuffix(r.URL.Path, "/discovery/instance"):
		body = map[string]any{"tenant_discovery_endpoint": authority + "/v2.0/.well-known/openid-configuration", "metadata": []any{}}
	case strings.HasSuffix(r.URL.Path, "openid-configuration"):
		body = map[string]any{"issuer": authority + "/v2.0", "authorization_endpoint": authority + "/oauth2/v2.0/authorize", "token_endpoint": authority + "/oauth2/v2.0/token"}
	case strings.HasSuffix(r.URL.Path, "/token") && r.URL.Host == "login.microsoftonline.com":
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, err
		}
		w.tokens = append(w.tokens, form)
		body = map[string]any{"access_token": "access", "expires_in": 3600, "token_type": "Bearer"}
		if w.refuse {
			status, body = http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "AADSTS700016: no such application.", "error_codes": []int{700016}}
		}
	case r.URL.Host == pipelineOf && r.Method == http.MethodGet:
		body = map[string]any{"value": "of-" + r.URL.Query().Get("audience") + "-" + r.Header.Get("Authorization")}
	case r.URL.Host == pipelineOf && r.Method == http.MethodPost:
		body = map[string]any{"oidcToken": "connection-" + r.URL.Query().Get("serviceConnectionId")}
	case r.URL.Host == "identity.example":
		body = map[string]any{"access_token": "managed-" + r.URL.Query().Get("client_id"), "expires_on": "4000000000", "resource": scope, "token_type": "Bearer"}
	default:
		w.t.Errorf("unexpected request: %s %s", r.Method, r.URL)
		status = http.StatusNotFound
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(raw))), Request: r}, nil
}

// Do implements policy.Transporter.
func (w *world) Do(r *http.Request) (*http.Response, error) { return w.RoundTrip(r) }

func (w *world) options(env, config map[string]string) login.Options {
	return login.Options{
		Settings:       login.Settings{Config: config, Env: func(name string) string { return env[name] }},
		Client:         azcore.ClientOptions{Transport: w},
		HTTP:           &http.Client{Transport: w},
		SDKEnvironment: true,
	}
}

// with returns the variables of a principal and others.
func with(pairs ...string) map[string]string {
	out := map[string]string{"ARM_CLIENT_ID": client, "ARM_TENANT_ID": tenant}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// certificate writes a self-signed certificate with its key.
func certificate(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "deployer"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))+string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// installAz puts a command az on an otherwise empty PATH, or none.
func installAz(t *testing.T, script string) {
	t.Helper()
	folder := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(folder, "az"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
}

const azToken = `echo '{"accessToken": "of-az", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4000000000}'`

func TestChooseSignsInAsTheDeployment(t *testing.T) {
	// azidentity reads these variables itself.
	t.Setenv("SYSTEM_OIDCREQUESTURI", "https://"+pipelineOf+"/oidc")
	t.Setenv("IDENTITY_ENDPOINT", "https://identity.example/token")
	t.Setenv("IDENTITY_HEADER", "header")
	t.Setenv("AZURE_CLIENT_ID", client)
	t.Setenv("AZURE_TENANT_ID", tenant)
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", file(t, "of-the-pod"))
	t.Setenv("AZURE_CLIENT_SECRET", "")
	devops := []string{"SYSTEM_OIDCREQUESTURI", "https://" + pipelineOf + "/oidc", "SYSTEM_ACCESSTOKEN", "job"}
	for name, tc := range map[string]struct {
		reason  string
		env     map[string]string
		config  map[string]string
		az      string
		because string
		form    url.Values // of the request to Entra, as far as it matters
		token   string     // of a login that does not ask Entra
	}{
		"Certificate": {"a client certificate comes first", with("ARM_CLIENT_CERTIFICATE_PATH", "CERTIFICATE", "ARM_CLIENT_SECRET", "secret"), nil, "",
			"ARM_CLIENT_CERTIFICATE_PATH is set", url.Values{"client_id": {client}}, ""},
		"Secret": {"a client secret comes before OIDC", with("ARM_CLIENT_SECRET", "secret", "ARM_USE_OIDC", "true"), nil, "",
			"ARM_CLIENT_SECRET is set", url.Values{"client_secret": {"secret"}}, ""},
		"Token": {"a token in a variable", with("ARM_USE_OIDC", "true", "ARM_OIDC_TOKEN", "given"), nil, "",
			"ARM_USE_OIDC is true", url.Values{"client_assertion": {"given"}, "client_id": {client}}, ""},
		"TokenFile": {"a token in a file, read at each request", with("ARM_USE_OIDC", "true", "ARM_OIDC_TOKEN_FILE_PATH", file(t, "of-file\n")), nil, "",
			"ARM_USE_OIDC is true", url.Values{"client_assertion": {"of-file"}}, ""},
		"Request": {"the variables of the provider come before those of GitHub",
			with("ARM_USE_OIDC", "true", "ARM_OIDC_REQUEST_URL", "https://"+pipelineOf+"/?x=1", "ARM_OIDC_REQUEST_TOKEN", "r", "ACTIONS_ID_TOKEN_REQUEST_URL", "https://other.example"), nil, "",
			"ARM_USE_OIDC is true", url.Values{"client_assertion": {"of-api://AzureADTokenExchange-Bearer r"}}, ""},
		"GitHub": {"GitHub Actions sets its own variables, and nothing else is needed",
			with("ARM_USE_OIDC", "true", "ACTIONS_ID_TOKEN_REQUEST_URL", "https://"+pipelineOf+"/?v=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "g", "ARM_OIDC_AUDIENCE", "api://other"), nil, "",
			"ARM_USE_OIDC is true", url.Values{"client_assertion": {"of-api://other-Bearer g"}}, ""},
		"DevOps": {"a service connection named for the provider", with(append([]string{"ARM_USE_OIDC", "true", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "sc"}, devops...)...), nil, "",
			"ARM_USE_OIDC is true", url.Values{"client_assertion": {"connection-sc"}}, ""},
		"AzureCLITask": {"the task AzureCLI@2 names its connection; the login of az would end after minutes",
			map[string]string{
				"AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "task", "AZURESUBSCRIPTION_CLIENT_ID": client, "AZURESUBSCRIPTION_TENANT_ID": tenant,
				devops[0]: devops[1], devops[2]: devops[3],
			}, nil, azToken,
			"AZURESUBSCRIPTION_SERVICE_CONNECTION_ID is set", url.Values{"client_assertion": {"connection-task"}}, ""},
		"ManagedIdentity": {"a managed identity of the runner", map[string]string{"ARM_USE_MSI": "true", "ARM_CLIENT_ID": client}, nil, "",
			"ARM_USE_MSI is true", nil, "managed-" + client},
		"Config": {"the stack's configuration comes before the environment", with("ARM_CLIENT_SECRET", "environment"),
			map[string]string{"azure-native:clientSecret": "configured", "azure-native:tenantId": tenant}, "",
			"azure-native:clientSecret is set", url.Values{"client_secret": {"configured"}}, ""},
		"CLI":                 {"without anything else the Azure CLI has the login", map[string]string{"ARM_TENANT_ID": tenant}, nil, azToken, "no other login is configured", nil, "of-az"},
		"FalseAsksForNothing": {"ARM_USE_OIDC=false is no wish", map[string]string{"ARM_USE_OIDC": "false", "ARM_OIDC_TOKEN": "x"}, nil, azToken, "no other login is configured", nil, "of-az"},
		"SDK": {"the variables of the Azure SDK, which a pod with a workload identity has",
			map[string]string{"AZURE_CLIENT_ID": client, "AZURE_FEDERATED_TOKEN_FILE": "file"}, nil, "", "AZURE_CLIENT_ID is set", url.Values{"client_assertion": {"of-the-pod"}}, ""},
		"Default": {"the provider can be told to use the SDK's default", map[string]string{"ARM_USE_DEFAULT_AZURE_CREDENTIAL": "true"}, nil, azToken,
			"ARM_USE_DEFAULT_AZURE_CREDENTIAL is true", url.Values{"client_assertion": {"of-the-pod"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			installAz(t, tc.az)
			w := &world{t: t}
			if tc.env["ARM_CLIENT_CERTIFICATE_PATH"] != "" {
				tc.env["ARM_CLIENT_CERTIFICATE_PATH"] = certificate(t)
			}
			l, err := login.Choose(w.options(tc.env, tc.config))
			if err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			if !strings.Contains(l.Because, tc.because) {
				t.Errorf("%s\nwant it because %q, got %q (%s)", tc.reason, tc.because, l.Because, l.Method)
			}
			token, err := l.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
			if err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			if tc.token != "" {
				if token.Token != tc.token || len(w.tokens) > 0 {
					t.Errorf("%s\nwant token %q without Entra, got %q after %v", tc.reason, tc.token, token.Token, w.tokens)
				}
				return
			}
			if len(w.tokens) != 1 {
				t.Fatalf("%s\nwant one request to Entra, got %v", tc.reason, w.tokens)
			}
			for key, want := range tc.form {
				if got := w.tokens[0].Get(key); got != want[0] {
					t.Errorf("%s\nwant %s=%q, got %q", tc.reason, key, want[0], got)
				}
			}
		})
	}
}

func TestChooseTellsWhatIsMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		env    map[string]string
		says   string
	}{
		"Nothing":    {"no login at all", nil, "install the Azure CLI and run `az login`"},
		"NoTenant":   {"a secret without a tenant", map[string]string{"ARM_CLIENT_SECRET": "s", "ARM_CLIENT_ID": client}, "by a client secret (ARM_CLIENT_SECRET is set) cannot be used: ARM_TENANT_ID is not set"},
		"NoIDs":      {"all that is missing at once", map[string]string{"ARM_USE_OIDC": "true"}, "ARM_CLIENT_ID and ARM_TENANT_ID are not set"},
		"NoToken":    {"OIDC without any token", with("ARM_USE_OIDC", "true"), "permissions: id-token: write"},
		"OnlyID":     {"an identity alone", with(), "ARM_CLIENT_ID is set without a way to log in"},
		"NotUsed":    {"a token that the provider does not look at", with("ARM_OIDC_TOKEN", "t"), "set ARM_USE_OIDC=true, without which ARM_OIDC_TOKEN is not used"},
		"NoFile":     {"a certificate that is not there", with("ARM_CLIENT_CERTIFICATE_PATH", "no-such-file"), "no-such-file: no such file"},
		"NoPassword": {"a certificate that is none", with("ARM_CLIENT_CERTIFICATE_PATH", file(t, "text")), "is no certificate with its key"},
	} {
		t.Run(name, func(t *testing.T) {
			installAz(t, "")
			_, err := login.Choose((&world{t: t}).options(tc.env, nil))
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s\nwant %q, got %v", tc.reason, tc.says, err)
			}
		})
	}
}

func TestEncryptedSettings(t *testing.T) {
	w := &world{t: t}
	o := w.options(with(), nil)
	o.Settings.Encrypted = map[string]bool{"azure-native:clientSecret": true}
	if _, err := login.Choose(o); err == nil || !strings.Contains(err.Error(), "azure-native:clientSecret is encrypted") {
		t.Errorf("without a way to decrypt, got %v", err)
	}
	o.Settings.Secret = func(key string) (string, error) { return "decrypted-" + key, nil }
	l, err := login.Choose(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}}); err != nil {
		t.Fatal(err)
	}
	if got := w.tokens[0].Get("client_secret"); got != "decrypted-clientSecret" {
		t.Errorf("got secret %q", got)
	}
}

func TestFailureTellsWhichLogin(t *testing.T) {
	w := &world{t: t, refuse: true}
	l, err := login.Choose(w.options(with("ARM_CLIENT_SECRET", "very-secret"), nil))
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	if err == nil || !strings.Contains(err.Error(), "the login by a client secret (ARM_CLIENT_SECRET is set) failed") || !strings.Contains(err.Error(), "AADSTS700016") {
		t.Errorf("want method, reason and Entra's code, got %v", err)
	}
	if strings.Contains(err.Error(), "very-secret") {
		t.Errorf("the secret is in %v", err)
	}
}

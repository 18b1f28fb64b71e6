package chaintest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// azureAPI answers what the operator reads.
type azureAPI struct{ w *World }

// Credential implements chain.CredentialReader.
func (a azureAPI) Credential(context.Context, outputs.Workload, outputs.Federation) (chain.Credential, error) {
	return a.w.Credential, a.w.CredentialErr
}

// Assignments implements chain.RoleReader.
func (a azureAPI) Assignments(context.Context, string, string) ([]chain.Assignment, error) {
	return a.w.Assignments, nil
}

// Entra is the token endpoint.
type Entra struct {
	// Code and Text of a refusal; zero is none.
	Code int
	Text string
	// Refusals is how many requests are refused before one is accepted; 0 is all.
	Refusals int
	// Unreachable is true when there is no answer at all.
	Unreachable bool
	// Seen is called with the form of each token request.
	Seen func(url.Values)

	mu    sync.Mutex
	calls int
}

// Calls returns the number of token requests so far.
func (e *Entra) Calls() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls
}

// Vault is the data plane of Key Vault.
type Vault struct {
	Status int
	// Code, Inner and Message of a refusal.
	Code, Inner, Message string
	// Err instead of an answer.
	Err error
}

// Forbidden returns Key Vault's refusal when no role assignment lets the caller read a secret.
func Forbidden() Vault {
	return Vault{Status: http.StatusForbidden, Code: "Forbidden", Inner: "ForbiddenByRbac", Message: "Caller is not authorized to perform action on resource.\\r\\n" +
		"If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\\r\\n" +
		"Caller: appid=" + ClientID + ";oid=" + PrincipalID + ";iss=https://sts.windows.net/" + TenantID + "/\\r\\n" +
		"Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\\r\\nResource: '" + VaultID + "/secrets/greeting'\\r\\n" +
		"Assignment: (not found)\\r\\nDenyAssignmentId: null\\r\\nDecisionReason: null \\r\\nVault: shop;location=westeurope\\r\\n"}
}

// transport answers for login.microsoftonline.com and *.vault.azure.net.
type transport struct{ w *World }

// Do implements policy.Transporter.
func (t transport) Do(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Host == "login.microsoftonline.com":
		return t.entra(r)
	case strings.HasSuffix(r.URL.Host, ".vault.azure.net"):
		return t.vault(r)
	}
	return nil, fmt.Errorf("there is no fake of %s", r.URL.Host)
}

// entra answers for Entra's discovery endpoints.
func (t transport) entra(r *http.Request) (*http.Response, error) {
	const authority = "https://login.microsoftonline.com/" + TenantID
	switch e := &t.w.Entra; {
	case e.Unreachable:
		return nil, fmt.Errorf("dial tcp: connection refused")
	case strings.Contains(r.URL.Path, "/discovery/instance") && !strings.HasPrefix(r.URL.Query().Get("authorization_endpoint"), authority+"/"):
		return nil, fmt.Errorf("the exchange goes to another authority than the pod's: %s", r.URL.Query().Get("authorization_endpoint"))
	case strings.Contains(r.URL.Path, "/discovery/instance"):
		return reply(r, 200, `{"tenant_discovery_endpoint":"`+authority+`/v2.0/.well-known/openid-configuration","metadata":[{`+
			`"preferred_network":"login.microsoftonline.com","preferred_cache":"login.windows.net","aliases":["login.microsoftonline.com"]}]}`), nil
	case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
		return reply(r, 200, `{"token_endpoint":"`+authority+`/oauth2/v2.0/token","authorization_endpoint":"`+authority+
			`/oauth2/v2.0/authorize","issuer":"`+authority+`/v2.0"}`), nil
	}
	return t.token(r)
}

// token answers for Entra's token endpoint.
func (t transport) token(r *http.Request) (*http.Response, error) {
	e := &t.w.Entra
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, err
	}
	if e.Seen != nil {
		e.Seen(form)
	}
	e.mu.Lock()
	e.calls++
	refuse := e.Code != 0 && (e.Refusals == 0 || e.calls <= e.Refusals)
	e.mu.Unlock()
	if refuse {
		return reply(r, 401, fmt.Sprintf(`{"error":"invalid_client","error_description":"AADSTS%d: %s\r\nTrace ID: t\r\nCorrelation ID: c","error_codes":[%d]}`,
			e.Code, e.Text, e.Code)), nil
	}
	return reply(r, 200, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"access-`+form.Get("client_id")+`"}`), nil
}

// vault answers for the vault.
func (t transport) vault(r *http.Request) (*http.Response, error) {
	v := t.w.Vault
	switch {
	case v.Err != nil:
		return nil, v.Err
	case r.Header.Get("Authorization") == "":
		res := reply(r, 401, `{}`)
		res.Header.Set("WWW-Authenticate", `Bearer authorization="https://login.microsoftonline.com/`+TenantID+`", resource="https://vault.azure.net"`)
		return res, nil
	case r.Header.Get("Authorization") != "Bearer access-"+ClientID:
		return reply(r, 401, `{"error":{"code":"Unauthorized","message":"not the workload's token"}}`), nil
	case v.Status != 200:
		return reply(r, v.Status, fmt.Sprintf(`{"error":{"code":%q,"message":"%s","innererror":{"code":%q}}}`, v.Code, v.Message, v.Inner)), nil
	}
	return reply(r, 200, `{"value":"`+SecretValue+`","id":"`+VaultURL+`secrets/greeting/0123456789abcdef"}`), nil
}

func reply(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

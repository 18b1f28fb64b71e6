package cli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/cli"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/preflight"
)

const tenantID, subscriptionID = "22222222-2222-2222-2222-222222222222", "33333333-3333-3333-3333-333333333333"

// azureOf answers as Entra and Azure Resource Manager: with bodies by the end of the path, and with
// 404 for all others.
type azureOf map[string]string

// Do implements policy.Transporter.
func (a azureOf) Do(r *http.Request) (*http.Response, error) {
	token := "x." + base64.RawURLEncoding.EncodeToString([]byte(`{"idtyp": "app", "appid": "deployer", "oid": "o", "tid": "`+tenantID+`"}`)) + ".y"
	authority := "https://login.microsoftonline.com/" + tenantID
	answers := map[string]string{
		"/discovery/instance":   `{"tenant_discovery_endpoint": "` + authority + `/v2.0/.well-known/openid-configuration", "metadata": []}`,
		"/openid-configuration": `{"issuer": "` + authority + `/v2.0", "authorization_endpoint": "` + authority + `/authorize", "token_endpoint": "` + authority + `/token"}`,
		"/token":                `{"access_token": "` + token + `", "expires_in": 3600, "token_type": "Bearer"}`,
	}
	for suffix, body := range a {
		answers[suffix] = body
	}
	status, text := http.StatusNotFound, `{"error": {"code": "NotFound", "message": "not here"}}`
	for suffix, body := range answers {
		if strings.HasSuffix(r.URL.Path, suffix) {
			status, text = http.StatusOK, body
			if strings.Contains(body, "InvalidAuthenticationTokenTenant") {
				status = http.StatusUnauthorized
			}
		}
	}
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(text)),
	}, nil
}

// program returns a folder with a Pulumi program and a stack dev.
func program(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml": "name: acme\n", "Pulumi.dev.yaml": "config:\n  acme:location: westeurope\n  azure-native:tenantId: " + tenantID + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestPreflightCommand(t *testing.T) {
	enabled := azureOf{"/subscriptions/" + subscriptionID: `{"displayName": "Shop", "state": "Enabled"}`}
	const few = "stack file,login,subscription"
	for name, tc := range map[string]struct {
		reason string
		azure  azureOf
		secret string
		args   []string
		code   int
		says   string
	}{
		"Fine":      {"the login works, and the subscription takes writes", enabled, "s", []string{"--stack", "dev", "--only", few}, cli.ExitOK, "Nothing stands in the way."},
		"WholeName": {"a stack's whole name", enabled, "s", []string{"--stack", "org/acme/dev", "--only", few}, cli.ExitOK, "service principal deployer (object id o), by a client secret (ARM_CLIENT_SECRET is set)"},
		"Disabled":  {"a disabled subscription", azureOf{"/subscriptions/" + subscriptionID: `{"displayName": "Shop", "state": "Disabled"}`}, "s", []string{"--stack", "dev", "--only", few}, cli.ExitBroken, "Azure refuses every write"},
		"NoAccess":  {"a subscription that the login cannot see", azureOf{}, "s", []string{"--stack", "dev", "--only", few}, cli.ExitBroken, "is not visible to this login: not here"},
		"WrongTenant": {"a subscription of another tenant", azureOf{"/subscriptions/" + subscriptionID: `{"error": {"code": "InvalidAuthenticationTokenTenant", "message": "The access token is from the wrong issuer."}}`},
			"s", []string{"--stack", "dev", "--only", few}, cli.ExitBroken, "az login --tenant TENANT"},
		"Unchecked":    {"what cannot be read is no problem", enabled, "s", []string{"--stack", "dev", "--only", "providers"}, cli.ExitUnchecked, "1 unchecked."},
		"NoLogin":      {"no login at all", enabled, "", []string{"--stack", "dev", "--only", few}, cli.ExitBroken, "there is no Azure login"},
		"NoFile":       {"a stack without a file", enabled, "s", []string{"--stack", "prod", "--only", "stack file"}, cli.ExitBroken, "there is no "},
		"NoStack":      {"no stack is named or selected", enabled, "s", nil, cli.ExitUsage, "use --stack NAME"},
		"UnknownCheck": {"a misspelt check", enabled, "s", []string{"--stack", "dev", "--only", "quotas"}, cli.ExitUsage, `did you mean "quota"?`},
		"NoTime":       {"no time to check anything", enabled, "s", []string{"--stack", "dev", "--timeout", "0s"}, cli.ExitUsage, "--timeout must be more than 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", t.TempDir())
			t.Setenv("ARM_CLIENT_ID", "deployer")
			t.Setenv("ARM_CLIENT_SECRET", tc.secret)
			t.Setenv("ARM_SUBSCRIPTION_ID", subscriptionID)
			t.Setenv("ARM_USE_OIDC", "")
			var out, errs bytes.Buffer
			args := append([]string{"preflight", "--cwd", program(t)}, tc.args...)
			code := cli.Run(t.Context(), args, cli.Environment{In: strings.NewReader(""), Out: &out, Err: &errs, AzureClient: azcore.ClientOptions{Transport: tc.azure}})
			if text := out.String() + errs.String(); code != tc.code || !strings.Contains(strings.Join(strings.Fields(text), " "), tc.says) {
				t.Errorf("%s\nwant exit code %d and %q, got %d and\n%s", tc.reason, tc.code, tc.says, code, text)
			}
		})
	}
}

func TestPreflightJSON(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("ARM_CLIENT_ID", "")
	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), []string{"preflight", "--cwd", program(t), "--stack", "dev", "--json"}, cli.Environment{In: strings.NewReader(""), Out: &out, Err: &errs})
	var report preflight.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || code != cli.ExitBroken {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out.String(), errs.String())
	}
	var order []string
	for _, row := range report.Rows {
		if len(order) == 0 || order[len(order)-1] != row.Check {
			order = append(order, row.Check)
		}
	}
	if got, want := strings.Join(order, ", "), strings.Join(preflight.Checks(), ", "); got != want {
		t.Errorf("rows of %s, want every check in the order of the table: %s", got, want)
	}
}

//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"
)

// object is a JSON object.
type object = map[string]any

// apiVersions are those that azure-native sends, by what a path contains; the first one that fits.
var apiVersions = []struct{ part, version string }{
	{"/roleDefinitions", "2022-05-01-preview"},
	{"/providers/Microsoft.Authorization", "2022-04-01"},
	{"/providers/Microsoft.Storage", "2022-09-01"},
	{"/providers/Microsoft.ContainerRegistry", "2023-07-01"},
	{"/providers/Microsoft.KeyVault", "2023-02-01"},
	{"/providers/Microsoft.Sql", "2021-11-01"},
	{"/providers/Microsoft.ManagedIdentity", "2023-01-31"},
	{"/resourceGroups/", "2022-09-01"},
}

// versioned is a path under the subscription with the version of its API.
func versioned(t *testing.T, path string) string {
	t.Helper()
	if !strings.HasPrefix(path, "/subscriptions/") {
		path = "/subscriptions/{subscriptionId}" + path
	}
	for _, v := range apiVersions {
		if strings.Contains(path, v.part) {
			separator := "?"
			if strings.Contains(path, "?") {
				separator = "&"
			}
			return path + separator + "api-version=" + v.version
		}
	}
	require.Failf(t, "no API version", "for %s", path)
	return ""
}

// behind changes Azure behind the program's back, as somebody else would, and returns the answer. The path is under the
// subscription, or a whole URL.
func (w *world) behind(t *testing.T, method, path string, body object) object {
	t.Helper()
	if !strings.HasPrefix(path, "https://") {
		path = versioned(t, path)
	}
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		text = string(data)
	}
	answer := strings.TrimSpace(w.rest(t, method, path, text))
	if answer == "" {
		return nil
	}
	var decoded object
	require.NoErrorf(t, json.Unmarshal([]byte(answer), &decoded), "%s", answer)
	return decoded
}

// list is the value of a collection.
func list(t *testing.T, answer object) []object {
	t.Helper()
	all, ok := answer["value"].([]any)
	require.True(t, ok, "%v is no list", answer)
	items := make([]object, len(all))
	for i := range all {
		items[i] = all[i].(object)
	}
	return items
}

// asks sends one request to Azure with somebody's own token, and returns status and answer.
func (d *door) asks(t *testing.T, who azcore.TokenCredential, method, url, body string) (int, string) {
	t.Helper()
	if strings.HasPrefix(url, "/") {
		url = "https://management.azure.com" + strings.ReplaceAll(versioned(t, url), "{subscriptionId}", d.env["AZURE_SUBSCRIPTION_ID"])
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	resource := "https://" + request.URL.Hostname()
	if strings.HasSuffix(request.URL.Hostname(), ".vault.azure.net") {
		resource = "https://vault.azure.net"
	}
	token, err := who.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{resource + "/.default"}})
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := d.azure().Transport.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(answer)
}

// objectID of whoever has the credential, as their token says it.
func objectID(t *testing.T, who azcore.TokenCredential) string {
	t.Helper()
	token, err := who.GetToken(t.Context(), tokenOptions)
	require.NoError(t, err)
	parts := strings.Split(token.Token, ".")
	require.Len(t, parts, 3)
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var claims struct{ OID string }
	require.NoError(t, json.Unmarshal(payload, &claims))
	require.NotEmpty(t, claims.OID)
	return claims.OID
}

// tokenOptions ask for a token for Resource Manager.
var tokenOptions = policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}}

package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// object is a JSON object.
type object = map[string]any

const (
	graph       = "https://graph.microsoft.com/v1.0"
	credentials = "/federatedIdentityCredentials"
)

// Kubernetes versions that the sandbox's region offers. AKS's change every few months, so that
// tests take theirs from here.
const (
	offeredVersion = "1.34"
	// versionWithoutIssuer is one in which a new cluster has no OIDC issuer unless it asks for one.
	versionWithoutIssuer = "1.33"
)

// apiVersions are those that azure-native sends, by what a path contains; the first one that fits.
var apiVersions = []struct{ part, version string }{
	{"/roleDefinitions", "2022-05-01-preview"},
	{"/providers/Microsoft.Authorization", "2022-04-01"},
	{"/providers/Microsoft.Storage", "2022-09-01"},
	{"/providers/Microsoft.ContainerRegistry", "2023-07-01"},
	{"/providers/Microsoft.ContainerService", "2025-01-01"},
	{"/providers/Microsoft.KeyVault", "2023-02-01"},
	{"/providers/Microsoft.Sql", "2021-11-01"},
	{"/providers/Microsoft.ManagedIdentity", "2023-01-31"},
	{"/providers/Microsoft.Network", "2023-09-01"},
	{"/providers/Microsoft.OperationalInsights", "2023-09-01"},
	{"/resourceGroups/", "2022-09-01"},
}

// versioned returns the path, which is under the subscription, with the version of its API unless
// it has one.
func versioned(t *testing.T, path string) string {
	t.Helper()
	if !strings.HasPrefix(path, "/subscriptions/") {
		path = "/subscriptions/{subscriptionId}" + path
	}
	if strings.Contains(path, "api-version=") {
		return path
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

// azure sends a request to Azure without the program, as another team would, and returns the
// answer. The path is under the subscription, or a whole URL.
func (w *world) azure(t *testing.T, method, path string, body object) object {
	t.Helper()
	answer := strings.TrimSpace(w.rest(t, method, path, body))
	if answer == "" {
		return nil
	}
	return decode[object](t, []byte(answer))
}

// rest sends a request as azure does, and returns the answer as text.
func (w *world) rest(t *testing.T, method, path string, body object) string {
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
	return string(w.output(t, w.sandbox(), "rest", "--method", method, "--body", text, path))
}

// list returns the items of a collection.
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

// azureResource is a resource as Resource Manager shows it.
type azureResource struct {
	ID         string
	Name       string
	Tags       map[string]string
	SKU        map[string]any
	Identity   map[string]any
	Properties map[string]any
}

// property returns what a path of properties leads to, nil if it leads nowhere.
func (r azureResource) property(path ...string) any {
	var at any = r.Properties
	for _, name := range path {
		m, _ := at.(map[string]any)
		at = m[name]
	}
	return at
}

// put writes a resource and returns what Azure answers.
func (w *world) put(t *testing.T, path string, body object) azureResource {
	t.Helper()
	return decode[azureResource](t, []byte(w.rest(t, http.MethodPut, path, body)))
}

// get reads a resource.
func (w *world) get(t *testing.T, path string) azureResource {
	t.Helper()
	return decode[azureResource](t, []byte(w.rest(t, http.MethodGet, path, nil)))
}

// awaitProvisioned waits until Azure has done what a PUT began.
func (w *world) awaitProvisioned(t *testing.T, path string) {
	t.Helper()
	require.Eventually(t, func() bool {
		state := w.get(t, path).property("provisioningState")
		require.NotEqual(t, "Failed", state)
		return state == "Succeeded"
	}, 2*time.Minute, 200*time.Millisecond, "%s is never done", path)
}

// awaitDeleted waits until Azure has done what a DELETE began.
func (w *world) awaitDeleted(t *testing.T, path string) {
	t.Helper()
	require.Eventually(t, func() bool {
		out, err := w.command(t.Context(), w.sandbox(), "rest", versioned(t, path)).CombinedOutput()
		return err != nil && strings.Contains(string(out), "404")
	}, 2*time.Minute, 200*time.Millisecond, "%s is never gone", path)
}

// rolesOf returns a workload's role assignments, in all of the subscription.
func (w *world) rolesOf(t *testing.T, user workload) []object {
	t.Helper()
	return list(t, w.azure(t, http.MethodGet, "/providers/Microsoft.Authorization/roleAssignments?$filter=principalId+eq+'"+user.PrincipalID+"'", nil))
}

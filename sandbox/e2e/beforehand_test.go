//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// beforehand is a resource group of somebody else's, in which a test puts what a stack file refers to.
const beforehand = "/subscriptions/{subscriptionId}/resourceGroups/beforehand"

// start runs the sandbox, for what must exist before the first `make up`.
func (w *world) start(t *testing.T) {
	t.Helper()
	_, code := w.run(t, w.sandbox(), "up")
	require.Zero(t, code)
	w.put(t, beforehand+"?api-version=2022-09-01", map[string]any{"location": "westeurope"})
}

// put writes a resource by hand and returns what Azure answers.
func (w *world) put(t *testing.T, url string, body map[string]any) azureResource {
	t.Helper()
	return w.resource(t, "put", url, body)
}

// get reads a resource.
func (w *world) get(t *testing.T, url string) azureResource {
	t.Helper()
	return w.resource(t, "get", url, nil)
}

func (w *world) resource(t *testing.T, method, url string, body map[string]any) azureResource {
	t.Helper()
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		text = string(data)
	}
	var r azureResource
	require.NoError(t, json.Unmarshal([]byte(w.rest(t, method, url, text)), &r))
	return r
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

// property is what a path of properties leads to, nil if it leads nowhere.
func (r azureResource) property(path ...string) any {
	var at any = r.Properties
	for _, name := range path {
		m, _ := at.(map[string]any)
		at = m[name]
	}
	return at
}

// status is what the sandbox has.
func (w *world) status(t *testing.T) sandboxStatus {
	t.Helper()
	out, err := w.command(t.Context(), w.sandbox(), "status", "--json").Output()
	require.NoError(t, err)
	var status sandboxStatus
	require.NoError(t, json.Unmarshal(out, &status))
	return status
}

type sandboxStatus struct {
	Resources []struct{ ID string }
	Clusters  []struct {
		Name      string
		Processes []struct{ Name, State string }
	}
}

// ids are the ids of all resources, sorted.
func (s sandboxStatus) ids() []string {
	var list []string
	for _, r := range s.Resources {
		list = append(list, r.ID)
	}
	slices.Sort(list)
	return list
}

// identity makes a user-assigned identity beforehand.
func (w *world) identity(t *testing.T, name string) (id, clientID, principalID string) {
	t.Helper()
	r := w.put(t, beforehand+"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"+name+"?api-version=2023-01-31",
		map[string]any{"location": "westeurope"})
	return r.ID, fmt.Sprint(r.property("clientId")), fmt.Sprint(r.property("principalId"))
}

// subscription is the one that a resource id names.
func subscription(id string) string { return strings.Split(id, "/")[2] }

// settled waits until Azure has done what a PUT began.
func (w *world) settled(t *testing.T, url string) {
	t.Helper()
	require.Eventually(t, func() bool {
		state := w.get(t, url).property("provisioningState")
		require.NotEqual(t, "Failed", state)
		return state == "Succeeded"
	}, 2*time.Minute, 200*time.Millisecond, "%s is never done", url)
}

// gone waits until Azure has done what a DELETE began.
func (w *world) gone(t *testing.T, url string) {
	t.Helper()
	require.Eventually(t, func() bool {
		out, err := w.command(t.Context(), w.sandbox(), "rest", url).CombinedOutput()
		return err != nil && strings.Contains(string(out), "404")
	}, 2*time.Minute, 200*time.Millisecond, "%s is never gone", url)
}

// urn is that of the stack's one resource of a type.
func (w *world) urn(t *testing.T, token string) string {
	t.Helper()
	var state struct {
		Deployment struct{ Resources []struct{ URN, Type string } }
	}
	require.NoError(t, json.Unmarshal(w.pulumi(t, "stack", "export"), &state))
	for _, r := range state.Deployment.Resources {
		if r.Type == token {
			return r.URN
		}
	}
	require.Failf(t, "no resource", "the stack has none of type %s", token)
	return ""
}

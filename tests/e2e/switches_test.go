package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const switched = `
web:
  serviceAccount: {namespace: web}
  federations: [{enabled: true}]
  grants: [{role: Key Vault Secrets User, scope: vault}]
  secrets: [greeting]
app:
  identity: {kind: application}
  serviceAccount: {namespace: app}
  federations: [{enabled: true}]
  grants: [{role: Key Vault Secrets User, scope: vault/greeting}]
  secrets: [greeting]
`

// TestSwitches turns trust, audience and whole workloads off and on, for both kinds of identity at
// once. Carries R8, R11.
func TestSwitches(t *testing.T) {
	w := newWorld(t)
	w.setWorkloads(t, switched)
	assert.Contains(t, w.up(t), "proven")
	cluster, azure := w.kubernetes(t), w.clients(t)
	first := w.outputs(t).Workloads
	both := func(change func(workload map[string]any)) {
		for name := range first {
			w.editWorkload(t, name, change)
		}
	}
	federation := func(key string, value any) {
		both(func(workload map[string]any) { workload["federations"] = []any{object{key: value}} })
	}
	// trusts returns the credentials on a workload's identity.
	trusts := func(user workload) []object {
		path := user.IdentityID + credentials
		if user.Kind == "application" {
			path = graph + user.IdentityID + credentials
		}
		return list(t, w.azure(t, "GET", path, nil))
	}

	t.Run("without the trust the account stays, and the pod gets no token", func(t *testing.T) {
		federation("enabled", false)
		assert.Equal(t, map[string]int{"deleted": 2}, changes(t, w.up(t)))
		for name, user := range first {
			assert.Empty(t, trusts(user), name)
			_, err := cluster.CoreV1().ServiceAccounts(name).Get(t.Context(), name, metav1.GetOptions{})
			require.NoError(t, err, "the account must stay")
			_, err = azure.pod(t, cluster, name, name, user.ClientID).GetToken(t.Context(), tokenOptions)
			assert.ErrorContains(t, err, "AADSTS70", name)
		}
	})

	t.Run("another audience needs other tokens", func(t *testing.T) {
		federation("audience", "api://shop")
		assert.Contains(t, w.refused(t, "preview"), "credential-audience", "the policy pack knows that no token carries it")
		out, code := w.run(t, "make", "up", "POLICY=")
		require.NotZero(t, code, "the webhook's tokens are not for that audience")
		assert.Equal(t, map[string]int{"created": 2}, changes(t, out))
		for _, want := range []string{"app app/app, link 4 (webhook)", "web web/web, link 4 (webhook)", "AADSTS700212", "api://shop"} {
			assert.Contains(t, out, want)
		}
		for name, user := range first {
			require.Len(t, trusts(user), 1, name)
			// verify predicts what Entra answers.
			_, err := azure.pod(t, cluster, name, name, user.ClientID).GetToken(t.Context(), tokenOptions)
			assert.ErrorContains(t, err, "AADSTS700212", name)
		}
	})

	t.Run("the usual audience again", func(t *testing.T) {
		federation("enabled", true)
		out := w.up(t)
		assert.Equal(t, map[string]int{"updated": 2}, changes(t, out), "an audience changes in place")
		assert.Contains(t, out, "proven")
		requireNoChange(t, w.up(t))
	})

	t.Run("of a workload that is off nothing is left", func(t *testing.T) {
		before := w.outputs(t).Workloads
		w.editWorkload(t, "web", func(workload map[string]any) { workload["enabled"] = false })
		out := w.up(t)
		assert.Contains(t, out, "proven", "the other one is as before")
		assert.NotContains(t, changes(t, out), "created")
		web := before["web"]
		status, _ := azure.request(t, azure.deployer(t), "GET", web.IdentityID, "")
		assert.Equal(t, http.StatusNotFound, status)
		assert.Empty(t, w.rolesOf(t, web))
		_, err := cluster.CoreV1().Namespaces().Get(t.Context(), "web", metav1.GetOptions{})
		assert.True(t, apierrors.IsNotFound(err), "the namespace and the account in it are gone: %v", err)
		assert.Equal(t, before["app"], w.outputs(t).Workloads["app"])
		assert.NotContains(t, w.outputs(t).Workloads, "web")

		w.editWorkload(t, "app", func(workload map[string]any) { workload["enabled"] = false })
		w.up(t)
		assert.Empty(t, w.outputs(t).Workloads)
		status, _ = azure.request(t, azure.deployer(t), "GET", graph+before["app"].IdentityID, "")
		assert.Equal(t, http.StatusNotFound, status, "the application is left")
		assert.Empty(t, w.rolesOf(t, before["app"]))
	})

	t.Run("and back", func(t *testing.T) {
		both(func(workload map[string]any) { workload["enabled"] = true })
		assert.Contains(t, w.up(t), "proven")
		assert.Len(t, w.outputs(t).Workloads, 2)
	})
	assert.Contains(t, w.down(t), "No resource exists.")
}

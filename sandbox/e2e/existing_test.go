//go:build e2e

package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestExistingCluster uses a cluster of another stack, which reads it and changes nothing of it; and sees the refusals of
// clusters that cannot be used.
//
// Carries R2.
func TestExistingCluster(t *testing.T) {
	w := newWorld(t)
	owner := w.beside(t, "local-platform")
	owner.make(t, "up")
	theirs := owner.outputs(t)
	before := w.status(t)

	use := func(group, name string) {
		w.edit(t, func(config map[string]any) {
			config[project+":cluster"] = map[string]any{"existing": map[string]any{"resourceGroupName": group, "clusterName": name}}
			config[project+":webhook"] = map[string]any{"mode": "none"}
		})
	}
	use(theirs.ResourceGroup, theirs.ClusterName)

	t.Run("the stack's own things are all that is created", func(t *testing.T) {
		cluster := w.get(t, theirs.ClusterID+"?api-version=2025-01-01")
		out := w.make(t, "up")
		assert.Contains(t, out, "proven")
		assert.NotContains(t, out, "ManagedCluster")
		assert.NotContains(t, out, "helm.sh")
		ours := w.outputs(t)
		assert.Equal(t, theirs.IssuerURL, ours.IssuerURL)
		assert.Equal(t, theirs.ClusterID, ours.ClusterID)
		assert.Equal(t, theirs.ClusterName, ours.ClusterName)
		assert.Equal(t, secret(t, owner, "kubeconfig"), secret(t, w, "kubeconfig"))
		assert.Equal(t, cluster, w.get(t, theirs.ClusterID+"?api-version=2025-01-01"), "the cluster is as it was")
		assert.Subset(t, w.status(t).ids(), before.ids())
		requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))
		requireNoChange(t, owner.make(t, "up", "UP_FLAGS=--refresh"))
	})

	t.Run("its destroy leaves the cluster", func(t *testing.T) {
		out := w.make(t, "down")
		assert.Regexp(t, `still deployed:\s+local-platform\n`, out)
		require.Equal(t, before.ids(), w.status(t).ids())
		assert.Contains(t, owner.make(t, "verify"), "webhook")
		requireNoChange(t, owner.make(t, "up", "UP_FLAGS=--refresh"))
	})

	t.Run("a cluster that does not exist", func(t *testing.T) {
		use(theirs.ResourceGroup, "nobodys")
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "nobodys")
		assert.Contains(t, out, "ResourceNotFound")
		require.Equal(t, before.ids(), w.status(t).ids())
	})

	t.Run("a cluster without an issuer, which its owner then switches on", func(t *testing.T) {
		path := "/subscriptions/{subscriptionId}/resourceGroups/" + theirs.ResourceGroup + "/providers/Microsoft.ContainerService/managedClusters/old?api-version=2023-10-01"
		body := map[string]any{
			"location": "westeurope", "identity": map[string]any{"type": "SystemAssigned"},
			"properties": map[string]any{
				"dnsPrefix":         "old",
				"agentPoolProfiles": []any{map[string]any{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}},
			},
		}
		w.put(t, path, body)
		w.settled(t, path)
		use(theirs.ResourceGroup, "old")
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, `cluster "old" has no OIDC issuer`)
		assert.Contains(t, out, "az aks update --resource-group "+theirs.ResourceGroup+" --name old --enable-oidc-issuer")

		at(t, body, "properties")["oidcIssuerProfile"] = map[string]any{"enabled": true}
		w.put(t, path, body)
		w.settled(t, path)
		w.edit(t, func(config map[string]any) {
			config[project+":webhook"] = map[string]any{"mode": "chart"}
		})
		out = w.make(t, "up")
		assert.Contains(t, out, "proven")
		w.make(t, "down")
		w.rest(t, "delete", path, "")
		w.gone(t, path)
		require.Equal(t, before.ids(), w.status(t).ids())
	})
	owner.make(t, "down")
}

package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestExistingCluster uses the cluster of another stack, of which it changes nothing, and sees the
// refusals of clusters that cannot be used.
//
// Carries R2.
func TestExistingCluster(t *testing.T) {
	w := newWorld(t)
	owner := w.withStack(t, "local-platform")
	owner.up(t)
	theirs := owner.outputs(t)
	before := w.status(t)

	use := func(group, name string) {
		w.edit(t, func(config map[string]any) {
			config[project+":cluster"] = object{"existing": object{"resourceGroupName": group, "clusterName": name}}
			config[project+":webhook"] = object{"mode": "none"}
		})
	}
	use(theirs.ResourceGroup, theirs.ClusterName)

	t.Run("the stack's own things are all that is created", func(t *testing.T) {
		cluster := w.get(t, theirs.ClusterID)
		out := w.up(t)
		assert.Contains(t, out, "proven")
		assert.NotContains(t, out, "ManagedCluster")
		assert.NotContains(t, out, "helm.sh")
		ours := w.outputs(t)
		assert.Equal(t, theirs.IssuerURL, ours.IssuerURL)
		assert.Equal(t, theirs.ClusterID, ours.ClusterID)
		assert.Equal(t, theirs.ClusterName, ours.ClusterName)
		assert.Equal(t, owner.secretOutput(t, "kubeconfig"), w.secretOutput(t, "kubeconfig"))
		assert.Equal(t, cluster, w.get(t, theirs.ClusterID), "the cluster is as it was")
		assert.Subset(t, w.status(t).ids(), before.ids())
		requireNoChange(t, w.upRefreshed(t))
		requireNoChange(t, owner.upRefreshed(t))
	})

	t.Run("its destroy leaves the cluster", func(t *testing.T) {
		out := w.down(t)
		assert.Regexp(t, `still deployed:\s+local-platform\n`, out)
		require.Equal(t, before.ids(), w.status(t).ids())
		deployment, err := owner.kubernetes(t).AppsV1().Deployments(webhookNamespace).Get(t.Context(), webhookDeployment, metav1.GetOptions{})
		require.NoError(t, err)
		assert.EqualValues(t, 2, deployment.Status.ReadyReplicas, "the owner's webhook serves on")
		requireNoChange(t, owner.upRefreshed(t))
	})

	t.Run("a cluster that does not exist", func(t *testing.T) {
		use(theirs.ResourceGroup, "missing")
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "missing")
		assert.Contains(t, out, "ResourceNotFound")
		require.Equal(t, before.ids(), w.status(t).ids())
	})

	t.Run("a cluster without an issuer, which its owner then switches on", func(t *testing.T) {
		path := "/resourceGroups/" + theirs.ResourceGroup + "/providers/Microsoft.ContainerService/managedClusters/old?api-version=2023-10-01"
		body := object{
			"location": "westeurope", "identity": object{"type": "SystemAssigned"},
			"properties": object{
				"dnsPrefix":         "old",
				"kubernetesVersion": versionWithoutIssuer,
				"agentPoolProfiles": []any{object{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}},
			},
		}
		w.put(t, path, body)
		w.awaitProvisioned(t, path)
		use(theirs.ResourceGroup, "old")
		out, code := w.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, `cluster "old" has no OIDC issuer`)
		assert.Contains(t, out, "az aks update --resource-group "+theirs.ResourceGroup+" --name old --enable-oidc-issuer")

		at(t, body, "properties")["oidcIssuerProfile"] = object{"enabled": true}
		w.put(t, path, body)
		w.awaitProvisioned(t, path)
		w.edit(t, func(config map[string]any) {
			config[project+":webhook"] = object{"mode": "chart"}
		})
		out = w.up(t)
		assert.Contains(t, out, "proven")
		w.down(t)
		w.azure(t, "DELETE", path, nil)
		w.awaitDeleted(t, path)
		require.Equal(t, before.ids(), w.status(t).ids())
	})
	owner.down(t)
}

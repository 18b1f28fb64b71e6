package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSplit deploys platform and workloads by two stacks, replaces the platform's cluster under the
// workloads, and destroys both.
//
// Carries R19, R28.
func TestSplit(t *testing.T) {
	w := newWorld(t)
	platform, workloads := w.withStack(t, "local-platform"), w.withStack(t, "local-workloads")

	t.Run("a platform that was never deployed", func(t *testing.T) {
		out, code := workloads.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, `unknown stack "organization/aks-workload-identity/local-platform"`)

		platform.make(t, "preview") // the stack exists now, and has no outputs
		out, code = workloads.run(t, "make", "up")
		require.NotZero(t, code)
		assert.Contains(t, out, "the stack organization/aks-workload-identity/local-platform has no output")
		assert.Contains(t, out, `deploy it with this program first ("pulumi up" there)`)
		assert.Empty(t, w.status(t).ids(), "nothing is created before the refusal")
	})

	platform.edit(t, func(config map[string]any) { at(t, config, project+":cluster")["dnsPrefix"] = "first" })
	platform.up(t)
	out := workloads.up(t)
	assert.Contains(t, out, "orders/orders: proven")
	issuer := platform.outputs(t).IssuerURL
	credential := workloads.outputs(t).Workloads["orders"].Federations[0]
	assert.Equal(t, issuer, credential.Issuer)

	t.Run("a second up of either changes nothing", func(t *testing.T) {
		requireNoChange(t, platform.upRefreshed(t))
		requireNoChange(t, workloads.upRefreshed(t))
	})

	t.Run("workloads follow a platform whose cluster was replaced", func(t *testing.T) {
		platform.edit(t, func(config map[string]any) { at(t, config, project+":cluster")["dnsPrefix"] = "second" })
		out := platform.up(t)
		assert.Regexp(t, `ManagedCluster platform-aks replaced`, out)
		next := platform.outputs(t).IssuerURL
		require.NotEqual(t, issuer, next)

		out, code := workloads.run(t, "make", "verify")
		require.NotZero(t, code, "the old trust is worth nothing in the new cluster")
		assert.Contains(t, out, "orders")

		out = workloads.up(t)
		assert.Contains(t, out, "orders/orders: proven")
		assert.NotRegexp(t, `(UserAssignedIdentity|Vault|RoleAssignment) .*(replac|delet|creat)`, out, "what is not in the cluster stays")
		followed := workloads.outputs(t).Workloads["orders"]
		require.Len(t, followed.Federations, 1)
		assert.Equal(t, next, followed.Federations[0].Issuer)
		assert.Equal(t, credential.CredentialID, followed.Federations[0].CredentialID, "the credential is the same, with another issuer")
		requireNoChange(t, workloads.upRefreshed(t))
	})

	t.Run("down, in order", func(t *testing.T) {
		out := workloads.down(t)
		assert.Regexp(t, `still deployed:\s+local-platform\n`, out)
		out = platform.down(t)
		assert.Contains(t, out, "No resource exists.")
		assert.Contains(t, out, "No cluster runs.")
		w.requireNoProcess(t)
	})
}

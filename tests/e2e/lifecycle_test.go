package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLifecycle takes the local stack from the first `make up` to `make down`.
func TestLifecycle(t *testing.T) {
	w := newWorld(t)

	first := w.make(t, "up")
	assert.Contains(t, first, "proven", "make up ends with the proof")
	assert.NotContains(t, first, "eyJ", "no token is printed")

	t.Run("a second up changes nothing", func(t *testing.T) {
		requireNoChange(t, w.make(t, "up"))
	})

	t.Run("the README's commands on a deployed stack work", func(t *testing.T) {
		for _, section := range []string{"What `make up` shows", "Policies"} {
			for _, block := range w.blocks(t, "README.md", section) {
				// The hardened profile refuses this stack, as the page says.
				commands := strings.NewReplacer("COMMAND", "true", "hardened.json", "hardened.json && exit 1 || true").Replace(block)
				_, code := w.run(t, "bash", "-e", "-c", commands)
				assert.Zerof(t, code, "in section %q:\n%s", section, block)
			}
		}
	})

	t.Run("stacks of earlier versions are updated without a replacement", w.upgradeFromEarlierVersions)

	t.Run("after a restart the sandbox is the same Azure", func(t *testing.T) {
		before := w.outputs(t)
		_, code := w.run(t, w.sandbox(), "down")
		require.Zero(t, code)
		requireNoChange(t, w.up(t))
		assert.Equal(t, before.IssuerURL, w.outputs(t).IssuerURL, "the issuer is the cluster's for life")
	})

	t.Run("the kubeconfig is secret", func(t *testing.T) {
		assert.Equal(t, "[secret]", w.outputs(t).Kubeconfig)
		state, err := filepath.Glob(filepath.Join(w.state, ".pulumi", "stacks", project, "local.json"))
		require.NoError(t, err)
		require.Len(t, state, 1)
		data, err := os.ReadFile(state[0])
		require.NoError(t, err)
		for _, secret := range []string{"client-key-data", "certificate-authority-data", "PRIVATE KEY"} {
			assert.NotContains(t, string(data), secret, "the state holds a credential in plain text")
		}
	})

	t.Run("an update changes what it must and the chain still holds", func(t *testing.T) {
		w.editWorkload(t, "quick-start", func(workload map[string]any) {
			at(t, workload, "serviceAccount")["tokenExpirationSeconds"] = 7200
		})
		out := w.up(t, "VERIFY_FLAGS=-v")
		assert.Contains(t, out, "1 updated")
		assert.NotContains(t, out, "replaced")
		assert.NotContains(t, out, "created")
		assert.Contains(t, out, "7200 s", "the webhook gives the token the new lifetime")
	})

	t.Run("a replacement is shown before it happens", func(t *testing.T) {
		w.edit(t, func(config map[string]any) {
			at(t, config, project+":cluster")["dnsPrefix"] = "another"
		})
		before := w.outputs(t)
		out := w.make(t, "preview")
		assert.Regexp(t, `\+-\s+.*ManagedCluster.*replace`, out)
		assert.Equal(t, before, w.outputs(t), "a preview changes nothing")
		w.edit(t, func(config map[string]any) {
			delete(at(t, config, project+":cluster"), "dnsPrefix")
		})
		requireNoChange(t, w.up(t))
	})

	t.Run("down leaves nothing", func(t *testing.T) {
		out := w.make(t, "down")
		assert.Contains(t, out, "No resource exists.")
		assert.Contains(t, out, "No cluster runs.")
		w.requireNoProcess(t)
	})
}

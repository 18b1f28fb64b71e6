package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const noSubscription = "00000000-0000-0000-0000-000000000000"

// TestReadmeInAzure follows the README's section about real Azure word by word, in each shell that
// this machine has, with the sandbox as Azure; lets the pipelines' templates go on with that stack;
// and then follows docs/environments.md with the file of production.
func TestReadmeInAzure(t *testing.T) {
	w := newWorld(t)
	w.checkout(t)
	w.startSandbox(t)
	person := w.person(t)
	blocks := w.blocks(t, "README.md", "Real Azure")
	require.Len(t, blocks, 1)
	commands := strings.ReplaceAll(blocks[0], "SUBSCRIPTION", noSubscription)

	for i, shell := range installedShells(t) {
		out := w.shell(t, person, shell, commands)
		assert.Contains(t, out, "demo/quick-start: proven", "%s", shell)
		if i > 0 {
			requireNoChange(t, out)
		}
	}
	t.Run("pipelines", func(t *testing.T) { w.pipelines(t, person) })
	out := w.shell(t, person, "bash", "make down STACK=dev")
	assert.Contains(t, out, "deleted")
	w.requireEmptySandbox(t)

	t.Run("production", func(t *testing.T) {
		around := w.makeSurroundings(t)
		w.makeClusterAdmin(t)
		before := w.status(t).ids()
		file := filepath.Join(w.root, "Pulumi.prod.yaml")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		fill := func(pattern, id string) {
			placeholder := regexp.MustCompile("/subscriptions/" + noSubscription + pattern)
			require.Regexp(t, placeholder, string(text))
			text = placeholder.ReplaceAll(text, []byte(id))
		}
		fill(`\S+/subnets/nodes`, around.subnetID)
		fill(`\S+/aks-control-plane`, around.controlID)
		require.NotContains(t, string(text), noSubscription, "docs/environments.md names what is to be filled in")
		require.NoError(t, os.WriteFile(file, text, 0o600))

		out := w.shell(t, person, "bash", strings.Join(w.blocks(t, "docs/environments.md", "Before the first update of prod"), ""))
		assert.Contains(t, out, "demo/quick-start: proven")
		out = w.shell(t, person, "bash", strings.Join(w.blocks(t, "docs/environments.md", "Another environment"), ""))
		assert.Contains(t, out, "to create")

		out, code := w.tryShell(t, person, "bash", "make down STACK=prod")
		assert.NotZero(t, code)
		assert.Contains(t, out, "protected")
		w.shell(t, person, "bash", strings.Join(w.blocks(t, "docs/environments.md", "Remove prod"), ""))
		assert.Equal(t, before, w.status(t).ids(), "what the stack did not make is left, and nothing else")
	})
}

// makeClusterAdmin gives the deployer the role Azure Kubernetes Service RBAC Cluster Admin on the
// subscription.
func (w *world) makeClusterAdmin(t *testing.T) {
	t.Helper()
	w.put(t, "/providers/Microsoft.Authorization/roleAssignments/0d1f6a52-0c3e-4f3e-9a63-9d5b4a7d1c02", object{
		"properties": object{
			"roleDefinitionId": "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
			"principalId":      "{deployerObjectId}", "principalType": "ServicePrincipal",
		},
	})
}

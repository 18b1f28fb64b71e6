package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeInAzure follows the README's section about real Azure word by word, in each shell that
// this machine has, with the sandbox as Azure.
func TestReadmeInAzure(t *testing.T) {
	w := newWorld(t)
	w.checkout(t)
	w.startSandbox(t)
	person := w.person(t)
	blocks := w.blocks(t, "README.md", "Real Azure")
	require.Len(t, blocks, 1)
	commands := strings.ReplaceAll(blocks[0], "SUBSCRIPTION", "00000000-0000-0000-0000-000000000000")

	for i, shell := range installedShells(t) {
		out := w.shell(t, person, shell, commands)
		assert.Contains(t, out, "demo/quick-start: proven", "%s", shell)
		if i > 0 {
			requireNoChange(t, out)
		}
	}
	out := w.shell(t, person, "bash", "make down STACK=dev")
	assert.Contains(t, out, "deleted")
	w.requireEmptySandbox(t)
}

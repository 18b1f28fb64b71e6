package e2e

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// TestFleet deploys two clusters, three identities of different kinds and 25 federations in one
// graph.
//
// Carries R5, R6, R7, R16.
func TestFleet(t *testing.T) {
	w := newWorld(t)
	fleet := []string{"PROGRAM=examples/fleet", "PULUMI_FLAGS="}

	first := w.up(t, fleet...)
	assert.Contains(t, first, "25 of 25 federations proven.")

	t.Run("a second up changes nothing", func(t *testing.T) {
		requireNoChange(t, w.up(t, fleet...))
	})

	t.Run("the exported state shows no credential", func(t *testing.T) {
		secrets := w.fleetCredentials(t)
		require.GreaterOrEqual(t, len(secrets), 2, "the stack has a kubeconfig for each cluster")
		exported := string(w.pulumi(t, "stack", "export", "--cwd", w.fleetFolder()))
		require.Contains(t, exported, "ciphertext", "the state has secrets")
		for _, secret := range secrets {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), strings.ReplaceAll(secret, "\n", `\n`)} {
				assert.NotContains(t, exported, form, "the state holds a credential in plain text")
			}
		}
	})

	t.Run("down leaves nothing", func(t *testing.T) {
		out := w.down(t, fleet...)
		assert.Contains(t, out, "No resource exists.")
		assert.Contains(t, out, "No cluster runs.")
		w.requireNoProcess(t)
	})
}

// fleetFolder returns the folder of the fleet's program.
func (w *world) fleetFolder() string { return filepath.Join(w.root, "examples", "fleet") }

// fleetCredentials returns the credentials in the fleet's kubeconfigs: client keys, tokens and
// passwords.
func (w *world) fleetCredentials(t *testing.T) []string {
	t.Helper()
	outputs := decode[struct {
		Clusters map[string]struct{ Kubeconfig string }
	}](t, w.pulumi(t, "stack", "output", "--json", "--show-secrets", "--cwd", w.fleetFolder()))
	var found []string
	for name, c := range outputs.Clusters {
		var kubeconfig struct {
			Users []struct {
				User map[string]string `yaml:"user"`
			} `yaml:"users"`
		}
		require.NoError(t, yaml.Unmarshal([]byte(c.Kubeconfig), &kubeconfig))
		before := len(found)
		for _, u := range kubeconfig.Users {
			for _, key := range []string{"client-key-data", "token", "password"} {
				if u.User[key] != "" {
					found = append(found, u.User[key])
				}
			}
		}
		require.Greaterf(t, len(found), before, "the kubeconfig of %s has no credential to look for", name)
	}
	return found
}

//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// TestFleet deploys two clusters, three identities of different kinds and 25 federations in one graph.
//
// Carries R5, R6, R7, R16.
func TestFleet(t *testing.T) {
	w := newWorld(t)
	fleet := []string{"PROGRAM=examples/fleet", "PULUMI_FLAGS="}

	first := w.make(t, append([]string{"up"}, fleet...)...)
	assert.Contains(t, first, "25 of 25 federations proven.")

	t.Run("a second up changes nothing", func(t *testing.T) {
		requireNoChange(t, w.make(t, append([]string{"up"}, fleet...)...))
	})

	t.Run("the exported state shows no credential", func(t *testing.T) {
		secrets := w.credentials(t)
		require.GreaterOrEqual(t, len(secrets), 2, "the stack has a kubeconfig for each cluster")
		exported := string(w.engine(t, "stack", "export", "--cwd", fleetFolder(w)))
		require.Contains(t, exported, "ciphertext", "the state has secrets")
		for _, secret := range secrets {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), strings.ReplaceAll(secret, "\n", `\n`)} {
				assert.NotContains(t, exported, form, "the state holds a credential in plain text")
			}
		}
	})

	t.Run("down leaves nothing", func(t *testing.T) {
		out := w.make(t, append([]string{"down"}, fleet...)...)
		assert.Contains(t, out, "No resource exists.")
		assert.Contains(t, out, "No cluster runs.")
		assert.Empty(t, processesOf(t, w.home), "processes of the sandbox are left")
	})
}

func fleetFolder(w *world) string { return filepath.Join(w.root, "examples", "fleet") }

// credentials are the client keys and certificates' keys in the fleet's kubeconfigs.
func (w *world) credentials(t *testing.T) []string {
	t.Helper()
	var outputs struct {
		Clusters map[string]struct{ Kubeconfig string }
	}
	require.NoError(t, json.Unmarshal(w.engine(t, "stack", "output", "--json", "--show-secrets", "--cwd", fleetFolder(w)), &outputs))
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

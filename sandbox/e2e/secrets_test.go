//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
)

// TestStateHoldsNoSecret searches what Pulumi has written, its export and every file of its state, for the vault's secret and
// for what lets somebody into the cluster.
//
// Carries R13, R26.
func TestStateHoldsNoSecret(t *testing.T) {
	w := newWorld(t)
	const value = "4e1c0f-not-for-the-state"
	w.edit(t, func(config map[string]any) {
		vault := at(t, config, project+":vault")
		delete(vault, "plainTextSecrets")
		delete(vault, "secrets")
	})
	require.NoError(t, os.MkdirAll(w.state, 0o700))
	w.engine(t, "stack", "init")
	w.engine(t, "config", "set", "--secret", "--path", project+":vault.secrets.greeting", value, "--config-file", w.config)
	file, err := os.ReadFile(w.config)
	require.NoError(t, err)
	require.NotContains(t, string(file), value, "the stack file has the secret in plain text")

	out := w.make(t, "up")
	assert.Contains(t, out, "proven")
	w.edit(t, func(config map[string]any) { // a second checkpoint, and a backup of the first
		at(t, config, project+":workloads", "quick-start", "serviceAccount")["tokenExpirationSeconds"] = 7200
	})
	out += w.make(t, "up")

	secrets := w.keys(t)
	secrets["the vault's secret"] = value
	shown := string(w.engine(t, "stack", "export", "--show-secrets"))
	export := string(w.engine(t, "stack", "export"))
	for name, secret := range secrets {
		assert.Containsf(t, shown, secret, "%s is not even in the export with secrets: the search proves nothing", name)
		assert.NotContainsf(t, export, secret, "the export holds %s", name)
		assert.NotContainsf(t, out, secret, "%s was printed", name)
	}
	files := 0
	require.NoError(t, filepath.WalkDir(w.state, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for name, secret := range secrets {
			assert.NotContainsf(t, string(data), secret, "%s holds %s", path, name)
		}
		return err
	}))
	assert.Greater(t, files, 2, "the state has no files to search")
	w.make(t, "down")
}

// keys are what the stack's kubeconfig lets somebody in with, by name, as they stand in it.
func (w *world) keys(t *testing.T) map[string]string {
	t.Helper()
	config, err := clientcmd.Load([]byte(secret(t, w, "kubeconfig")))
	require.NoError(t, err)
	found := map[string]string{}
	for name, user := range config.AuthInfos {
		for kind, data := range map[string]string{
			"key of ":         base64.StdEncoding.EncodeToString(user.ClientKeyData),
			"certificate of ": base64.StdEncoding.EncodeToString(user.ClientCertificateData),
			"token of ":       user.Token,
		} {
			if data != "" {
				found[kind+name] = data
			}
		}
	}
	require.NotEmpty(t, found, "the kubeconfig has no credential to look for")
	return found
}

// secret is an output in plain text.
func secret(t *testing.T, w *world, output string) string {
	t.Helper()
	var outputs map[string]any
	require.NoError(t, json.Unmarshal(w.engine(t, "stack", "output", "--json", "--show-secrets"), &outputs))
	text, ok := outputs[output].(string)
	require.Truef(t, ok, "output %s is %T", output, outputs[output])
	require.NotEmpty(t, text)
	return text
}

package e2e

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
)

// TestStateHoldsNoSecret searches what Pulumi has written, its export and each file of its state,
// for the vault's secret and for the keys of the cluster's kubeconfig.
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
	w.pulumi(t, "stack", "init")
	w.pulumi(t, "config", "set", "--secret", "--path", project+":vault.secrets.greeting", value, "--config-file", w.config)
	file, err := os.ReadFile(w.config)
	require.NoError(t, err)
	require.NotContains(t, string(file), value, "the stack file has the secret in plain text")

	out := w.up(t)
	assert.Contains(t, out, "proven")
	w.editWorkload(t, "quick-start", func(workload map[string]any) { // a second checkpoint, and a backup of the first
		at(t, workload, "serviceAccount")["tokenExpirationSeconds"] = 7200
	})
	out += w.up(t)

	secrets := w.kubeconfigKeys(t)
	secrets["the vault's secret"] = value
	shown := string(w.pulumi(t, "stack", "export", "--show-secrets"))
	export := string(w.pulumi(t, "stack", "export"))
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
	w.down(t)
}

// kubeconfigKeys returns the credentials in the stack's kubeconfig, by name and as they stand
// there.
func (w *world) kubeconfigKeys(t *testing.T) map[string]string {
	t.Helper()
	config, err := clientcmd.Load([]byte(w.secretOutput(t, "kubeconfig")))
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

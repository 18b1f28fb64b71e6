package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBadInput sees the program's own refusal through the real engine.
func TestBadInput(t *testing.T) {
	w := newWorld(t)
	cases := map[string]struct {
		change func(config map[string]any)
		want   []string
	}{
		"a misspelt key": {
			func(c map[string]any) { c[project+":worklaods"] = c[project+":workloads"] },
			[]string{"Pulumi.local.yaml", project + ":worklaods", `did you mean "workloads"?`},
		},
		"an expiration that the webhook would refuse": {
			func(c map[string]any) {
				at(t, c, project+":workloads", "quick-start", "serviceAccount")["tokenExpirationSeconds"] = 60
			},
			[]string{"Pulumi.local.yaml", "tokenExpirationSeconds", "3600", "86400"},
		},
		"the add-on beside the chart's settings": {
			func(c map[string]any) { at(t, c, project+":webhook")["mode"] = "addon" },
			[]string{"Pulumi.local.yaml", project + ":webhook"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			original, err := os.ReadFile(w.config)
			require.NoError(t, err)
			defer os.WriteFile(w.config, original, 0o600)
			w.edit(t, tc.change)
			out, code := w.run(t, "make", "up")
			require.NotZero(t, code)
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
			w.requireEmptySandbox(t) // nothing is registered before the refusal
			assert.JSONEq(t, "[]", string(w.stacks(t)), "the stack that `make up` created is removed again")
		})
	}
}

// stacks returns the list of stacks, as the CLI prints it.
func (w *world) stacks(t *testing.T) []byte {
	t.Helper()
	cmd := w.command(t.Context(), os.Getenv("E2E_PULUMI"), "stack", "ls", "--json", "--non-interactive")
	w.setBackend(cmd)
	return w.outputOf(t, cmd)
}

// TestRealAzureSaysWhatItNeeds runs the other environment without a login.
func TestRealAzureSaysWhatItNeeds(t *testing.T) {
	w := newWorld(t)
	cmd := w.command(t.Context(), "make", "up", "STACK=dev")
	cmd.Env = append(cmd.Env, "PULUMI_BACKEND_URL=file://"+t.TempDir(), "PATH=/usr/local/bin:/usr/bin:/bin:"+filepath.Dir(goBinary(t)),
		"PULUMI_FLAGS=", "ARM_CLIENT_ID=", "AZURE_CONFIG_DIR="+t.TempDir())
	out, code := w.runCommand(t, cmd)
	require.NotZero(t, code)
	assert.Contains(t, out, "az login")
	assert.Contains(t, out, "ARM_USE_OIDC=true")
}

func goBinary(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("go")
	require.NoErrorf(t, err, "PATH is %s", os.Getenv("PATH"))
	return path
}

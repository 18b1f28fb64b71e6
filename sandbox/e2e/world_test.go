//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// world is a place to deploy to: a sandbox and a Pulumi state of its own, and
// a copy of the local stack's configuration that a test may edit. Everything is done as a
// user does it, by the Makefile's targets.
type world struct {
	root   string // of the repository
	home   string // of the sandbox
	state  string // of Pulumi
	stack  string // the stack's name
	config string // the stack's configuration file
}

func newWorld(t *testing.T) *world {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	w := &world{
		root:  root,
		home:  filepath.Join(dir, "sandbox"),
		state: filepath.Join(dir, "state"),
		stack: "local",
	}
	w.copyConfig(t, dir)
	t.Cleanup(func() {
		if t.Failed() {
			w.showLogs(t)
		}
		w.command(context.Background(), w.sandbox(), "down", "--purge").Run()
	})
	return w
}

// copyConfig gives the world a copy of its stack's configuration file, in the folder.
func (w *world) copyConfig(t *testing.T, dir string) {
	t.Helper()
	name := "Pulumi." + w.stack + ".yaml"
	original, err := os.ReadFile(filepath.Join(w.root, name))
	require.NoError(t, err)
	w.config = filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(w.config, original, 0o600))
}

// beside is another stack in the same sandbox and state: local-platform or local-workloads.
func (w *world) beside(t *testing.T, stack string) *world {
	t.Helper()
	other := *w
	other.stack = stack
	other.copyConfig(t, filepath.Dir(w.home))
	return &other
}

func (w *world) sandbox() string { return filepath.Join(os.Getenv("E2E_TOOLS"), "bin", "sandbox") }

// environ is the caller's, less what make passes to those it runs.
func (w *world) environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "STACK", "PULUMI_HOME"}, name)
	})
	return append(env, "SANDBOX_HOME="+w.home, "LOCAL_STATE="+w.state, "STACK="+w.stack,
		"PULUMI_FLAGS=--config-file "+w.config, "NO_COLOR=1")
}

func (w *world) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = w.root
	cmd.Env = w.environ()
	return cmd
}

// run returns what the command printed, standard error included, and its exit code.
func (w *world) run(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	cmd := w.command(t.Context(), name, args...)
	cmd.Stdout = io.MultiWriter(&out, testWriter{t})
	cmd.Stderr = cmd.Stdout
	began := time.Now()
	err := cmd.Run()
	t.Logf("%s %s: %.1f s", filepath.Base(name), strings.Join(args, " "), time.Since(began).Seconds())
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// make runs a target that must succeed.
func (w *world) make(t *testing.T, args ...string) string {
	t.Helper()
	out, code := w.run(t, "make", args...)
	require.Zerof(t, code, "make %s failed", strings.Join(args, " "))
	return out
}

// outputs are the stack's, without the secret ones.
func (w *world) outputs(t *testing.T) stackOutputs {
	t.Helper()
	var outputs stackOutputs
	require.NoError(t, json.Unmarshal(w.pulumi(t, "stack", "output", "--json"), &outputs))
	return outputs
}

// pulumi runs the engine's own command on the stack, for what no target does, and returns its standard output.
func (w *world) pulumi(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := w.command(t.Context(), os.Getenv("E2E_PULUMI"), append(args, "--stack", w.stack)...)
	cmd.Env = append(cmd.Env, "PULUMI_BACKEND_URL=file://"+w.state, "PULUMI_CONFIG_PASSPHRASE=sandbox")
	cmd.Stderr = testWriter{t}
	data, err := cmd.Output()
	require.NoErrorf(t, err, "pulumi %s", strings.Join(args, " "))
	return data
}

type stackOutputs struct {
	ClusterID     string              `json:"clusterId"`
	ClusterName   string              `json:"clusterName"`
	ResourceGroup string              `json:"resourceGroup"`
	IssuerURL     string              `json:"issuerUrl"`
	Kubeconfig    any                 `json:"kubeconfig"`
	Workloads     map[string]workload `json:"workloads"`
}

type workload struct {
	ClientID    string            `json:"clientId"`
	PrincipalID string            `json:"principalId"`
	IdentityID  string            `json:"identityId"`
	Kind        string            `json:"identityKind"`
	SQLScripts  map[string]string `json:"sqlScripts"`
	Federations []struct {
		Namespace, ServiceAccount, Issuer, Subject, Audience, CredentialID string
	} `json:"federations"`
}

// rest sends a request to the sandbox's Azure by hand.
func (w *world) rest(t *testing.T, method, url, body string) string {
	t.Helper()
	out, err := w.command(t.Context(), w.sandbox(), "rest", "--method", method, "--body", body, url).CombinedOutput()
	require.NoErrorf(t, err, "%s %s: %s", method, url, out)
	return string(out)
}

// edit changes the stack's configuration under the project's name space.
func (w *world) edit(t *testing.T, change func(config map[string]any)) {
	t.Helper()
	data, err := os.ReadFile(w.config)
	require.NoError(t, err)
	var file map[string]any
	require.NoError(t, yaml.Unmarshal(data, &file))
	change(file["config"].(map[string]any))
	data, err = yaml.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.config, data, 0o600))
}

// at walks nested configuration by keys and returns the map there.
func at(t *testing.T, config map[string]any, keys ...string) map[string]any {
	t.Helper()
	for _, key := range keys {
		next, ok := config[key].(map[string]any)
		require.Truef(t, ok, "the configuration has no %s (of %s)", key, strings.Join(keys, "."))
		config = next
	}
	return config
}

func (w *world) showLogs(t *testing.T) {
	logs, _ := filepath.Glob(filepath.Join(w.home, "logs", "*.log"))
	more, _ := filepath.Glob(filepath.Join(w.home, "clusters", "*", "logs", "*.log"))
	for _, file := range append(logs, more...) {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		t.Logf("end of %s:\n%s", filepath.Base(file), data[max(0, len(data)-4000):])
	}
}

// testWriter shows a command's output as it comes, so that a long run can be followed.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	fmt.Fprintf(os.Stderr, "%s", p)
	return len(p), nil
}

// processesOf are the command lines of running processes that name the folder.
func processesOf(t *testing.T, folder string) []string {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "args=").Output()
	require.NoError(t, err)
	lines := strings.Split(string(out), "\n")
	require.Greater(t, len(lines), 3, "ps lists no process: the check would prove nothing")
	return slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, folder) })
}

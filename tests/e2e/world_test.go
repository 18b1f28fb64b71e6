package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const project = "aks-workload-identity"

// world is a place to deploy to: a sandbox and a Pulumi state that no other test uses, and a copy
// of a stack's configuration file, which the test may edit. Whatever a user does by the Makefile's
// targets, tests do by them.
type world struct {
	root   string // of the repository
	home   string // of the sandbox
	state  string // of Pulumi
	stack  string // name of the stack
	config string // configuration file of the stack
}

// newWorld returns a world for the stack `local`, and lets the test run beside others: what a world
// has is shared with none of them. The end of the test stops the sandbox and removes its state.
func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
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
		// t.Context has ended by now.
		w.command(context.Background(), w.sandbox(), "down", "--purge").Run()
	})
	return w
}

// copyConfig puts a copy of the stack's configuration file into the folder.
func (w *world) copyConfig(t *testing.T, dir string) {
	t.Helper()
	name := "Pulumi." + w.stack + ".yaml"
	original, err := os.ReadFile(filepath.Join(w.root, name))
	require.NoError(t, err)
	w.config = filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(w.config, original, 0o600))
}

// withStack returns the same sandbox and state for another stack, such as local-platform.
func (w *world) withStack(t *testing.T, stack string) *world {
	t.Helper()
	other := *w
	other.stack = stack
	other.copyConfig(t, filepath.Dir(w.home))
	return &other
}

// environ returns the environment of the world's commands: the caller's, less what make passes to
// those it runs.
func (w *world) environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "STACK", "STEP_TIMES", "PULUMI_HOME"}, name)
	})
	return append(env, "SANDBOX_HOME="+w.home, "LOCAL_STATE="+w.state, "STACK="+w.stack,
		"PULUMI_FLAGS=--config-file "+w.config, "NO_COLOR=1")
}

// sandbox returns the path of the sandbox's command.
func (w *world) sandbox() string { return filepath.Join(os.Getenv("E2E_TOOLS"), "bin", "sandbox") }

// startSandbox runs the sandbox for what must exist before the first `make up`.
func (w *world) startSandbox(t *testing.T) {
	t.Helper()
	_, code := w.run(t, w.sandbox(), "up")
	require.Zero(t, code)
}

// status returns what the sandbox has.
func (w *world) status(t *testing.T) sandboxStatus {
	t.Helper()
	return decode[sandboxStatus](t, w.output(t, w.sandbox(), "status", "--json"))
}

type sandboxStatus struct {
	Resources []struct{ ID string }
}

// ids returns the ids of all resources, sorted.
func (s sandboxStatus) ids() []string {
	var list []string
	for _, r := range s.Resources {
		list = append(list, r.ID)
	}
	slices.Sort(list)
	return list
}

// requireEmptySandbox checks that the sandbox has no resource.
func (w *world) requireEmptySandbox(t *testing.T) {
	t.Helper()
	status, code := w.run(t, w.sandbox(), "status")
	require.Zero(t, code)
	require.Contains(t, status, "No resource exists.")
}

// requireNoProcess checks that no process of the world's sandbox is left.
func (w *world) requireNoProcess(t *testing.T) {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "args=").Output()
	require.NoError(t, err)
	lines := strings.Split(string(out), "\n")
	require.Greater(t, len(lines), 3, "ps lists no process: the check would prove nothing")
	left := slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, w.home) })
	require.Empty(t, left, "processes of the sandbox are left")
}

// showLogs logs the end of each log file of the sandbox and its clusters.
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

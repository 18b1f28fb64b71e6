package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// command returns a command in the world's environment and the repository's folder.
func (w *world) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = w.root
	cmd.Env = w.environ()
	return cmd
}

// run returns what the command printed, standard error included, and its exit code.
func (w *world) run(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	return w.runCommand(t, w.command(t.Context(), name, args...))
}

func (w *world) runCommand(t *testing.T, cmd *exec.Cmd) (string, int) {
	t.Helper()
	var out bytes.Buffer
	shown := &lineWriter{test: t.Name()}
	defer shown.flush()
	cmd.Stdout = io.MultiWriter(&out, shown)
	cmd.Stderr = cmd.Stdout
	measured(t, cmd, cmd.Run)
	return out.String(), cmd.ProcessState.ExitCode()
}

// output returns the standard output of a command that must succeed.
func (w *world) output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	return w.outputOf(t, w.command(t.Context(), name, args...))
}

func (w *world) outputOf(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := measured(t, cmd, cmd.Run)
	require.NoErrorf(t, err, "%s: %s", strings.Join(cmd.Args, " "), problems.String())
	return out.Bytes()
}

// measured notes the time of a command that it runs. A command that cannot be started ends the
// test.
func measured(t *testing.T, cmd *exec.Cmd, run func() error) error {
	t.Helper()
	began := time.Now()
	err := run()
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	times.note(t.Name(), cmd, time.Since(began))
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return err
}

// make runs a target that must succeed, and returns what it printed.
func (w *world) make(t *testing.T, args ...string) string {
	t.Helper()
	out, code := w.run(t, "make", args...)
	require.Zerof(t, code, "make %s failed", strings.Join(args, " "))
	return out
}

// refused runs a target that must fail, and returns what it printed on one line, since Pulumi
// breaks lines.
func (w *world) refused(t *testing.T, args ...string) string {
	t.Helper()
	out, code := w.run(t, "make", args...)
	require.NotZerof(t, code, "make %s succeeded", strings.Join(args, " "))
	return strings.Join(strings.Fields(out), " ")
}

// quick leaves out the preview that `make up` and `make down` show first: tests that do not look at
// it need not pay for it.
const quick = "--skip-preview"

// up deploys the stack, without a preview, and proves its workloads.
func (w *world) up(t *testing.T, args ...string) string {
	t.Helper()
	return w.make(t, append([]string{"up", "UP_FLAGS=" + quick}, args...)...)
}

// upRefreshed reads everything from Azure and the cluster again before it deploys the stack.
func (w *world) upRefreshed(t *testing.T, args ...string) string {
	t.Helper()
	return w.make(t, append([]string{"up", "UP_FLAGS=" + quick + " --refresh"}, args...)...)
}

// down destroys the stack, without a preview. After the last one it checks that nothing is left,
// and stops the sandbox.
func (w *world) down(t *testing.T, args ...string) string {
	t.Helper()
	return w.make(t, append([]string{"down", "DOWN_FLAGS=" + quick}, args...)...)
}

// decode returns the value that the JSON text holds.
func decode[T any](t *testing.T, text []byte) T {
	t.Helper()
	var value T
	require.NoErrorf(t, json.Unmarshal(text, &value), "%s", text)
	return value
}

// lineWriter shows a command's output as it comes, so that a long run can be followed. Commands of
// several tests run at the same time, so that it writes whole lines with the test's name.
type lineWriter struct {
	test string
	rest []byte // of a line without its end
}

// terminal is held while a line is written.
var terminal sync.Mutex

func (l *lineWriter) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.show(line)
		l.rest = rest
	}
}

func (l *lineWriter) flush() {
	if len(l.rest) > 0 {
		l.show(l.rest)
		l.rest = nil
	}
}

func (l *lineWriter) show(line []byte) {
	name, _, _ := strings.Cut(strings.TrimPrefix(l.test, "Test"), "/")
	terminal.Lock()
	defer terminal.Unlock()
	fmt.Fprintf(os.Stderr, "%s | %s\n", name, line)
}

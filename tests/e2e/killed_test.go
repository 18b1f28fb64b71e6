package e2e

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKilledInTheMiddle ends `make up` with SIGKILL at moments when something is half made, and
// runs it again.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	cases := map[string]string{ // what `sandbox status --json` shows at that moment
		"while the cluster is made":          "Microsoft.ContainerService/managedClusters",
		"while Helm installs the webhook":    "azure-wi-webhook-controller-manager",
		"while the workloads are being made": "Microsoft.Authorization/roleAssignments",
	}
	for name, sign := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			cmd := w.command(t.Context(), "make", "up", "UP_FLAGS="+quick)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			shown := &lineWriter{test: t.Name()}
			defer shown.flush()
			cmd.Stdout, cmd.Stderr = shown, shown
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool {
				out, err := w.command(t.Context(), w.sandbox(), "status", "--json").Output()
				return err == nil && strings.Contains(string(out), sign)
			}, 3*time.Minute, 100*time.Millisecond, "%s never appeared", sign)
			require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
			require.Error(t, cmd.Wait())

			out := w.up(t)
			assert.Contains(t, out, "proven")
			again := w.up(t)
			requireNoChange(t, again)
			assert.NotContains(t, again, "interrupted", "nothing speaks of the killed run any more")
			out = w.down(t)
			assert.Contains(t, out, "No resource exists.", "what the killed run had made is not lost")
		})
	}
}

package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
)

// sandbox runs the command line on a folder.
func sandbox(t *testing.T, dir string, args ...string) (out string, err error) {
	t.Helper()
	root := newRoot()
	var b bytes.Buffer
	root.SetOut(&b)
	root.SetErr(&b)
	root.SetArgs(append([]string{"--home", dir}, args...))
	err = root.ExecuteContext(t.Context())
	return b.String(), err
}

func TestCommandsThatOnlyReadCreateNoFolder(t *testing.T) {
	for _, command := range []string{"status", "env", "down"} {
		dir := filepath.Join(t.TempDir(), "mistyped")
		out, err := sandbox(t, dir, command)
		if command == "down" {
			if err != nil || !strings.Contains(out, "is not running") {
				t.Errorf("%s: %q, %v", command, out, err)
			}
		} else if !errors.Is(err, daemon.ErrNotRunning) {
			t.Errorf("%s: error %v", command, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s created the folder", command)
		}
	}
}

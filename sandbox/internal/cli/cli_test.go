package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

func TestMerge(t *testing.T) {
	for name, tc := range map[string]struct {
		inherited []string
		vars      map[string]string
		want      []string
	}{
		"the user's own login to Azure does not reach a command in the sandbox": {
			[]string{"ARM_CLIENT_SECRET=s", "AZURE_CLIENT_CERTIFICATE_PATH=p", "AZURE_CONFIG_DIR=d", "HOME=/h"}, nil, []string{"HOME=/h"}},
		"the sandbox's proxy replaces the user's": {
			[]string{"HTTPS_PROXY=http://proxy.corp:3128", "https_proxy=http://proxy.corp:3128"},
			map[string]string{"HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"},
			[]string{"HTTPS_PROXY=http://127.0.0.1:1", "https_proxy=http://127.0.0.1:1"}},
		"the sandbox's own login replaces the user's of the same name": {
			[]string{"ARM_CLIENT_ID=mine"}, map[string]string{"ARM_CLIENT_ID": "deployer"}, []string{"ARM_CLIENT_ID=deployer"}},
		"a variable with a similar name stays": {
			[]string{"ARMOUR=1", "AZURE=1", "MY_ARM_X=1"}, nil, []string{"ARMOUR=1", "AZURE=1", "MY_ARM_X=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, merge(tc.inherited, tc.vars)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

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

func TestDownPurgeRefusesAFolderWithoutASandbox(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox(t, dir, "down", "--purge"); !errors.Is(err, home.ErrNoSandbox) {
		t.Errorf("error %v, want %v", err, home.ErrNoSandbox)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder has %v", entries)
	}
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

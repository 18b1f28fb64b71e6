package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

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

package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

func TestStartBesideAnotherDaemonReturnsErrHeld(t *testing.T) {
	h := openHome(t)
	// The "daemon" ends once another one holds the folder.
	script := filepath.Join(t.TempDir(), "sandbox")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nwhile [ ! -e "+h.Dir+"/held ]; do sleep 0.01; done\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	other := make(chan *os.File, 1)
	defer func() { (<-other).Close() }()
	go func() {
		f, _ := h.LockWithin(10 * time.Second)
		other <- f
		os.WriteFile(filepath.Join(h.Dir, "held"), nil, 0o600)
	}()
	// If the other one holds the folder before Start, there is no child process.
	if _, err := Start(t.Context(), h, StartOptions{Self: script}); !errors.Is(err, home.ErrHeld) {
		t.Errorf("error %v, want %v", err, home.ErrHeld)
	}
}

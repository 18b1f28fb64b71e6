package cli

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// serve runs a daemon without clusters in this process, as if it were of the build at self.
func serve(t *testing.T, dir, self string, forRun bool) home.Home {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/Azure/azure-workload-identity").Output()
	if err != nil {
		t.Fatal(err)
	}
	h, err := home.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	charts := filepath.Join(strings.TrimSpace(string(out)), "charts")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- daemon.Run(ctx, daemon.Options{Home: h, Self: self, Charts: charts, ForRun: forRun, Log: slog.New(slog.DiscardHandler)})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("daemon: %v", err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := daemon.Find(h); err == nil {
			return h
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func enter(t *testing.T, h home.Home, forRun bool) (*session, string) {
	t.Helper()
	var notes bytes.Buffer
	s, err := (&flags{home: h.Dir}).enter(t.Context(), forRun, &notes)
	if err != nil {
		t.Fatal(err)
	}
	return s, notes.String()
}

func leave(t *testing.T, s *session) {
	t.Helper()
	if err := s.leave(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLastRunStopsTheDaemonThatARunStarted(t *testing.T) {
	h := serve(t, t.TempDir(), os.Args[0], true)
	first, _ := enter(t, h, true)
	second, _ := enter(t, h, true)
	leave(t, first)
	if !h.Held() {
		t.Fatal("the first session stopped the daemon that the second one uses")
	}
	leave(t, second)
	if h.Held() {
		t.Error("the daemon still runs")
	}
}

func TestDaemonOfUpIsNotStoppedByARun(t *testing.T) {
	t.Run("up started it", func(t *testing.T) {
		h := serve(t, t.TempDir(), os.Args[0], false)
		s, _ := enter(t, h, true)
		leave(t, s)
		if !h.Held() {
			t.Error("a run stopped it")
		}
	})
	t.Run("a run started it, and up found it", func(t *testing.T) {
		h := serve(t, t.TempDir(), os.Args[0], true)
		run, _ := enter(t, h, true)
		if out, err := sandbox(t, h.Dir, "up"); err != nil || !strings.Contains(out, "already running") {
			t.Fatalf("%q, %v", out, err)
		}
		leave(t, run)
		if !h.Held() {
			t.Error("the run stopped it")
		}
	})
}

func TestDaemonOfAnotherBuildIsNotReplacedWhileItIsUsed(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "sandbox")
	if err := os.WriteFile(binary, []byte("another build"), 0o700); err != nil {
		t.Fatal(err)
	}
	h := serve(t, t.TempDir(), binary, false)
	other, err := h.Join(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Leave()
	s, notes := enter(t, h, true)
	defer leave(t, s)
	if s.started || !strings.Contains(notes, "another build of the sandbox is running, and other commands use it") {
		t.Errorf("started %t, notes %q", s.started, notes)
	}
}

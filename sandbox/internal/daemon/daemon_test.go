package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

type resumer func(context.Context) error

func (r resumer) Resume(ctx context.Context) error { return r(ctx) }

func TestResume(t *testing.T) {
	broken := errors.New("cluster aks-a: its data is broken")
	t.Run("the sandbox runs although a cluster cannot start", func(t *testing.T) {
		var log strings.Builder
		err := resume(t.Context(), resumer(func(context.Context) error { return broken }), slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Errorf("error %v", err)
		}
		if !strings.Contains(log.String(), broken.Error()) {
			t.Errorf("the log has no reason: %q", log.String())
		}
	})
	t.Run("a stop during the start of the clusters ends the daemon", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		err := resume(ctx, resumer(func(context.Context) error { cancel(); return broken }), slog.New(slog.DiscardHandler))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

func chartsDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/Azure/azure-workload-identity").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "charts")
}

// serve runs a daemon without clusters in this process, until Stop.
func serve(t *testing.T, h home.Home, forRun bool) (client *Client, ended <-chan error) {
	t.Helper()
	done := make(chan error, 1)
	o := Options{Home: h, Self: os.Args[0], Charts: chartsDir(t), ForRun: forRun, Log: slog.New(slog.DiscardHandler)}
	go func() { done <- Run(t.Context(), o) }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err := waitUntil(ctx, func() (bool, error) {
		select {
		case err := <-done:
			t.Fatalf("ended: %v", err)
		default:
		}
		var err error
		client, err = Find(h)
		return err == nil && client.Running.PID == os.Getpid(), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, done
}

func openHome(t *testing.T) home.Home {
	t.Helper()
	h, err := home.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestDaemonRemovesTheFilesOfAKilledOne(t *testing.T) {
	h := openHome(t)
	token, err := h.NewToken("of a killed run")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.WriteRunning(home.Running{PID: 1, Port: 1}); err != nil {
		t.Fatal(err)
	}
	// Another process holds the lock for a moment at the start.
	lock, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { lock.Close() })
	client, ended := serve(t, h, false)
	if _, err := os.Stat(token); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the token is still there: %v", err)
	}
	if want, _ := Build(os.Args[0]); client.Running.Build != want || want == "" {
		t.Errorf("build %q, want %q", client.Running.Build, want)
	}
	status, err := client.Status(t.Context())
	if err != nil || status.PID != os.Getpid() {
		t.Errorf("status %+v, %v", status, err)
	}
	if err := client.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := h.ReadRunning(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the address is still published: %v", err)
	}
	if err := h.Purge(); err != nil {
		t.Errorf("the daemon's own folder cannot be purged: %v", err)
	}
}

func TestDaemonOfARunKeepsRunningAfterUp(t *testing.T) {
	h := openHome(t)
	client, ended := serve(t, h, true)
	if !client.Running.ForRun {
		t.Fatal("not for a run")
	}
	if err := client.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := Find(h)
	if err != nil || again.Running.ForRun {
		t.Errorf("published %+v, %v", again, err)
	}
	if err := client.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-ended
}

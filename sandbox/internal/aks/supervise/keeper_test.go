package supervise

import (
	"log/slog"
	"syscall"
	"testing"
	"time"
)

func TestKeeperRestartsAProcess(t *testing.T) {
	dir := t.TempDir()
	k, err := Keep(spec(dir, "child", "wait"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, first, _ := k.Status()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a second process", func() bool {
		state, pid, restarts := k.Status()
		return state == Running && pid != first && restarts == 1
	})
	_, second, _ := k.Status()
	k.Stop(time.Second)
	k.Stop(time.Second)
	if state, _, _ := k.Status(); state != Stopped || runs(second, dir) {
		t.Errorf("state %s, process runs: %v", state, runs(second, dir))
	}
}

func TestKeeperStopWhileItWaitsToRestart(t *testing.T) {
	k, err := Keep(spec(t.TempDir(), "child", "fail"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "restarting", func() bool { state, _, _ := k.Status(); return state == Restarting })
	k.Stop(time.Second)
	if state, _, _ := k.Status(); state != Stopped {
		t.Errorf("state %s", state)
	}
}

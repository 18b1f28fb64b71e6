package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// roleEnv is the variable that makes the test binary a child process with the given role.
const roleEnv = "SUPERVISE_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleEnv) {
	case "":
		os.Exit(m.Run())
	case "wait":
		FollowParent()
		time.Sleep(time.Minute)
	case "ignore SIGTERM":
		FollowParent()
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("ignore SIGTERM")
		time.Sleep(time.Minute)
	case "fail":
		os.Exit(7)
	case "parent":
		// It starts a child and prints its ID; the test kills it.
		c, err := Start(spec(os.Getenv("SUPERVISE_TEST_DIR"), "child", "wait"))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(c.PID())
		time.Sleep(time.Minute)
	}
	os.Exit(0)
}

func spec(dir, name, role string) Spec {
	return Spec{
		Name: name, Path: os.Args[0], Args: []string{"-marker=" + dir}, Env: []string{roleEnv + "=" + role},
		LogFile: filepath.Join(dir, "logs", name+".log"), PIDFile: filepath.Join(dir, "run", name+".pid"),
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not seen: %s", what)
}

func runs(pid int, marker string) bool { return hasMarker(pid, marker) }

func TestStopEndsAProcess(t *testing.T) {
	for name, role := range map[string]string{
		"one that ends on SIGTERM":           "wait",
		"one that ignores SIGTERM is killed": "ignore SIGTERM",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := spec(dir, "child", role)
			c, err := Start(s)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := os.ReadFile(s.PIDFile); err != nil || string(b) != strconv.Itoa(c.PID()) {
				t.Errorf("pid file: %q, %v", b, err)
			}
			if role == "ignore SIGTERM" {
				eventually(t, "signals ignored", func() bool {
					b, err := os.ReadFile(s.LogFile)
					return err == nil && strings.Contains(string(b), "ignore SIGTERM")
				})
			}
			c.Stop(200 * time.Millisecond)
			if runs(c.PID(), dir) {
				t.Error("still runs")
			}
			if _, err := os.Stat(s.PIDFile); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("pid file: %v", err)
			}
			if role == "ignore SIGTERM" && c.ExitCode() != 128+int(syscall.SIGKILL) {
				t.Errorf("exit code %d, want 137", c.ExitCode())
			}
		})
	}
}

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

func TestStartNamesTheProcessInItsError(t *testing.T) {
	s := spec(t.TempDir(), "child", "wait")
	s.Path = filepath.Join(t.TempDir(), "missing")
	if _, err := Start(s); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "child: ") {
		t.Errorf("error %v", err)
	}
}

func TestChildDiesWithItsParent(t *testing.T) {
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = []string{roleEnv + "=parent", "SUPERVISE_TEST_DIR=" + dir}
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child", func() bool { return runs(pid, dir) })
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	eventually(t, "the child's end", func() bool { return !runs(pid, dir) })
}

func TestKillLeftovers(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	start := func(marker string) *Child {
		s := spec(marker, "child", "wait")
		c, err := Start(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Stop(time.Second) })
		eventually(t, "the process", func() bool { return runs(c.PID(), marker) })
		return c
	}
	ours, theirs := start(dir), start(other)
	run := filepath.Join(dir, "run")
	for name, content := range map[string]string{
		"ours": strconv.Itoa(ours.PID()), "reused": strconv.Itoa(theirs.PID()),
		"group": "-1", "init": "1", "torn": "12x", "gone": "4194303",
	} {
		if err := os.WriteFile(filepath.Join(run, name+".pid"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := KillLeftovers(run, dir); err != nil {
		t.Fatal(err)
	}
	if runs(ours.PID(), dir) {
		t.Error("our leftover still runs")
	}
	if !runs(theirs.PID(), other) {
		t.Error("another process that has the ID of a pid file was killed")
	}
	if files, _ := filepath.Glob(filepath.Join(run, "*.pid")); len(files) > 0 {
		t.Errorf("pid files left: %v", files)
	}
}

// TestFreePortsReturnsAPortOnce opens no ports between the calls, as when two clusters start at the
// same time.
func TestFreePortsReturnsAPortOnce(t *testing.T) {
	seen := map[int]bool{}
	for range 100 {
		ports, err := FreePorts(2)
		if err != nil {
			t.Fatal(err)
		}
		for _, port := range ports {
			if seen[port] {
				t.Fatalf("port %d was given twice", port)
			}
			seen[port] = true
		}
	}
}

func TestFreePortsDiffer(t *testing.T) {
	ports, err := FreePorts(20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if p < 1 || seen[p] {
			t.Errorf("port %d in %v", p, ports)
		}
		seen[p] = true
	}
}

func TestLargeLogIsRenamed(t *testing.T) {
	s := spec(t.TempDir(), "child", "fail")
	if err := os.MkdirAll(filepath.Dir(s.LogFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.LogFile, make([]byte, maxLog+1), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Start(s)
	if err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if c.ExitCode() != 7 {
		t.Errorf("exit code %d, want 7", c.ExitCode())
	}
	info, err := os.Stat(s.LogFile)
	if err != nil || info.Size() > maxLog {
		t.Errorf("log: %v, %v", info, err)
	}
	if _, err := os.Stat(s.LogFile + ".1"); err != nil {
		t.Error(err)
	}
}

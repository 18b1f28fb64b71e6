package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
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

func TestStartNamesTheProcessInItsError(t *testing.T) {
	s := spec(t.TempDir(), "child", "wait")
	s.Path = filepath.Join(t.TempDir(), "missing")
	if _, err := Start(s); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "child: ") {
		t.Errorf("error %v", err)
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

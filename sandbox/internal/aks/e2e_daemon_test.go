//go:build e2e

package aks_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
)

// daemonEnv makes the test binary a daemon that runs one cluster until it is killed:
// AKS_E2E_DAEMON=<clusters folder>, AKS_E2E_SELF=<sandbox binary>.
const daemonEnv, selfEnv = "AKS_E2E_DAEMON", "AKS_E2E_SELF"

func TestMain(m *testing.M) {
	if dir := os.Getenv(daemonEnv); dir != "" {
		daemon(dir, os.Getenv(selfEnv))
	}
	os.Exit(m.Run())
}

func daemon(dir, self string) {
	r, err := aks.New(aks.Options{Dir: dir, Self: self, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err == nil {
		err = r.Start(context.Background(), spec())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(pids(r)); err != nil {
		os.Exit(1)
	}
	select {}
}

// TestKilledDaemon kills a daemon with SIGKILL.
func TestKilledDaemon(t *testing.T) {
	self, dir := buildSandbox(t), t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), daemonEnv+"="+dir, selfEnv+"="+self)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	if err := json.Unmarshal(line, &children); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	wantGone(t, children)

	r := newRuntime(t, dir, self, "")
	t.Logf("start after a killed daemon: %s", start(t, r, spec()))
	testNodes(t, client(t, r))
}

// Package clients runs clients that nobody here wrote against the sandbox: the Azure CLI, the Azure
// SDK for Go, and the pods of the webhook's own documentation. What they send is served as Azure
// serves it, or refused with a sentence.
//
// It does not prove that Azure accepts what the sandbox accepts.
package clients

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The environment that `make e2e-clients` sets.
const (
	toolsVariable = "CLIENTS_TOOLS" // folder of the built tools
	azVariable    = "CLIENTS_AZ"    // path of az
)

// sandbox is the sandbox that all tests share; each test has its own resource group.
var sandbox *place

// TestMain starts one sandbox for all tests, and removes it with its state at the end.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	for _, name := range []string{toolsVariable, azVariable} {
		if os.Getenv(name) == "" {
			fmt.Fprintf(os.Stderr, "%s is not set: run these tests by `make e2e-clients`, which installs what they need\n", name)
			return 2
		}
	}
	dir, err := os.MkdirTemp("", "clients")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer os.RemoveAll(dir)
	sandbox, err = startSandbox(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	code := m.Run()
	if code != 0 {
		sandbox.showLog(os.Stderr)
	}
	if out, err := sandbox.command(context.Background(), sandbox.binary, "down", "--purge").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "sandbox down: %v\n%s", err, out)
		return 2
	}
	return code
}

// startSandbox runs a sandbox whose state is below the folder.
func startSandbox(dir string) (*place, error) {
	p := &place{dir: dir, binary: filepath.Join(os.Getenv(toolsVariable), "bin", "sandbox")}
	if out, err := p.command(context.Background(), p.binary, "up").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("sandbox up: %w\n%s", err, out)
	}
	return p, p.readEnvironment()
}

// inSandbox returns a command inside the sandbox, as a user runs it.
func (p *place) inSandbox(ctx context.Context, args ...string) *exec.Cmd {
	return p.command(ctx, p.binary, append([]string{"run", "--"}, args...)...)
}

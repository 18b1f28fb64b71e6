// Package cli is the sandbox's command line.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// startTimeout bounds the wait for a daemon that starts several clusters again.
const startTimeout = 3 * time.Minute

// stopTimeout is longer than the time that the daemon gives its clusters to stop.
const stopTimeout = time.Minute

// retryEvery is the interval between two looks for a daemon that is starting.
const retryEvery = 50 * time.Millisecond

// flags are the flags that every command has.
type flags struct {
	home   string
	charts string
	port   int
}

// Main runs the command line and returns the exit code: 0, 1 for an error, or the exit code of the
// command that `sandbox run` ran. processes are hidden commands that the daemon starts.
func Main(args []string, processes ...*cobra.Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(processes...)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exitCode(exit)
	}
	fmt.Fprintln(os.Stderr, "sandbox:", err)
	return 1
}

// exitCode returns the command's exit code, or, as shells do, 128 and the signal's number if a
// signal ended it.
func exitCode(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}

func newRoot(processes ...*cobra.Command) *cobra.Command {
	var f flags
	root := &cobra.Command{
		Use:   "sandbox",
		Short: "An Azure and an AKS that run on this machine",
		Long: `An Azure and an AKS that run on this machine.

Azure Resource Manager, Entra, Microsoft Graph, Key Vault and Blob Storage answer under their
real host names to the commands that "sandbox run" starts, and to no other. Each managed
cluster is a real Kubernetes API server. Nothing listens beyond loopback; nothing leaves the machine.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&f.home, "home", cmp.Or(os.Getenv("SANDBOX_HOME"), ".sandbox"), "folder that holds the sandbox's state (or SANDBOX_HOME)")
	root.PersistentFlags().StringVar(&f.charts, "charts", os.Getenv("SANDBOX_CHARTS"), "folder of the webhook's chart (default: ../share/charts beside the binary)")
	root.PersistentFlags().IntVar(&f.port, "port", 0, "port of the proxy on 127.0.0.1 (default: that of the last start, or a free one)")
	root.AddCommand(newUp(&f), newDown(&f), newStatus(&f), newRun(&f), newEnv(&f), newRest(&f), newSettings(&f), newStrictness(&f), newActions(&f), newRecover(&f), newFault(&f), newServe(&f), newKubelogin())
	root.AddCommand(processes...)
	root.CompletionOptions.HiddenDefaultCmd = true
	// Kubernetes' packages register a flag for all programs that link them.
	if version := pflag.CommandLine.Lookup("version"); version != nil {
		version.Hidden = true
	}
	return root
}

// open returns the sandbox's folder and creates it if it is missing.
func (f *flags) open() (home.Home, error) { return home.Open(f.home) }

// at returns the sandbox's folder for commands that only read: a mistyped path must not create one.
func (f *flags) at() (home.Home, error) { return home.At(f.home) }

// find returns the sandbox's folder and a client for the daemon that runs in it.
func (f *flags) find() (home.Home, *daemon.Client, error) {
	h, err := f.at()
	if err != nil {
		return home.Home{}, nil, err
	}
	client, err := daemon.Find(h)
	return h, client, err
}

// self returns the path of this binary and the folder of the charts that were installed with it.
func (f *flags) self() (binary, charts string, err error) {
	binary, err = os.Executable()
	if err != nil {
		return "", "", fmt.Errorf("path of this binary: %w", err)
	}
	if f.charts != "" {
		charts, err = filepath.Abs(f.charts)
		return binary, charts, err
	}
	return binary, filepath.Join(filepath.Dir(filepath.Dir(binary)), "share", "charts"), nil
}

// join returns a client for the daemon that holds the folder, once it is ready.
func (f *flags) join(ctx context.Context, h home.Home) (*daemon.Client, error) {
	for {
		client, err := daemon.Find(h)
		if err == nil {
			if f.port != 0 && f.port != client.Running.Port {
				return nil, fmt.Errorf("a sandbox is already running in %s on port %d (process %d); `sandbox down` stops it, or leave --port out to use it", h.Dir, client.Running.Port, client.Running.PID)
			}
			return client, nil
		}
		if errors.Is(err, daemon.ErrNotRunning) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(retryEvery):
		}
	}
}

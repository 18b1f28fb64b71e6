// Package process has the programs that the sandbox binary runs as when it starts itself again for
// a cluster: etcd, kube-apiserver, kube-controller-manager and the workload-identity webhook.
//
// It is separate from package aks because it links Kubernetes: only the sandbox binary imports it,
// so that all other packages and their tests build quickly.
package process

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
)

// Commands returns the hidden subcommands with which package aks starts the sandbox binary. All
// flags are passed on to the program.
//
// A program's command is created only when its subcommand runs: kube-apiserver and
// kube-controller-manager both set process-wide state (the signal handler, klog, feature gates),
// which only one of them can do in a process.
func Commands() []*cobra.Command {
	return []*cobra.Command{
		passThrough("etcd", "runs one etcd member", runEtcd),
		passThrough("kube-apiserver", "runs the Kubernetes API server", runAPIServer),
		passThrough("kube-controller-manager", "runs Kubernetes' own controllers", runControllerManager),
		passThrough("webhook", "runs the Azure workload identity mutating webhook", runWebhook),
	}
}

func passThrough(name, short string, run func(args []string) error) *cobra.Command {
	return &cobra.Command{
		Use:                name,
		Short:              short,
		Hidden:             true,
		DisableFlagParsing: true,
		SilenceUsage:       true,
		RunE: func(_ *cobra.Command, args []string) error {
			// The command line has installed a handler for these signals. Each program installs its
			// own, except kube-controller-manager, which, as upstream, is ended by the default
			// action.
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			supervise.FollowParent()
			return run(args)
		},
	}
}

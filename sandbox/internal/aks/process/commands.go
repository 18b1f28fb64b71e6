// Package process holds the programs that the sandbox binary turns into when
// it runs itself again for a cluster: etcd, kube-apiserver,
// kube-controller-manager and the workload-identity webhook.
//
// It is apart from package aks because it links Kubernetes: only the sandbox
// binary imports it, and the tests of everything else stay quick to build.
package process

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
)

// Commands returns the hidden subcommands that package aks starts the sandbox
// binary with. Every flag goes to the program itself, unread.
//
// A program is made only when its subcommand runs: kube-apiserver and
// kube-controller-manager both claim process-wide state (the signal handler,
// klog, feature gates), which one process can give to one of them only.
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
			// The command line has asked for these signals on behalf of its other
			// commands. Each program asks for its own, but for
			// kube-controller-manager, which as upstream relies on being ended by them.
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			supervise.FollowParent()
			return run(args)
		},
	}
}

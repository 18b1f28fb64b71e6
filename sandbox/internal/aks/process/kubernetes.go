package process

import (
	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // as in the upstream mains
	_ "k8s.io/component-base/metrics/prometheus/version"  // as in the upstream mains
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func runAPIServer(args []string) error {
	return runUpstream(apiserver.NewAPIServerCommand(), args)
}

func runControllerManager(args []string) error {
	return runUpstream(controllermanager.NewControllerManagerCommand(), args)
}

// runUpstream does what the upstream main functions do, except that it returns the error: the
// caller decides about the exit code.
func runUpstream(cmd *cobra.Command, args []string) error {
	cmd.SetArgs(args)
	return cli.RunNoErrOutput(cmd)
}

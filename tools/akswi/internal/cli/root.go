// Package cli holds the commands of akswi, one file each: their flags, input, output and exit
// codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Exit codes, the same for every command.
const (
	ExitOK        = 0
	ExitBroken    = 1
	ExitUsage     = 2
	ExitUnchecked = 3
)

// Environment is what the commands reach outside the process; tests replace it.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	// Connect returns the chain with its clients for the cluster of a stack; nil is chain.Connect
	// with the login of the deployment.
	Connect func(*outputs.Stack) *chain.Chain
	// AzureClient holds transport and retries of the requests of preflight; zero keeps the SDK's.
	AzureClient azcore.ClientOptions
}

// exitCode ends a command that has printed its finding. It is no error to report.
type exitCode int

// Error implements error.
func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Run executes the command that args name and returns its exit code.
func Run(ctx context.Context, args []string, env Environment) int {
	root := newRootCommand(env)
	root.SetArgs(args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	executed, err := root.ExecuteContextC(ctx)
	var code exitCode
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &code):
		return int(code)
	}
	_, _ = fmt.Fprintf(env.Err, "%s: %v\n", executed.CommandPath(), err)
	return ExitUsage
}

func newRootCommand(env Environment) *cobra.Command {
	root := &cobra.Command{
		Use:           "akswi",
		Short:         "Check workload identities on AKS",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newPreflightCommand(env), newVerifyCommand(env), newRecoverCommand(env))
	return root
}

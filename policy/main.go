// Command policy is the policy pack of this repository: as a plugin of the Pulumi engine, see
// package pack, and as the command `policy check`, see package check.
//
// It is beside PulumiPolicy.yaml because the Go language host builds the package of that folder.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aks-workload-identity/aks-workload-identity/policy/check"
	"github.com/aks-workload-identity/aks-workload-identity/policy/pack"
)

func main() {
	ctx := context.Background()
	if len(os.Args) > 1 && os.Args[1] == "check" {
		os.Exit(runCheck(ctx, os.Args[2:]))
	}
	if err := pack.Serve(ctx, pack.New(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runCheck runs the command `check` and returns its exit code.
func runCheck(ctx context.Context, args []string) int {
	command := check.NewCommand()
	command.SetArgs(args)
	switch err := command.ExecuteContext(ctx); {
	case err == nil:
		return 0
	case errors.Is(err, check.ErrRefused):
		return 1
	default:
		fmt.Fprintln(os.Stderr, "policy check:", err)
		return 2
	}
}

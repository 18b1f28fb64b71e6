// Command policy is the policy pack of this repository, as a plugin of the Pulumi engine; see
// package pack.
//
// It is beside PulumiPolicy.yaml because the Go language host builds the package of that folder.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aks-workload-identity/aks-workload-identity/policy/pack"
)

func main() {
	if err := pack.Serve(context.Background(), pack.New(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

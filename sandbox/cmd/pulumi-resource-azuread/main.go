// Command pulumi-resource-azuread is the sandbox's stand-in for the Pulumi provider azuread: the engine
// starts it, and it turns resource operations into calls to Microsoft Graph, which the sandbox answers.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/entra"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-azuread:", err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := entra.New(entra.Options{JournalDir: os.Getenv(bridge.JournalVariable)})
	if err != nil {
		return err
	}
	return bridge.Serve(context.Background(), provider, os.Args[1:], os.Stdout)
}

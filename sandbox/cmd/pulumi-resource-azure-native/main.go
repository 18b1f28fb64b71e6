// Command pulumi-resource-azure-native is the sandbox's stand-in for the Pulumi provider azure-native: the engine
// starts it, and it turns resource operations into calls to Azure Resource Manager, which the sandbox answers.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/native"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-azure-native:", err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := native.New(native.Options{JournalDir: os.Getenv(bridge.JournalVariable)})
	if err != nil {
		return err
	}
	return bridge.Serve(context.Background(), provider, os.Args[1:], os.Stdout)
}

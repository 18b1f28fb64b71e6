// Command sandbox is the smallest binary that package aks can run its
// processes from; the end-to-end test builds it.
package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/process"
)

func main() {
	root := &cobra.Command{Use: "sandbox"}
	root.AddCommand(process.Commands()...)
	if root.Execute() != nil {
		os.Exit(1)
	}
}

// Command akswi checks workload identities on AKS; `akswi verify` proves that pods get their Azure
// identity.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.Environment{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

// Command verify proves, link by link, that the pods of a stack's workloads get their Azure identity.
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
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

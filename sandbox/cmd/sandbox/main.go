// Command sandbox is an Azure and an AKS that run on this machine.
package main

import (
	"os"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/process"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], process.Commands()...)) }

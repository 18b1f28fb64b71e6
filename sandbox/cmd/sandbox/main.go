// Command sandbox is an Azure and an AKS that run on this machine.
package main

import (
	"os"
	"path/filepath"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/process"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/cli"
)

func main() {
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) == cli.KubeloginName {
		args = append([]string{cli.KubeloginName}, args...)
	}
	os.Exit(cli.Main(args, process.Commands()...))
}

// Command pulumi-resource-azure-native is the sandbox's version of the Pulumi provider
// azure-native. The engine starts it, and it turns resource operations into requests to Azure
// Resource Manager, which the sandbox answers.
package main

import (
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/native"
)

func main() { bridge.Main(native.New) }

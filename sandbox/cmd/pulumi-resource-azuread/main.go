// Command pulumi-resource-azuread is the sandbox's version of the Pulumi provider azuread. The
// engine starts it, and it turns resource operations into requests to Microsoft Graph, which the
// sandbox answers.
package main

import (
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/entra"
)

func main() { bridge.Main(entra.New) }

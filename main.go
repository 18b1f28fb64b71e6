// Command aks-workload-identity is the Pulumi program of this repository; see package stacks.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/stacks"
)

func main() { pulumi.Run(stacks.Run) }

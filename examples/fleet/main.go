// Command fleet deploys several clusters and workloads: make up PROGRAM=examples/fleet.
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// main runs the program.
func main() { pulumi.Run(Program) }

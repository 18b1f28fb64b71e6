// Command pipeline makes the identities of a pipeline: make up PROGRAM=examples/pipeline.
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// main runs the program.
func main() { pulumi.Run(Program) }

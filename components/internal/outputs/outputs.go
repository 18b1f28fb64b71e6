// Package outputs registers the outputs of components.
package outputs

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Register registers the outputs of a component once its URN is known, and does not wait for that.
//
// Context.RegisterResourceOutputs itself (SDK v3.245.0) waits for the URN in the caller's
// goroutine. The URN of a component whose options name a provider, a dependency or a DeletedWith
// comes only when these are there: with the options of a cluster (Cluster.InCluster) the program
// would stand still until AKS is created, and nothing after it could run meanwhile. An error needs
// no second report: it is that of the component's own registration, which ends the program.
func Register(ctx *pulumi.Context, component pulumi.ComponentResource, outputs pulumi.Map) {
	component.URN().ApplyT(func(pulumi.URN) (bool, error) {
		return true, ctx.RegisterResourceOutputs(component, outputs)
	})
}

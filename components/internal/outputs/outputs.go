// Package outputs registers the outputs of components.
package outputs

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Register registers the outputs of a component once its URN is known, without waiting for that.
//
// Context.RegisterResourceOutputs (SDK v3.245.0) waits for the URN in the caller's goroutine. A
// component whose options name a provider, a dependency or a DeletedWith has a URN only when these
// exist: with the options of a cluster (Cluster.InCluster) the program would register nothing else
// until AKS is created. Errors are reported by the component's own registration, which ends the
// program.
func Register(ctx *pulumi.Context, component pulumi.ComponentResource, outputs pulumi.Map) {
	component.URN().ApplyT(func(pulumi.URN) (bool, error) {
		return true, ctx.RegisterResourceOutputs(component, outputs)
	})
}

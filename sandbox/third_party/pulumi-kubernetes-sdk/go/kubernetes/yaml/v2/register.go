// Package v2 registers manifests as Kubernetes resources. doc.md in the module's root says why it
// replaces the generated package of that name.
package v2

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RegisterResource registers a manifest under the token of its kind:
// "kubernetes:apps/v1:Deployment", or "kubernetes:core/v1:Pod" for the core group, whose apiVersion
// has no group.
func RegisterResource(ctx *pulumi.Context, apiVersion, kind, name string, props pulumi.Input,
	opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
	module := apiVersion
	if apiVersion == "v1" {
		module = "core/v1"
	}
	var res pulumi.CustomResourceState
	if err := ctx.RegisterResource(fmt.Sprintf("kubernetes:%s:%s", module, kind), name, props, &res, opts...); err != nil {
		return nil, err
	}
	return &res, nil
}

package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// target is a cluster that workloads run on: the stack's own, or a platform's of another stack.
type target struct {
	// name is the platform's in the stack file; empty for the stack's own cluster.
	name string
	// key names the cluster in the names of federated credentials.
	key string
	// id and issuer are the cluster's resource id and OIDC issuer.
	id, issuer pulumi.StringOutput
	// provider reaches the cluster.
	provider pulumi.ProviderResource
	// managed is the cluster itself, where this stack creates it: what is in the cluster goes with it.
	managed pulumi.Resource
	// webhook is what labelled pods wait for, where this stack installs it.
	webhook pulumi.Resource
	// namespaces that this stack creates in the cluster, by name.
	namespaces map[string]pulumi.Resource
}

// options are those of whatever lives in the cluster.
func (t *target) options() []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Provider(t.provider)}
	if t.managed != nil {
		opts = append(opts, pulumi.DeletedWith(t.managed))
	}
	return opts
}

// child is the logical name of something that every target may have. The stack's own cluster adds nothing to it, so that the
// names of a stack with one cluster stay short.
func (t *target) child(kind, name string) string {
	if t.name == "" {
		return kind + "-" + name
	}
	return kind + "-" + t.name + "." + name
}

// ready is what a service account in that namespace must wait for: the namespace, and the webhook, so that whoever waits for
// the workload can start labelled pods, which the webhook must not miss.
func (t *target) ready(namespace string) []pulumi.Resource {
	var list []pulumi.Resource
	if t.webhook != nil {
		list = append(list, t.webhook)
	}
	if r, ok := t.namespaces[namespace]; ok {
		list = append(list, r)
	}
	return list
}

// targetsOf are the clusters that a federation is about: the named platform's, or every one. A federation with an issuer of
// its own is about none of them.
func (g *graph) targetsOf(f *Federation) []*target {
	if f.Issuer != "" {
		return nil
	}
	if f.Platform == "" {
		return g.targets
	}
	i := slices.IndexFunc(g.targets, func(t *target) bool { return t.name == f.Platform })
	if i < 0 {
		return nil
	}
	return g.targets[i : i+1]
}

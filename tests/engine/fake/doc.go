// Package fake has an Azure, an Entra and Kubernetes clusters that live in memory, behind one Pulumi provider for all
// of them. They are small and strict: an unknown type or function is an error, and so is what the real ones refuse and
// what the components have to take care of (concurrent writes of federated credentials, their number, their
// uniqueness, a service account without its namespace, a cluster that is gone).
//
// What replaces a resource, and whether it makes room first, is taken from the real providers: see kinds.go and
// kubeconfig.go for the sources. What the fakes do not know: required properties beyond a few, ranges, latencies,
// eventual consistency.
package fake

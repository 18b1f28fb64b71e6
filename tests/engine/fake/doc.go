// Package fake implements Azure, Entra and Kubernetes clusters in memory, behind one Pulumi
// provider for all of them. The fakes are small and strict: they refuse unknown types and
// functions, and every request that the real services refuse and that the components have to avoid
// (concurrent writes of federated credentials, too many of them, two alike, a service account
// without its namespace, a request to a cluster that does not exist).
//
// Which changes replace a resource, and in which order, is taken from the real providers: kinds.go
// and kubeconfig.go name the sources. The fakes do not implement all required properties, ranges of
// values, latencies and eventual consistency.
package fake

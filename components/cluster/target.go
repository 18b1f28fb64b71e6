package cluster

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// InCluster returns the options for resources that are in the cluster: its provider, and
// DeletedWith. Deleting a managed cluster deletes everything in it. To delete its objects one by
// one first would be slow, and is impossible once the API server is gone.
//
// DeletedWith names the managed cluster and not the provider: if only the provider were replaced,
// the objects would stay in the cluster. The objects in a cluster that LookupCluster found are
// deleted one by one, because that cluster stays.
func (c *Cluster) InCluster() []pulumi.ResourceOption {
	options := []pulumi.ResourceOption{pulumi.Provider(c.Provider)}
	if managed := c.DeletedWith(); managed != nil {
		options = append(options, pulumi.DeletedWith(managed))
	}
	return options
}

// Issuer returns the URL of the cluster's OIDC issuer, the output IssuerUrl. With
// KubernetesProvider and DeletedWith it makes the cluster one that workload.NewTarget takes.
func (c *Cluster) Issuer() pulumi.StringOutput { return c.IssuerUrl }

// KubernetesProvider returns the provider that reaches the cluster, which is also in the field
// Provider.
func (c *Cluster) KubernetesProvider() pulumi.ProviderResource { return c.Provider }

// DeletedWith returns the resource whose deletion deletes everything in the cluster, or nil for a
// cluster that LookupCluster found. The field Managed would be a typed nil there.
func (c *Cluster) DeletedWith() pulumi.Resource {
	if c.Managed == nil {
		return nil
	}
	return c.Managed
}

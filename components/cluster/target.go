package cluster

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Issuer returns the URL of the cluster's OIDC issuer, the output IssuerUrl. With KubernetesProvider
// and DeletedWith it makes the cluster one that workload.NewTarget takes.
func (c *Cluster) Issuer() pulumi.StringOutput { return c.IssuerUrl }

// KubernetesProvider returns the provider that reaches the cluster, which is also in the field
// Provider.
func (c *Cluster) KubernetesProvider() pulumi.ProviderResource { return c.Provider }

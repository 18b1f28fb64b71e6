// Package cluster has the component Cluster: an AKS cluster that issues tokens
// for its service accounts, and a Kubernetes provider that reaches it.
package cluster

import (
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "aks-workload-identity:index:Cluster"

// Cluster is an AKS cluster with its OIDC issuer on, which cannot be turned off:
// AKS answers OIDCIssuerFeatureCannotBeDisabled, and every federation would stop
// working.
//
// The caller's Azure provider reaches the children by the option Provider or
// Providers. Protect and Aliases are options too, and the engine passes the
// former on to the children.
type Cluster struct {
	pulumi.ResourceState

	// ClusterId is the resource id of the managed cluster.
	ClusterId pulumi.StringOutput `pulumi:"clusterId"`
	// ClusterName is the managed cluster's name in Azure.
	ClusterName pulumi.StringOutput `pulumi:"clusterName"`
	// ResourceGroupName is the resource group of the managed cluster, given or
	// created.
	ResourceGroupName pulumi.StringOutput `pulumi:"resourceGroupName"`
	// NodeResourceGroup is the resource group that AKS made for the nodes.
	NodeResourceGroup pulumi.StringOutput `pulumi:"nodeResourceGroup"`
	// Location is the region that Azure reports.
	Location pulumi.StringOutput `pulumi:"location"`
	// IssuerUrl is the OIDC issuer, byte for byte as in the tokens, with its
	// trailing slash. It is never empty: it fails instead.
	IssuerUrl pulumi.StringOutput `pulumi:"issuerUrl"`
	// TenantId is the Entra tenant of the cluster's identity.
	TenantId pulumi.StringOutput `pulumi:"tenantId"`
	// PrincipalId is the object id of the control plane's identity.
	PrincipalId pulumi.StringOutput `pulumi:"principalId"`
	// KubeletClientId is the client id of the identity that pulls images.
	KubeletClientId pulumi.StringOutput `pulumi:"kubeletClientId"`
	// KubeletObjectId is the object id of the identity that pulls images: the
	// principal of an AcrPull assignment.
	KubeletObjectId pulumi.StringOutput `pulumi:"kubeletObjectId"`
	// Kubeconfig is a kubeconfig file for the cluster's user credentials. Secret.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`

	// Provider reaches the cluster's API server. Go only.
	Provider *kubernetes.Provider
	// Managed is the managed cluster itself. Go only.
	Managed *containerservice.ManagedCluster
}

// InCluster are the options for resources that live in the cluster: they use its
// provider, and go with it. Deleting a managed cluster deletes all that is in it,
// so that deleting its objects one by one first would only be slow, and
// impossible once the API server is gone.
//
// DeletedWith names the managed cluster, not the provider: if only the provider
// were replaced, the objects would stay in a cluster that lives on.
func (c *Cluster) InCluster() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Provider(c.Provider), pulumi.DeletedWith(c.Managed)}
}

// NewCluster registers a Cluster. Its children's names are part of the contract:
// <name>-rg (unless a resource group is given), <name>-aks, <name>-pool-<pool>
// and <name>-kubernetes.
//
// Bad arguments are reported all at once, before anything is registered, as an
// error that unwraps to *errors.InputPropertiesError.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if args == nil {
		args = &ClusterArgs{}
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}

	c := &Cluster{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering cluster %q: %w", name, err)
	}
	if err := c.registerChildren(ctx, name, args); err != nil {
		return nil, err
	}
	if err := c.registerOutputs(ctx); err != nil {
		return nil, fmt.Errorf("registering the outputs of cluster %q: %w", name, err)
	}
	return c, nil
}

// Package cluster has the component Cluster: an AKS cluster that issues tokens
// for its service accounts, and a Kubernetes provider that reaches it.
package cluster

import (
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// Type is the type token of a cluster that the component creates.
	Type = "aks-workload-identity:index:Cluster"
	// ExistingType is the type token of a cluster that LookupCluster finds.
	ExistingType = "aks-workload-identity:index:ExistingCluster"
)

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
	// ApiServerFqdn is the API server's host name: the private one of a private
	// cluster without a public name.
	ApiServerFqdn pulumi.StringOutput `pulumi:"apiServerFqdn"`
	// IssuerUrl is the OIDC issuer, byte for byte as in the tokens, with its
	// trailing slash. It is never empty: it fails instead.
	IssuerUrl pulumi.StringOutput `pulumi:"issuerUrl"`
	// TenantId is the Entra tenant of the cluster's identity.
	TenantId pulumi.StringOutput `pulumi:"tenantId"`
	// PrincipalId is the object id of the control plane's identity.
	PrincipalId pulumi.StringOutput `pulumi:"principalId"`
	// ControlPlaneIdentityId is the resource id of the control plane's user-assigned
	// identity. It is empty for a system-assigned one, which has none.
	ControlPlaneIdentityId pulumi.StringOutput `pulumi:"controlPlaneIdentityId"`
	// KubeletIdentityId is the resource id of the identity that pulls images.
	KubeletIdentityId pulumi.StringOutput `pulumi:"kubeletIdentityId"`
	// KubeletClientId is the client id of the identity that pulls images.
	KubeletClientId pulumi.StringOutput `pulumi:"kubeletClientId"`
	// KubeletObjectId is the object id of the identity that pulls images: the
	// principal of an AcrPull assignment.
	KubeletObjectId pulumi.StringOutput `pulumi:"kubeletObjectId"`
	// WorkloadIdentityAddon says whether AKS's own webhook is on. WebhookRelease
	// must not stand beside it.
	WorkloadIdentityAddon pulumi.BoolOutput `pulumi:"workloadIdentityAddon"`
	// Kubeconfig is a kubeconfig file, with the credentials that were asked for.
	// Secret.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`

	// Provider reaches the cluster's API server. Go only.
	Provider *kubernetes.Provider
	// Managed is the managed cluster itself, or nil for one that LookupCluster
	// found; see DeletedWith. Go only.
	Managed *containerservice.ManagedCluster
}

// InCluster are the options for resources that live in the cluster: they use its
// provider, and go with it. Deleting a managed cluster deletes all that is in it,
// so that deleting its objects one by one first would only be slow, and
// impossible once the API server is gone.
//
// DeletedWith names the managed cluster, not the provider: if only the provider
// were replaced, the objects would stay in a cluster that lives on. A cluster that
// LookupCluster found lives on as well, so that its objects are deleted one by one.
func (c *Cluster) InCluster() []pulumi.ResourceOption {
	options := []pulumi.ResourceOption{pulumi.Provider(c.Provider)}
	if owner := c.DeletedWith(); owner != nil {
		options = append(options, pulumi.DeletedWith(owner))
	}
	return options
}

// DeletedWith is the resource with which everything in the cluster goes, or nil
// for a cluster that LookupCluster found. It is what a FederationArgs wants; the
// field Managed would give it a typed nil there.
func (c *Cluster) DeletedWith() pulumi.Resource {
	if c.Managed == nil {
		return nil
	}
	return c.Managed
}

// NewCluster registers a Cluster. Its children's names are part of the contract:
// <name>-rg (unless a resource group is given), <name>-aks, <name>-pool-<pool>,
// <name>-maintenance-<window>, <name>-acr-<key>, <name>-kubelet-operator (if the
// component makes that assignment) and <name>-kubernetes.
//
// Bad arguments are reported all at once, before anything is registered, as an
// error that unwraps to *errors.InputPropertiesError.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if args == nil {
		args = &ClusterArgs{}
	}
	if err := args.Validate(name); err != nil {
		return nil, err
	}

	c := &Cluster{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering cluster %q: %w", name, err)
	}
	if err := c.registerChildren(ctx, name, args); err != nil {
		return nil, err
	}
	c.registerOutputs(ctx)
	return c, nil
}

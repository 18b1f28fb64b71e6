// Package cluster has the component Cluster: an AKS cluster that issues tokens for its service
// accounts, and a Kubernetes provider that reaches it.
package cluster

import (
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/outputs"
)

const (
	// Type is the type token of a cluster that the component creates.
	Type = "aks-workload-identity:index:Cluster"
	// ExistingType is the type token of a cluster that LookupCluster finds.
	ExistingType = "aks-workload-identity:index:ExistingCluster"
)

// Cluster is an AKS cluster whose OIDC issuer is on.
//
// The options Provider and Providers give the children the caller's Azure provider. The options
// Protect and Aliases work as for any resource; the engine passes Protect on to the children.
type Cluster struct {
	pulumi.ResourceState

	// ClusterId is the resource id of the managed cluster.
	ClusterId pulumi.StringOutput `pulumi:"clusterId"`
	// ClusterName is the managed cluster's name in Azure.
	ClusterName pulumi.StringOutput `pulumi:"clusterName"`
	// ResourceGroupName is the resource group of the managed cluster, given or created.
	ResourceGroupName pulumi.StringOutput `pulumi:"resourceGroupName"`
	// NodeResourceGroup is the resource group that AKS created for the nodes.
	NodeResourceGroup pulumi.StringOutput `pulumi:"nodeResourceGroup"`
	// Location is the region that Azure reports.
	Location pulumi.StringOutput `pulumi:"location"`
	// ApiServerFqdn is the API server's host name: the private one of a private cluster without a
	// public name.
	ApiServerFqdn pulumi.StringOutput `pulumi:"apiServerFqdn"`
	// IssuerUrl is the OIDC issuer, exactly as in the tokens, with its trailing slash. It is never
	// empty: a cluster without an issuer is an error.
	IssuerUrl pulumi.StringOutput `pulumi:"issuerUrl"`
	// TenantId is the Entra tenant of the cluster's identity.
	TenantId pulumi.StringOutput `pulumi:"tenantId"`
	// PrincipalId is the object id of the control plane's identity.
	PrincipalId pulumi.StringOutput `pulumi:"principalId"`
	// ControlPlaneIdentityId is the resource id of the control plane's user-assigned identity. It
	// is empty for a system-assigned one, which has none.
	ControlPlaneIdentityId pulumi.StringOutput `pulumi:"controlPlaneIdentityId"`
	// KubeletIdentityId is the resource id of the identity that pulls images.
	KubeletIdentityId pulumi.StringOutput `pulumi:"kubeletIdentityId"`
	// KubeletClientId is the client id of the identity that pulls images.
	KubeletClientId pulumi.StringOutput `pulumi:"kubeletClientId"`
	// KubeletObjectId is the object id of the identity that pulls images: the principal of an
	// AcrPull assignment.
	KubeletObjectId pulumi.StringOutput `pulumi:"kubeletObjectId"`
	// WorkloadIdentityAddon is true if AKS runs the webhook as its add-on. The cluster then cannot
	// have a WebhookRelease.
	WorkloadIdentityAddon pulumi.BoolOutput `pulumi:"workloadIdentityAddon"`
	// Kubeconfig is a kubeconfig file with the requested credentials. Secret.
	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"`

	// Provider reaches the cluster's API server. Go only.
	Provider *kubernetes.Provider
	// Managed is the managed cluster, or nil for one that LookupCluster found; see DeletedWith. Go
	// only.
	Managed *containerservice.ManagedCluster
}

// NewCluster registers a Cluster. The names of its children are part of the contract: <name>-rg
// (unless a resource group is given), <name>-aks, <name>-pool-<pool>, <name>-maintenance-<window>,
// <name>-acr-<key>, <name>-kubelet-operator (if the component makes that assignment) and
// <name>-kubernetes.
//
// Bad arguments are reported all at once, before anything is registered, in an error that unwraps
// to *errors.InputPropertiesError.
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
	r := &registration{ctx: ctx, name: name, component: c}
	group, err := r.registerResourceGroup(args)
	if err != nil {
		return nil, err
	}
	operator, err := r.registerOperator(args.KubeletIdentity)
	if err != nil {
		return nil, err
	}
	managed, err := r.registerManagedCluster(args, group, operator)
	if err != nil {
		return nil, err
	}
	at := address{resourceGroup: group, cluster: managed.Name}
	if _, err := r.registerPools(args, at, managed); err != nil {
		return nil, err
	}
	if _, err := r.registerWindows(args.MaintenanceWindows, at, managed); err != nil {
		return nil, err
	}
	from := responseOf(managed)
	if ctx.DryRun() {
		from = r.planned(args, at, managed)
	}
	status := r.status(at, from)
	status.take(args.KubeletIdentity)
	if _, err := r.registerRegistries(args.ContainerRegistries, status.kubeletObjectID); err != nil {
		return nil, err
	}
	kubeconfig := r.kubeconfig(at, credentialMode(args.Credentials, args.Kubelogin), args.Kubelogin)
	// The provider waits for the system pool, which is created with the cluster, and not for the
	// other pools: the API server works without them, and pods wait for their nodes.
	provider, err := r.registerProvider(&kubernetes.ProviderArgs{
		Kubeconfig:        kubeconfig,
		ClusterIdentifier: managed.ID(),
	})
	if err != nil {
		return nil, err
	}

	c.Managed, c.Provider = managed, provider
	c.ClusterId = managed.ID().ToStringOutput()
	c.ClusterName = managed.Name
	c.ResourceGroupName = group
	c.Location = managed.Location
	c.setStatus(status)
	// The argument and not what Azure reports, because it is known in every preview.
	c.WorkloadIdentityAddon = pulumi.Bool(args.WorkloadIdentityAddon).ToBoolOutput()
	c.Kubeconfig = kubeconfig
	c.registerOutputs(ctx)
	return c, nil
}

// setStatus assigns the outputs that Azure decides.
func (c *Cluster) setStatus(s *status) {
	c.NodeResourceGroup = s.nodeResourceGroup
	c.ApiServerFqdn = s.apiServerFqdn
	c.IssuerUrl = s.issuerURL
	c.TenantId = s.tenantID
	c.PrincipalId = s.principalID
	c.ControlPlaneIdentityId = s.controlPlaneIdentityID
	c.KubeletIdentityId = s.kubeletIdentityID
	c.KubeletClientId = s.kubeletClientID
	c.KubeletObjectId = s.kubeletObjectID
}

// registerOutputs registers the component's outputs.
func (c *Cluster) registerOutputs(ctx *pulumi.Context) {
	outputs.Register(ctx, c, pulumi.Map{
		"clusterId":              c.ClusterId,
		"clusterName":            c.ClusterName,
		"resourceGroupName":      c.ResourceGroupName,
		"nodeResourceGroup":      c.NodeResourceGroup,
		"location":               c.Location,
		"apiServerFqdn":          c.ApiServerFqdn,
		"issuerUrl":              c.IssuerUrl,
		"tenantId":               c.TenantId,
		"principalId":            c.PrincipalId,
		"controlPlaneIdentityId": c.ControlPlaneIdentityId,
		"kubeletIdentityId":      c.KubeletIdentityId,
		"kubeletClientId":        c.KubeletClientId,
		"kubeletObjectId":        c.KubeletObjectId,
		"workloadIdentityAddon":  c.WorkloadIdentityAddon,
		"kubeconfig":             c.Kubeconfig,
	})
}

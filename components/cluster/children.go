package cluster

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/outputs"
)

// registerChildren registers the resources of the component, in the order in
// which they depend on each other.
//
// The number of nodes of a pool that scales by itself is AKS's after the first
// "up": to ask for the initial number again would take nodes away from running
// pods.
func (c *Cluster) registerChildren(ctx *pulumi.Context, name string, args *ClusterArgs) error {
	group, err := c.resourceGroup(ctx, name, args)
	if err != nil {
		return err
	}
	before, err := c.registerOperator(ctx, name, args)
	if err != nil {
		return err
	}

	managed, err := containerservice.NewManagedCluster(ctx, name+"-aks", managedCluster(name, group, args), c.managedOptions(args, before)...)
	if err != nil {
		return fmt.Errorf("registering the managed cluster of %q: %w", name, err)
	}
	c.Managed = managed
	c.ClusterId = managed.ID().ToStringOutput()
	c.ClusterName = managed.Name
	c.ResourceGroupName = group
	c.Location = managed.Location

	for i := range args.NodePools {
		pool := &args.NodePools[i]
		options := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.DeletedWith(managed)}
		if pool.autoScales() {
			options = append(options, pulumi.IgnoreChanges([]string{"count"}))
		}
		_, err := containerservice.NewAgentPool(ctx, name+"-pool-"+pool.Name, agentPool(group, managed.Name, pool, args), options...)
		if err != nil {
			return fmt.Errorf("registering node pool %q of %q: %w", pool.Name, name, err)
		}
	}
	for i := range args.MaintenanceWindows {
		window := &args.MaintenanceWindows[i]
		_, err := containerservice.NewMaintenanceConfiguration(ctx, name+"-maintenance-"+window.Name,
			maintenanceConfiguration(group, managed.Name, window), pulumi.Parent(c), pulumi.DeletedWith(managed))
		if err != nil {
			return fmt.Errorf("registering maintenance window %q of %q: %w", window.Name, name, err)
		}
	}

	c.read(ctx, name, reportOf(managed))
	// What was asked for, not what Azure reports: it is known in every preview.
	c.WorkloadIdentityAddon = pulumi.Bool(args.WorkloadIdentityAddon).ToBoolOutput()
	if err := c.registerRegistries(ctx, name, args); err != nil {
		return err
	}
	c.Kubeconfig = c.kubeconfig(ctx, name, credentialsMode(args.Credentials, args.Kubelogin), args.Kubelogin)
	return c.registerProvider(ctx, name)
}

// managedOptions are those of the managed cluster.
//
// A DNS prefix that the component made is not looked at again: it comes from the
// component's name, another prefix replaces the cluster, and so a rename with an
// alias would be anything but harmless.
func (c *Cluster) managedOptions(args *ClusterArgs, before []pulumi.Resource) []pulumi.ResourceOption {
	var ignored []string
	if args.DnsPrefix == nil {
		ignored = append(ignored, "dnsPrefix")
	}
	if args.SystemPool != nil && args.SystemPool.autoScales() {
		ignored = append(ignored, "agentPoolProfiles[0].count")
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.DependsOn(before), pulumi.IgnoreChanges(ignored)}
	if args.ResourceName != nil {
		// Else azure-native would delete a cluster with a given name before it creates
		// the next, and the engine (3.245.0, Registry.Diff) has by then closed the
		// Kubernetes provider that must delete what is in it: the update stops half way,
		// at every try. So Azure refuses the second cluster of that name instead, and
		// nothing is lost; another name makes room.
		opts = append(opts, pulumi.DeleteBeforeReplace(false))
	}
	return opts
}

// resourceGroup is the name of the given resource group, or of a new one.
func (c *Cluster) resourceGroup(ctx *pulumi.Context, name string, args *ClusterArgs) (pulumi.StringOutput, error) {
	if args.ResourceGroupName != nil {
		given := args.ResourceGroupName.ToStringPtrOutput().ApplyT(func(s *string) (string, error) {
			if s == nil || *s == "" {
				return "", problem.New(fmt.Sprintf("resourceGroupName of cluster %q is empty", name), "name an existing resource group, or leave it out to create one")
			}
			return *s, nil
		})
		return given.(pulumi.StringOutput), nil
	}
	group, err := resources.NewResourceGroup(ctx, name+"-rg", &resources.ResourceGroupArgs{
		Location: args.Location,
		Tags:     args.Tags,
	}, pulumi.Parent(c))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the resource group of cluster %q: %w", name, err)
	}
	return group.Name, nil
}

// registerProvider registers the Kubernetes provider of the cluster.
//
// ClusterIdentifier is what decides about its replacement: without it the
// provider would be replaced, and all objects with it, whenever a preview does
// not know the kubeconfig, that is at every change to the managed cluster. A
// cluster of this program is replaced by a step that the engine knows, which
// replaces the provider as well.
//
// A cluster that was looked up can be replaced without this program's knowledge,
// and then has the resource id of the one before. Its issuer is another one,
// always. The objects in the cluster before have gone with it: DeleteUnreachable
// lets Pulumi forget them, instead of failing for ever because it cannot delete
// them (provider/pkg/provider/provider.go of the Kubernetes provider, v4.30.0,
// Delete and Read). So a refresh or a destroy at a time when the cluster cannot be
// reached forgets them too, with a warning; the next "up" takes them over again.
//
// The provider waits for the system pool (created with the cluster), not for the
// other pools: the API server serves without them, and pods wait for their nodes
// by themselves.
func (c *Cluster) registerProvider(ctx *pulumi.Context, name string) error {
	args := &kubernetes.ProviderArgs{
		Kubeconfig:            c.Kubeconfig,
		ClusterIdentifier:     c.ClusterId,
		EnableServerSideApply: pulumi.Bool(true),
	}
	if c.Managed == nil {
		args.ClusterIdentifier = c.IssuerUrl
		args.DeleteUnreachable = pulumi.Bool(true)
	}
	provider, err := kubernetes.NewProvider(ctx, name+"-kubernetes", args, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("registering the Kubernetes provider of %q: %w", name, err)
	}
	c.Provider = provider
	return nil
}

// registerOutputs registers every output of the component once.
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

package cluster

import (
	"fmt"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// registration registers the children of a component.
type registration struct {
	ctx *pulumi.Context
	// name is the component's, with which the names of its children begin.
	name      string
	component pulumi.Resource
}

// address names a managed cluster in Azure.
type address struct{ resourceGroup, cluster pulumi.StringInput }

// registerResourceGroup returns the name of the given resource group, or of a new one.
func (r *registration) registerResourceGroup(args *ClusterArgs) (pulumi.StringOutput, error) {
	if args.ResourceGroupName != nil {
		return args.ResourceGroupName.ToStringPtrOutput().ApplyT(func(group *string) (string, error) {
			if deref(group) == "" {
				return "", problem.New(fmt.Sprintf("resourceGroupName of cluster %q is empty", r.name), "name an existing resource group, or leave it out to create one")
			}
			return *group, nil
		}).(pulumi.StringOutput), nil
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(r.component)}
	if args.Protect {
		opts = append(opts, pulumi.Protect(true)) // its deletion deletes the cluster
	}
	group, err := resources.NewResourceGroup(r.ctx, r.name+"-rg", &resources.ResourceGroupArgs{
		Location: args.Location,
		Tags:     args.Tags,
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the resource group of cluster %q: %w", r.name, err)
	}
	return group.Name, nil
}

// registerManagedCluster registers the managed cluster, which waits for the given resources.
func (r *registration) registerManagedCluster(args *ClusterArgs, group pulumi.StringOutput, waitFor []pulumi.Resource) (*containerservice.ManagedCluster, error) {
	opts := []pulumi.ResourceOption{pulumi.Parent(r.component), pulumi.DependsOn(waitFor), pulumi.IgnoreChanges(args.ignored())}
	if args.Protect {
		opts = append(opts, pulumi.Protect(true))
	}
	if args.ClusterName != nil {
		// By default azure-native deletes a cluster with a given name before it creates its
		// successor. The engine (3.245.0, Registry.Diff) has by then closed the Kubernetes provider
		// that must delete the objects in the cluster, so that every such update stops half way.
		// With this option Azure refuses a second cluster of the same name, nothing is lost, and
		// another name works.
		opts = append(opts, pulumi.DeleteBeforeReplace(false))
	}
	managed, err := containerservice.NewManagedCluster(r.ctx, r.name+"-aks", args.managedCluster(r.name, group), opts...)
	if err != nil {
		return nil, fmt.Errorf("registering the managed cluster of %q: %w", r.name, err)
	}
	return managed, nil
}

// registerPools registers the further pools, each after the one before it.
//
// AKS refuses an operation on a pool while the cluster is being changed (409 OperationNotAllowed),
// which the pool's reference to the cluster prevents. Operations on several pools at once fail now
// and then where the pools share a subnet, as they do by default (Azure/AKS#2720;
// terraform-provider-azurerm takes them one after another, hashicorp/terraform-provider-azurerm
// #26933). An upgrade also needs quota for the surge nodes of one pool only.
func (r *registration) registerPools(args *ClusterArgs, at address, managed *containerservice.ManagedCluster) ([]*containerservice.AgentPool, error) {
	list := make([]*containerservice.AgentPool, len(args.NodePools))
	for i := range args.NodePools {
		pool := &args.NodePools[i]
		opts := []pulumi.ResourceOption{
			pulumi.Parent(r.component), pulumi.DeletedWith(managed), pulumi.IgnoreChanges(slices.Concat(pool.ignored(), poolUnset)),
		}
		if i > 0 {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{list[i-1]}))
		}
		var err error
		list[i], err = containerservice.NewAgentPool(r.ctx, r.name+"-pool-"+pool.Name, args.agentPool(at, pool), opts...)
		if err != nil {
			return nil, fmt.Errorf("registering node pool %q of %q: %w", pool.Name, r.name, err)
		}
	}
	return list, nil
}

// registerWindows registers the maintenance windows.
func (r *registration) registerWindows(windows []MaintenanceWindowArgs, at address, managed *containerservice.ManagedCluster) ([]*containerservice.MaintenanceConfiguration, error) {
	list := make([]*containerservice.MaintenanceConfiguration, len(windows))
	for i := range windows {
		window := &windows[i]
		var err error
		list[i], err = containerservice.NewMaintenanceConfiguration(r.ctx, r.name+"-maintenance-"+string(window.Name),
			window.configuration(at), pulumi.Parent(r.component), pulumi.DeletedWith(managed))
		if err != nil {
			return nil, fmt.Errorf("registering maintenance window %q of %q: %w", window.Name, r.name, err)
		}
	}
	return list, nil
}

// registerProvider registers the Kubernetes provider of the cluster.
//
// Its argument ClusterIdentifier decides when it is replaced. Without it the provider, and all
// objects in the cluster with it, would be replaced whenever a preview does not know the
// kubeconfig, which is at every change to the managed cluster. When this program replaces the
// cluster, the engine replaces the provider too.
func (r *registration) registerProvider(args *kubernetes.ProviderArgs) (*kubernetes.Provider, error) {
	args.EnableServerSideApply = pulumi.Bool(true)
	provider, err := kubernetes.NewProvider(r.ctx, r.name+"-kubernetes", args, pulumi.Parent(r.component))
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider of %q: %w", r.name, err)
	}
	return provider, nil
}

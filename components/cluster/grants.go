package cluster

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/internal/roleassignment"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Roles that the component assigns.
const (
	rolePull     = "AcrPull"
	roleOperator = "Managed Identity Operator"
)

// registerRegistries lets the nodes pull from the registries. Assignments do not
// wait for pods, nor pods for them: Kubernetes pulls again until it may.
func (c *Cluster) registerRegistries(ctx *pulumi.Context, name string, args *ClusterArgs) error {
	for i := range args.ContainerRegistries {
		r := &args.ContainerRegistries[i]
		path := problem.Path("containerRegistries").Index(i) + ".id"
		if _, err := c.assign(ctx, name, "-acr-"+r.Key, path, rolePull, r.Id, azure.TypeContainerRegistry, c.KubeletObjectId); err != nil {
			return err
		}
	}
	return nil
}

// registerOperator makes the assignment that must be there before the cluster is
// created: the control plane puts the kubelet identity onto the nodes. It returns
// what the cluster has to wait for.
// Source: learn.microsoft.com, "Use a managed identity in Azure Kubernetes Service
// (AKS)", bring your own kubelet managed identity.
func (c *Cluster) registerOperator(ctx *pulumi.Context, name string, args *ClusterArgs) ([]pulumi.Resource, error) {
	k := args.KubeletIdentity
	if k == nil || k.ControlPlanePrincipalId == nil {
		return nil, nil
	}
	r, err := c.assign(ctx, name, "-kubelet-operator", "kubeletIdentity.identityId", roleOperator, k.IdentityId,
		azure.TypeUserAssignedIdentity, required(k.ControlPlanePrincipalId).ToStringOutput())
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{r}, nil
}

// assign registers a role assignment on a resource of that type.
func (c *Cluster) assign(ctx *pulumi.Context, name, suffix string, path problem.Path, roleName string, on pulumi.StringInput, resourceType string, principal pulumi.StringOutput) (pulumi.Resource, error) {
	role, err := azure.LookupRole(roleName)
	if err != nil {
		return nil, err
	}
	scope := on.ToStringOutput().ApplyT(func(id string) (string, error) {
		if err := azure.ValidateResourceID(id, resourceType); err != nil {
			return "", fmt.Errorf("%s of cluster %q: %w", path, name, err)
		}
		return id, nil
	}).(pulumi.StringOutput)
	r, err := roleassignment.New(ctx, name+suffix, &roleassignment.Args{
		Scope: scope, PrincipalId: principal, RoleGuid: pulumi.String(role.GUID),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the role %s of cluster %q: %w", roleName, name, err)
	}
	return r, nil
}

package cluster

import (
	"fmt"
	"strings"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/internal/roleassignment"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// ContainerRegistryArgs names a registry from which nodes pull images.
type ContainerRegistryArgs struct {
	// Key names the registry in URNs: 1 to 63 letters, digits, hyphens and underscores, each key
	// once. Required.
	Key string `pulumi:"key"`
	// Id is the registry's resource id. The deployer must be allowed to assign roles on it.
	// Required.
	Id pulumi.StringInput `pulumi:"id"`
}

// Roles that the component assigns.
const (
	rolePull     = "AcrPull"
	roleOperator = "Managed Identity Operator"
)

// grant is a role on an existing resource.
type grant struct {
	// suffix ends the name of the child.
	suffix string
	// role is the name of a built-in role.
	role string
	// principal is the object id of the service principal that gets the role.
	principal pulumi.StringOutput
	// scope is the resource id that the role holds on, which must have that type. It is the value
	// of the argument at path.
	scope     pulumi.StringInput
	scopeType string
	path      problem.Path
}

// grant registers a role assignment.
func (r *registration) grant(g *grant) (*authorization.RoleAssignment, error) {
	role, err := azure.LookupRole(g.role)
	if err != nil {
		return nil, err
	}
	scope := g.scope.ToStringOutput().ApplyT(func(id string) (string, error) {
		if err := azure.ValidateResourceID(id, g.scopeType); err != nil {
			return "", fmt.Errorf("%s of cluster %q: %w", g.path, r.name, err)
		}
		return id, nil
	}).(pulumi.StringOutput)
	assignment, err := roleassignment.New(r.ctx, r.name+g.suffix, &roleassignment.Args{
		Scope: scope, PrincipalId: g.principal, RoleGuid: pulumi.String(role.GUID),
	}, pulumi.Parent(r.component))
	if err != nil {
		return nil, fmt.Errorf("registering the role %s of cluster %q: %w", g.role, r.name, err)
	}
	return assignment, nil
}

// registerRegistries lets the nodes pull images from the registries. Nothing waits for these
// assignments: Kubernetes tries again until it can pull.
func (r *registration) registerRegistries(registries []ContainerRegistryArgs, nodes pulumi.StringOutput) ([]*authorization.RoleAssignment, error) {
	list := make([]*authorization.RoleAssignment, len(registries))
	for i := range registries {
		var err error
		list[i], err = r.grant(&grant{
			suffix: "-acr-" + registries[i].Key, role: rolePull, principal: nodes,
			scope: registries[i].Id, scopeType: azure.TypeContainerRegistry, path: problem.Path("containerRegistries").Index(i) + ".id",
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// registerOperator registers the assignments that the cluster must wait for: with one, the control
// plane gives the kubelet identity to the nodes. Source: learn.microsoft.com, "Use a managed
// identity in Azure Kubernetes Service (AKS)", bring your own kubelet managed identity.
func (r *registration) registerOperator(k *KubeletIdentityArgs) ([]pulumi.Resource, error) {
	if k == nil || k.ControlPlanePrincipalId == nil {
		return nil, nil
	}
	assignment, err := r.grant(&grant{
		suffix: "-kubelet-operator", role: roleOperator, principal: inputs.String(k.ControlPlanePrincipalId).ToStringOutput(),
		scope: k.IdentityId, scopeType: azure.TypeUserAssignedIdentity, path: "kubeletIdentity.identityId",
	})
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{assignment}, nil
}

// checkRegistries checks keys and ids, each of which may occur once.
func (args *ClusterArgs) checkRegistries(l *problem.List) {
	keys, ids := map[string]problem.Path{}, map[string]problem.Path{}
	for i := range args.ContainerRegistries {
		r, path := &args.ContainerRegistries[i], problem.Path("containerRegistries").Index(i)
		l.AddError(path+".key", azure.ValidateKey(r.Key))
		if other, taken := keys[r.Key]; taken {
			l.Add(path+".key", fmt.Sprintf("%s has the key %q already", other, r.Key), "give each registry a different one")
		}
		keys[r.Key] = path
		checkID(l, path+".id", r.Id, azure.TypeContainerRegistry)
		id, ok := known.String(r.Id)
		if !ok {
			continue
		}
		id = strings.ToLower(id) // Azure ignores case.
		if other, taken := ids[id]; taken {
			l.Add(path+".id", fmt.Sprintf("%s is the same registry", other), "Azure refuses a second assignment of one role")
		}
		ids[id] = path
	}
}

package workload

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// ResourceKind is a kind of resource that a grant can name instead of its id.
type ResourceKind string

// The kinds of resources.
const (
	StorageAccountResource ResourceKind = "storageAccount"
	VaultResource          ResourceKind = "vault"
	RegistryResource       ResourceKind = "registry"
	SqlServerResource      ResourceKind = "sqlServer"
	WorkspaceResource      ResourceKind = "workspace"
	ResourceGroupResource  ResourceKind = "resourceGroup"
	ManagedClusterResource ResourceKind = "managedCluster"
)

var resourceKinds = arguments.Enum(StorageAccountResource, VaultResource, RegistryResource, SqlServerResource, WorkspaceResource,
	ResourceGroupResource, ManagedClusterResource)

// bindings has the lookup of each kind.
var bindings = map[ResourceKind]azurebinding.Kind{
	StorageAccountResource: azurebinding.StorageAccount,
	VaultResource:          azurebinding.Vault,
	RegistryResource:       azurebinding.Registry,
	SqlServerResource:      azurebinding.SqlServer,
	WorkspaceResource:      azurebinding.Workspace,
	ResourceGroupResource:  azurebinding.ResourceGroup,
	ManagedClusterResource: azurebinding.ManagedCluster,
}

// ResourceArgs names a resource that exists, in the provider's subscription. Looking it up needs
// the right to read it.
type ResourceArgs struct {
	// Kind of the resource. Required.
	Kind ResourceKind `pulumi:"kind"`
	// Name of the resource. Required.
	Name pulumi.StringInput `pulumi:"name"`
	// ResourceGroupName is the resource's group. Required, except for a resource group, which has
	// none.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName,optional"`
}

// binding returns the lookup of the resource's kind.
func (a *ResourceArgs) binding() (azurebinding.Kind, error) {
	if kind, ok := bindings[a.Kind]; ok {
		return kind, nil
	}
	all := strings.Join(texts(resourceKinds), ", ")
	if a.Kind == "" {
		return azurebinding.Kind{}, problem.New("a kind is required", "one of "+all)
	}
	return azurebinding.Kind{}, problem.New(fmt.Sprintf("%q is not one of %s", a.Kind, all), "grant on another resource by its id, as scope")
}

// check records what is wrong with a named resource. It returns a description of the resource if
// its names are known, by which checkGrants finds equal grants.
func (a *ResourceArgs) check(l *problem.List, path problem.Path, role grantRole) (place string) {
	kind, err := a.binding()
	if err != nil {
		l.AddError(path+".kind", err)
		return ""
	}
	if kind.InGroup {
		l.AddError(path+".kind", role.checkScope(azure.Scope{Kind: azure.ScopeResource, Type: kind.Type}))
	}
	group, groupKnown := "", true
	switch {
	case kind.InGroup:
		group, groupKnown = requireGroup(l, path+".resourceGroupName", a.ResourceGroupName)
	case a.ResourceGroupName != nil:
		l.Add(path+".resourceGroupName", "a resource group lies in no other", "leave it out")
	}
	name, nameKnown := requireName(l, path+".name", kind, a.Name)
	if !groupKnown || !nameKnown {
		return ""
	}
	return fmt.Sprintf("%s %s/%s", kind.Noun, group, name)
}

// checkScope records what is wrong with Scope or Resource. It returns the id of the scope or, for a
// Resource, what its check returns; empty if that is not known.
func (g *GrantArgs) checkScope(l *problem.List, path problem.Path, role grantRole) (place string) {
	switch {
	case g.Scope == nil && g.Resource == nil:
		l.Add(path+".scope", "a scope is required", "the id of the resource that the role holds on, or an existing resource by name, as resource")
		return ""
	case g.Scope != nil && g.Resource != nil:
		l.Add(path+".resource", "a grant has one scope", "leave out scope or resource")
		return ""
	case g.Resource != nil:
		return g.Resource.check(l, path+".resource", role)
	}
	scope, ok := known.String(g.Scope)
	if !ok {
		return ""
	}
	if err := azure.ValidateScope(scope); err != nil {
		l.AddError(path+".scope", err)
		return ""
	}
	l.AddError(path+".scope", role.checkScope(azure.ParseScope(scope)))
	return scope
}

// grantScope returns the scope of a grant, given or looked up. The output fails, once it is known,
// if it is not a resource id, if the role has no effect on it, or if another grant has the same
// role and scope; a very wide scope gives a warning. The scopes are recorded as they become known,
// so that no grant waits for another, as it would if outputs were compared.
func (r *registration) grantScope(i int, role grantRole, scopes *repeats) pulumi.StringOutput {
	g, path := &r.args.Grants[i], problem.Path("grants").Index(i).Field("scope")
	scope := g.Scope
	if g.Resource != nil {
		path = problem.Path("grants").Index(i).Field("resource")
		scope = r.lookupScope(path, g.Resource, role)
	}
	return scope.ToStringOutput().ApplyT(func(id string) (string, error) {
		if err := azure.ValidateScope(id); err != nil {
			return "", r.about(path, err)
		}
		parsed := azure.ParseScope(id)
		if err := role.checkScope(parsed); err != nil {
			return "", r.about(path, err)
		}
		if j, repeated := scopes.earlier(strings.ToLower(id)+"\x00"+role.slug(), i); repeated {
			return "", r.about(path, problem.New(
				fmt.Sprintf("grants[%d] and grants[%d] both give role %q on %s, under two scope keys", min(i, j), max(i, j), role.label(), id),
				"Azure allows it once, so leave one out"))
		}
		if parsed.Kind.Broad() {
			r.warn("grants[%d] gives role %q on a whole %s (%s): on everything in it, other teams' and what is added later; grant it on a resource or a resource group if that will do", i, role.label(), parsed.Kind, id)
		}
		return id, nil
	}).(pulumi.StringOutput)
}

// lookupScope returns the id of a named resource.
func (r *registration) lookupScope(path problem.Path, a *ResourceArgs, role grantRole) pulumi.StringOutput {
	// Validate has refused kinds that do not exist.
	found := azurebinding.Lookup(r.ctx, r.component, r.place(path), bindings[a.Kind], a.Name, a.ResourceGroupName)
	return found.ApplyT(func(f azurebinding.Found) (string, error) {
		if a.Kind == VaultResource && role.role.VaultData() && !f.Properties.UsesRoles() {
			return "", r.about(path, problem.New(
				fmt.Sprintf("vault %q uses access policies, and Azure would ignore role %q there", f.Name, role.label()),
				"use vaultPolicies, or turn the vault to roles (enableRbacAuthorization)"))
		}
		return f.Id, nil
	}).(pulumi.StringOutput)
}

package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
)

// Kinds of ResourceArgs.
const (
	StorageAccountResource = "storageAccount"
	VaultResource          = "vault"
	RegistryResource       = "registry"
	SqlServerResource      = "sqlServer"
	WorkspaceResource      = "workspace"
	ResourceGroupResource  = "resourceGroup"
	ManagedClusterResource = "managedCluster"
)

// ResourceKinds lists the kinds of ResourceArgs: what a grant can name instead of
// its id.
func ResourceKinds() []string { return azurebinding.Kinds() }

// lookupScope is the id of a named resource.
func (w *FederatedWorkload) lookupScope(ctx *pulumi.Context, path string, r *ResourceArgs, role grantRole) pulumi.StringOutput {
	kind, err := azurebinding.KindOf(r.Kind)
	if err != nil {
		return pulumi.String("").ToStringOutput().ApplyT(func(string) (string, error) { return "", err }).(pulumi.StringOutput)
	}
	found := azurebinding.Lookup(ctx, w, path, kind, r.Name, r.ResourceGroupName)
	return found.ApplyT(func(f azurebinding.Found) (string, error) {
		if kind == azurebinding.Vault && role.role.VaultData() && !f.Properties.UsesRoles() {
			return "", problem.New(path, fmt.Sprintf("vault %q uses access policies, and Azure would ignore role %q there: use vaultPolicies, or turn the vault to roles (enableRbacAuthorization)", f.Name, role.label()))
		}
		return f.Id, nil
	}).(pulumi.StringOutput)
}

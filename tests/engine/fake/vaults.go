package fake

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// vaultKinds has the access policy of a vault, which azure-native implements itself: one for each
// principal. In azure-native all policies of a vault have the vault's id; here each has a different
// one, which makes no difference to the engine. A change of the principal is an update, which the
// provider refuses. Source: provider/pkg/resources/customresources/custom_keyvault_accesspolicy.go.
var vaultKinds = []kind{{
	token:     "azure-native:keyvault:AccessPolicy",
	required:  []string{"resourceGroupName", "vaultName", "policy.objectId", "policy.tenantId", "policy.permissions"},
	replace:   []string{"resourceGroupName", "vaultName"},
	id:        idOf(group, "$resourceGroupName", vaults, "$vaultName", "accessPolicies", "$policy.objectId"),
	container: idOf(group, "$resourceGroupName", vaults, "$vaultName"),
	rules: func(_ *World, _ map[string]*thing, old *thing, _ string, in resource.PropertyMap) error {
		if principal := text(in, "policy.objectId"); old != nil && text(old.inputs, "policy.objectId") != principal {
			return fmt.Errorf("access policy for %s does not exist", principal)
		}
		return nil
	},
}}

// AddVault creates a vault that uses access policies, without the engine.
func (w *World) AddVault(resourceGroup, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := groupID(resourceGroup) + "/" + vaults + "/" + name
	w.azure[strings.ToLower(id)] = &thing{kind: kinds["azure-native:keyvault:Vault"], id: id, state: resource.PropertyMap{
		"name": resource.NewProperty(name), "properties": object(texts("tenantId", TenantID)),
	}}
}

package fake

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// vaultKinds are what azure-native made itself: a vault's access policies, one for each principal. In azure-native they all
// have the vault's id; here each has its own, which the engine cannot tell. Another principal is an update, and refused.
// Source: provider/pkg/resources/customresources/custom_keyvault_accesspolicy.go.
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

// AddVault makes a vault that authorises by access policies, behind the engine's back.
func (w *World) AddVault(resourceGroup, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := groupID(resourceGroup) + "/" + vaults + "/" + name
	w.azure[strings.ToLower(id)] = &thing{kind: kinds["azure-native:keyvault:Vault"], id: id, state: resource.PropertyMap{
		"name": resource.NewProperty(name), "properties": object(texts("tenantId", TenantID)),
	}}
}

package keyvaults

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"

const (
	specification = "Azure/azure-rest-api-specs, specification/keyvault, keyvault.json"
	softDelete    = "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview"
	accessPolicy  = "https://learn.microsoft.com/azure/key-vault/general/assign-access-policy"
)

var (
	ruleVaultName = rules.New(rules.Documented, "vault.name",
		"A vault's name has 3 to 24 letters, digits and single hyphens, a letter first",
		"https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftkeyvault")
	ruleDeletedName = rules.New(rules.Reported, "vault.deleted-name",
		"The name of a deleted vault is taken until the vault is purged or recovered", "alan-turing-institute/data-safe-haven#2523")
	ruleTenantGiven = rules.New(rules.Documented, "vault.tenant-given",
		"A vault has a tenant; the text is inferred", specification)
	ruleTenant = rules.New(rules.Inferred, "vault.tenant",
		"A vault's tenant is that of its subscription", specification)
	ruleSKUGiven = rules.New(rules.Documented, "vault.sku-given",
		"A vault has a SKU; the text is inferred", specification)
	ruleSKU = rules.New(rules.Documented, "vault.sku",
		"A vault's SKU is standard or premium of family A", specification)
	rulePublicAccess = rules.New(rules.Inferred, "vault.public-access",
		"publicNetworkAccess is Enabled or Disabled; the specification has any text", specification)
	ruleSoftDelete = rules.New(rules.Documented, "vault.soft-delete",
		"Soft delete cannot be switched off", softDelete)
	rulePurgeProtection = rules.New(rules.Documented, "vault.purge-protection",
		"Purge protection is never given as false", softDelete)
	ruleRetention = rules.New(rules.Documented, "vault.retention",
		"A vault keeps what is deleted for 7 to 90 days; the text is inferred", softDelete)
	ruleRetentionFixed = rules.New(rules.Reported, "vault.retention-fixed",
		"The retention of a vault does not change",
		"hashicorp/terraform-provider-azurerm, internal/services/keyvault/key_vault_resource.go")
	rulePolicyCount = rules.New(rules.Documented, "vault.policy-count",
		"A vault has at most 1024 access policies; the text is inferred", accessPolicy)
	rulePolicyTenant = rules.New(rules.Inferred, "vault.policy-tenant",
		"An access policy names the vault's tenant", specification)
	rulePolicyObject = rules.New(rules.Inferred, "vault.policy-object",
		"An access policy names an object by a GUID", specification)
	rulePermission = rules.New(rules.Documented, "vault.permission",
		"An access policy has permissions that exist for the kind of object",
		"https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update#permissions")
	rulePoliciesGiven = rules.New(rules.Inferred, "vault.policies-given",
		"A vault without Azure RBAC has a list of access policies", specification)
)

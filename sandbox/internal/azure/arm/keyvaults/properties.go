package keyvaults

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// Limits of vaults (https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview and
// https://learn.microsoft.com/azure/key-vault/general/assign-access-policy).
const (
	minRetention     = 7
	maxRetention     = 90
	defaultRetention = 90
	maxPolicies      = 1024
)

// checkProperties refuses properties that are invalid for new and existing vaults.
func (p *Provider) checkProperties(v *Properties) error {
	tenant := p.core.Authority.TenantID
	switch {
	case v.TenantID == "" && ruleTenantGiven.On():
		return arm.BadRequestf("The parameter tenantId is not specified.").At("properties.tenantId")
	case v.TenantID != "" && !strings.EqualFold(v.TenantID, tenant) && ruleTenant.On():
		return arm.Errorf(http.StatusBadRequest, "VaultTenantNotValid", "The tenant '%s' of the vault is not the tenant '%s' of the subscription.", v.TenantID, tenant).At("properties.tenantId")
	}
	if v.SKU == nil && !ruleSKUGiven.On() {
		v.SKU = &vault.SKU{Family: "A", Name: "standard"}
	}
	if v.SKU == nil {
		return arm.BadRequestf("The parameter sku is not specified.").At("properties.sku")
	}
	if ruleSKU.On() && (!strings.EqualFold(v.SKU.Family, "A") || !arm.OneOf(v.SKU.Name, "standard", "premium")) {
		return arm.BadRequestf("The sku with family '%s' and name '%s' is invalid. The family is 'A', the name 'standard' or 'premium'.", v.SKU.Family, v.SKU.Name).At("properties.sku")
	}
	if !arm.OneOf(v.CreateMode, "", "default", "recover") {
		return arm.BadRequestf("The createMode '%s' is invalid. It must be 'default' or 'recover'.", v.CreateMode).At("properties.createMode")
	}
	if rulePublicAccess.On() && !arm.OneOf(v.PublicNetworkAccess, "", "Enabled", "Disabled") {
		return arm.BadRequestf("The publicNetworkAccess '%s' is invalid. It must be 'Enabled' or 'Disabled'.", v.PublicNetworkAccess).At("properties.publicNetworkAccess")
	}
	if ruleSoftDelete.On() && v.EnableSoftDelete != nil && !*v.EnableSoftDelete {
		return arm.BadRequestf(`The property "enableSoftDelete" can be set to false only for creating new vault. Enabling the 'soft delete' functionality is an irreversible action.`).At("properties.enableSoftDelete")
	}
	if rulePurgeProtection.On() && v.EnablePurgeProtection != nil && !*v.EnablePurgeProtection {
		return arm.BadRequestf(`The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.`).At("properties.enablePurgeProtection")
	}
	if d := v.SoftDeleteRetentionInDays; ruleRetention.On() && d != nil && (*d < minRetention || *d > maxRetention) {
		return arm.BadRequestf(`The property "softDeleteRetentionInDays" has the value %d; it must be between %d and %d.`, *d, minRetention, maxRetention).At("properties.softDeleteRetentionInDays")
	}
	if n := v.NetworkACLs; n != nil && !arm.OneOf(n.DefaultAction, "", "Allow", "Deny") {
		return arm.BadRequestf("The defaultAction '%s' of networkAcls is invalid. It must be 'Allow' or 'Deny'.", n.DefaultAction).At("properties.networkAcls.defaultAction")
	}
	if n := v.NetworkACLs; n != nil && !arm.OneOf(n.Bypass, "", "AzureServices", "None") {
		return arm.BadRequestf("The bypass '%s' of networkAcls is invalid. It must be 'AzureServices' or 'None'.", n.Bypass).At("properties.networkAcls.bypass")
	}
	if v.AccessPolicies == nil {
		return nil
	}
	return checkPolicies(*v.AccessPolicies, tenant)
}

func checkPolicies(policies []vault.AccessPolicy, tenant string) error {
	if rulePolicyCount.On() && len(policies) > maxPolicies {
		return arm.BadRequestf("The vault has %d access policies; the limit is %d.", len(policies), maxPolicies).At("properties.accessPolicies")
	}
	for _, entry := range policies {
		if rulePolicyTenant.On() && !strings.EqualFold(entry.TenantID, tenant) {
			return arm.BadRequestf("An access policy names the tenant '%s'; it must be the vault's tenant '%s'.", entry.TenantID, tenant).At("properties.accessPolicies")
		}
		if _, err := uuid.Parse(entry.ObjectID); err != nil && rulePolicyObject.On() {
			return arm.BadRequestf("An access policy names the object ID '%s', which is not a GUID.", entry.ObjectID).At("properties.accessPolicies")
		}
		if err := checkApplication(entry.ApplicationID); err != nil {
			return err
		}
		if err := checkPermissions(entry.Permissions); err != nil {
			return err
		}
	}
	return nil
}

// checkPermissions refuses permissions that do not exist for the kind of object
// (https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update#permissions).
func checkPermissions(p vault.Permissions) error {
	for _, kind := range []struct {
		name    string
		given   []string
		allowed []string
	}{
		{"keys", p.Keys, []string{
			"all", "encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify", "get", "list", "create", "update",
			"import", "delete", "backup", "restore", "recover", "purge", "release", "rotate", "getrotationpolicy", "setrotationpolicy",
		}},
		{"secrets", p.Secrets, []string{"all", "get", "list", "set", "delete", "backup", "restore", "recover", "purge"}},
		{"certificates", p.Certificates, []string{
			"all", "get", "list", "delete", "create", "import", "update", "managecontacts", "getissuers", "listissuers",
			"setissuers", "deleteissuers", "manageissuers", "recover", "purge", "backup", "restore",
		}},
		{"storage", p.Storage, []string{
			"all", "get", "list", "delete", "set", "update", "regeneratekey", "recover", "purge", "backup", "restore",
			"setsas", "listsas", "getsas", "deletesas",
		}},
	} {
		for _, one := range kind.given {
			if rulePermission.On() && !arm.OneOf(one, kind.allowed...) {
				return arm.BadRequestf("Invalid value found at accessPolicies.permissions.%s: %s", kind.name, one).At("properties.accessPolicies")
			}
		}
	}
	return nil
}

// create returns the body of a new vault with Azure's defaults.
func create(v *Properties, version string) (vault.Vault, error) {
	made := vault.Vault{
		// A default that differs between api-versions is shown.
		Given:         map[string]bool{givenRBAC: version >= rbacByDefault},
		RetentionDays: ptr.Deref(v.SoftDeleteRetentionInDays, defaultRetention), PublicAccess: "Enabled",
		RBAC: ptr.Deref(v.EnableRBACAuthorization, version >= rbacByDefault),
	}
	if rulePoliciesGiven.On() && !made.RBAC && v.AccessPolicies == nil {
		return made, arm.BadRequestf("The parameter accessPolicies is not specified.").At("properties.accessPolicies")
	}
	return made, change(&made, v)
}

// change applies the properties of a request to a vault.
func change(have *vault.Vault, v *Properties) error {
	if d := v.SoftDeleteRetentionInDays; ruleRetentionFixed.On() && d != nil && *d != have.RetentionDays {
		return arm.BadRequestf(`The property "softDeleteRetentionInDays" has been set already and it can't be modified.`).At("properties.softDeleteRetentionInDays")
	}
	have.SKU = vault.SKU{Family: "A", Name: strings.ToLower(v.SKU.Name)}
	have.PurgeProtection = have.PurgeProtection || v.EnablePurgeProtection != nil
	have.RBAC = ptr.Deref(v.EnableRBACAuthorization, have.RBAC)
	noteGiven(have, v)
	have.Deployment = ptr.Deref(v.EnabledForDeployment, have.Deployment)
	have.DiskEncryption = ptr.Deref(v.EnabledForDiskEncryption, have.DiskEncryption)
	have.Template = ptr.Deref(v.EnabledForTemplateDeployment, have.Template)
	have.Policies = ptr.Deref(v.AccessPolicies, have.Policies)
	have.Network = cmp.Or(v.NetworkACLs, have.Network)
	have.PublicAccess = cmp.Or(v.PublicNetworkAccess, have.PublicAccess)
	return nil
}

// noteGiven notes which optional properties a request has set.
func noteGiven(have *vault.Vault, v *Properties) {
	if have.Given == nil {
		have.Given = map[string]bool{}
	}
	for property, given := range map[string]bool{
		givenDiskEncryption: v.EnabledForDiskEncryption != nil, givenTemplate: v.EnabledForTemplateDeployment != nil,
		givenRBAC: v.EnableRBACAuthorization != nil, givenRetention: v.SoftDeleteRetentionInDays != nil,
	} {
		have.Given[property] = have.Given[property] || given
	}
}

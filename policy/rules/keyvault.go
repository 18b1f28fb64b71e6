package rules

import (
	"fmt"
)

// keyVaults is vaults themselves.
func keyVaults() []Rule {
	return []Rule{
		{
			Name: "keyvault-rbac", IDs: []string{"26"},
			Title:    "Key Vaults are governed by roles, not access policies.",
			Why:      "With access policies every Contributor of the vault can give itself the secrets.",
			Remedy:   "Set properties.enableRbacAuthorization to true, and give roles such as Key Vault Secrets User.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Provide access to Key Vault with Azure RBAC",
			URL:         "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
			Equivalents: []string{"PSRule Azure.KeyVault.RBAC", "Azure Policy 12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"},
			Types:       []string{keyVault},
			Resource: func(r *Resource, _ Params) []Violation {
				v := r.Get("properties", "enableRbacAuthorization")
				// From API version 2026-02-01 on it is the default.
				if v.IsAbsent() && r.Version >= "v20260201" {
					return nil
				}
				if v.NotTrue() {
					return r.faults(v, "access policies govern the vault")
				}
				return nil
			},
		},
		{
			Name: "keyvault-purge-protection", IDs: []string{"27"},
			Title:    "Deleted Key Vaults cannot be purged before their time.",
			Why:      "Whoever may purge can destroy keys and secrets for good.",
			Remedy:   "Set properties.enablePurgeProtection to true; it can never be turned off again.",
			Severity: Medium, Level: Disabled, Reason: "Off until it is chosen: it cannot be undone, and a vault that comes and goes with its environment keeps its name for months.",
			Document:    "Azure Key Vault soft-delete overview",
			URL:         "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
			Equivalents: []string{"PSRule Azure.KeyVault.PurgeProtect", "Checkov CKV_AZURE_110", "Checkov CKV_AZURE_42", "Trivy AZU-0016", "Azure Policy 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53"},
			Types:       []string{keyVault},
			Resource:    wantTrue("the vault can be purged at once", "properties", "enablePurgeProtection"),
		},
		{
			Name: "keyvault-soft-delete", IDs: []string{"28"},
			Title:    "Deleted Key Vaults can be recovered.",
			Why:      "A mistake destroys keys and secrets for good.",
			Remedy:   "Remove enableSoftDelete, or set it to true.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Azure Key Vault soft-delete overview",
			URL:         "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
			Equivalents: []string{"PSRule Azure.KeyVault.SoftDelete", "Checkov CKV_AZURE_111", "Azure Policy 1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d"},
			Params:      []Param{{Name: "minimumDays", Type: NumberParam, Default: 7.0, Description: "The least number of days for which a deleted vault is kept: 7 to 90."}},
			Types:       []string{keyVault},
			Resource: func(r *Resource, p Params) []Violation {
				if v := r.Get("properties", "enableSoftDelete"); v.IsFalse() {
					return r.faults(v, "a deleted vault is gone")
				}
				v := r.Get("properties", "softDeleteRetentionInDays")
				if days, state := v.Int(); state == Known && days < p.Int("minimumDays") {
					return r.faults(v, fmt.Sprintf("a deleted vault is kept for %d days, less than %d", days, p.Int("minimumDays")))
				}
				return nil
			},
		},
		{
			Name: "keyvault-firewall", IDs: []string{"30"},
			Title:    "Key Vaults are closed to the public network.",
			Why:      "A stolen token works from anywhere.",
			Remedy:   "Set properties.publicNetworkAccess to Disabled, or properties.networkAcls.defaultAction to Deny.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "Configure network security for Azure Key Vault",
			URL:         "https://learn.microsoft.com/azure/key-vault/general/network-security",
			Equivalents: []string{"PSRule Azure.KeyVault.Firewall", "Checkov CKV_AZURE_109", "Checkov CKV_AZURE_189", "Trivy AZU-0013"},
			Types:       []string{keyVault},
			Resource: func(r *Resource, _ Params) []Violation {
				access := r.Get("properties", "publicNetworkAccess")
				action := r.Get("properties", "networkAcls", "defaultAction")
				if access.IsUnknown() || action.IsUnknown() || access.IsFold("Disabled") || action.IsFold("Deny") {
					return nil
				}
				return r.faults(action, "the whole Internet can reach the vault")
			},
		},
		{
			Name: "keyvault-logs", IDs: []string{"31"},
			Title:    "Key Vaults send their logs somewhere.",
			Why:      "Nobody can tell afterwards who read a secret.",
			Remedy:   "Add a diagnostic setting of the vault with the audit category.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "Azure Key Vault logging",
			URL:         "https://learn.microsoft.com/azure/key-vault/general/logging",
			Equivalents: []string{"PSRule Azure.KeyVault.Logs"},
			Stack: func(g *Graph, _ Params) []Violation {
				var found []Violation
				logged := g.loggedResources()
				for _, r := range g.ByType(keyVault) {
					if !logged.covers(r) {
						found = append(found, r.flaw("no diagnostic setting takes the vault's logs"))
					}
				}
				return found
			},
		},
	}
}

// keyVaultAccess is who may do what in a vault.
func keyVaultAccess() []Rule {
	return []Rule{{
		Name: "keyvault-least-privilege", IDs: []string{"29"},
		Title:    "Key Vault access policies name what they allow, and never purging.",
		Why:      "Whoever has everything can destroy keys and secrets for good.",
		Remedy:   "Name the permissions that are needed: get and list read secrets.",
		Severity: High, Level: Mandatory, Reason: unsafe,
		Document:    "Assign a Key Vault access policy",
		URL:         "https://learn.microsoft.com/azure/key-vault/general/assign-access-policy",
		Equivalents: []string{"PSRule Azure.KeyVault.AccessPolicy"},
		Params:      []Param{{Name: "forbidden", Type: ListParam, Default: texts("all", "purge"), Description: "Permissions that no access policy may have."}},
		Types:       []string{keyVault, vaultPolicy},
		Resource:    judgeVaultPermissions,
	}}
}

func judgeVaultPermissions(r *Resource, p Params) []Violation {
	policies := []Value{r.Get("policy")}
	if r.Type == keyVault {
		policies, _ = r.Get("properties", "accessPolicies").List()
	}
	forbidden := p.List("forbidden")
	var found []Violation
	for _, policy := range policies {
		for _, kind := range []string{"keys", "secrets", "certificates", "storage"} {
			list, _ := policy.Get("permissions", kind).List()
			for _, v := range list {
				if text, ok := v.KnownText(); ok && matchesAny(text, forbidden) {
					found = append(found, r.fault(v, fmt.Sprintf("the policy has the permission %q on %s", text, kind)))
				}
			}
		}
	}
	return found
}

package data

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// vaultRBAC documents the two ways of access to a vault.
var vaultRBAC = rule.Source{
	Title: "Provide access to Key Vault with Azure RBAC",
	URL:   "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
}

// vaults returns the rules about the settings of vaults.
func vaults() []rule.Rule {
	types := []string{graph.TypeVault}
	softDelete := rule.Source{
		Title: "Azure Key Vault soft-delete overview",
		URL:   "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
	}
	return []rule.Rule{
		{
			Name:        "keyvault-rbac",
			Title:       "Key Vaults grant access by roles, not by access policies.",
			Why:         "With access policies every Contributor of the vault can give itself access to the secrets.",
			Remedy:      "Set properties.enableRbacAuthorization to true, and give roles such as Key Vault Secrets User.",
			FalseAlarms: "Vaults of applications that read access policies.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source:      vaultRBAC,
			Equivalents: []string{"PSRule Azure.KeyVault.RBAC", "Azure Policy 12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"},
			Types:       types,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if usesPolicies(r) {
					return rule.Found(r, r.Get("properties", "enableRbacAuthorization"), "the vault grants access by access policies")
				}
				return nil
			},
		},
		{
			Name:        "keyvault-purge-protection",
			Title:       "Deleted Key Vaults cannot be purged before their retention ends.",
			Why:         "A user who may purge can destroy keys and secrets permanently.",
			Remedy:      "Set properties.enablePurgeProtection to true; it cannot be turned off again.",
			FalseAlarms: "Short-lived environments.",
			Severity:    rule.Medium, Level: rule.Disabled,
			Reason: "It cannot be undone, and a deleted vault of a short-lived environment keeps its name for months.",
			Source: softDelete,
			Equivalents: []string{
				"PSRule Azure.KeyVault.PurgeProtect", "Checkov CKV_AZURE_110", "Checkov CKV_AZURE_42", "Trivy AZU-0016",
				"Azure Policy 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53",
			},
			Types:         types,
			CheckResource: rule.WantTrue("the deleted vault can be purged", "properties", "enablePurgeProtection"),
		},
		{
			Name:        "keyvault-soft-delete",
			Title:       "Deleted Key Vaults can be recovered.",
			Why:         "Otherwise a mistake destroys keys and secrets permanently.",
			Remedy:      "Remove enableSoftDelete, or set it to true.",
			FalseAlarms: "None is known: Azure itself no longer turns it off.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: softDelete,
			Equivalents: []string{
				"PSRule Azure.KeyVault.SoftDelete", "Checkov CKV_AZURE_111", "Azure Policy 1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d",
			},
			Params: []rule.Param{{
				Name: "minimumDays", Type: rule.NumberParam, Default: 7.0,
				Description: "The least number of days for which a deleted vault is kept: 7 to 90.",
			}},
			Types:         types,
			CheckResource: checkSoftDelete,
		},
		{
			Name:        "keyvault-firewall",
			Title:       "Key Vaults are closed to the public network.",
			Why:         "Otherwise a stolen token can be used from anywhere.",
			Remedy:      "Set properties.publicNetworkAccess to Disabled, or properties.networkAcls.defaultAction to Deny.",
			FalseAlarms: "Vaults that are reached by people from anywhere.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Configure network security for Azure Key Vault",
				URL:   "https://learn.microsoft.com/azure/key-vault/general/network-security",
			},
			Equivalents: []string{
				"PSRule Azure.KeyVault.Firewall", "Checkov CKV_AZURE_109", "Checkov CKV_AZURE_189", "Trivy AZU-0013",
			},
			Types: types,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				return checkNetwork(r, r.Get("properties", "publicNetworkAccess"), r.Get("properties", "networkAcls", "defaultAction"),
					"the vault is open to the whole Internet")
			},
		},
		{
			Name:        "keyvault-logs",
			Title:       "The logs of Key Vaults are collected.",
			Why:         "Without logs nothing shows afterwards who read a secret.",
			Remedy:      "Add a diagnostic setting of the vault with the audit category.",
			FalseAlarms: "A diagnostic setting that an assignment of Azure Policy makes outside of the stack.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Azure Key Vault logging",
				URL:   "https://learn.microsoft.com/azure/key-vault/general/logging",
			},
			Equivalents: []string{"PSRule Azure.KeyVault.Logs"},
			CheckStack:  checkVaultLogs,
		},
	}
}

// checkSoftDelete finds a vault that is not kept after its deletion, or not long enough.
func checkSoftDelete(r *graph.Resource, p rule.Params) []rule.Violation {
	if v := r.Get("properties", "enableSoftDelete"); v.IsFalse() {
		return rule.Found(r, v, "a deleted vault is lost")
	}
	v := r.Get("properties", "softDeleteRetentionInDays")
	if days, state := v.Int(); state == graph.Known && days < p.Int("minimumDays") {
		return rule.Found(r, v, fmt.Sprintf("a deleted vault is kept for %d days, less than %d", days, p.Int("minimumDays")))
	}
	return nil
}

// checkNetwork finds a service that takes calls from the public network. Either of two settings
// closes it.
func checkNetwork(r *graph.Resource, access, action graph.Value, problem string) []rule.Violation {
	if access.IsUnknown() || action.IsUnknown() || access.IsFold("Disabled") || action.IsFold("Deny") {
		return nil
	}
	return rule.Found(r, action, problem)
}

// checkVaultLogs finds vaults without a diagnostic setting.
func checkVaultLogs(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeVault) {
		if !g.Diagnostics().MayCover(r) {
			found = append(found, rule.About(r, "no diagnostic setting collects the vault's logs"))
		}
	}
	return found
}

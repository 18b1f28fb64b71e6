package rules

import (
	"fmt"
)

// crossVault is vaults and the access that others give to them.
func crossVault() []Rule {
	return []Rule{
		{
			Name: "keyvault-policy-on-rbac-vault", IDs: []string{"N16"},
			Title:    "Key Vaults that are governed by roles have no access policies.",
			Why:      "The vault ignores them, and the workload gets 403 ForbiddenByRbac.",
			Remedy:   "Give the role Key Vault Secrets User (or another data role) on the vault instead.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Provide access to Key Vault with Azure RBAC",
			URL:      "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
			Stack:    judgePoliciesOnRBAC,
		},
		{
			Name: "keyvault-role-on-policy-vault", IDs: []string{"N16"},
			Title:    "Key Vaults that are governed by access policies are not opened by roles.",
			Why:      "The vault ignores data roles, and the workload gets 403.",
			Remedy:   "Set properties.enableRbacAuthorization to true, or add an access policy.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Provide access to Key Vault with Azure RBAC",
			URL:      "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
			Stack:    judgeRolesOnPolicies,
		},
	}
}

func judgePoliciesOnRBAC(g *Graph, _ Params) []Violation {
	byName := map[string]*Resource{}
	var found []Violation
	for _, r := range g.ByType(keyVault) {
		if name, ok := r.Get("vaultName").KnownText(); ok {
			byName[name] = r
		} else if name, ok := r.Output("name").KnownText(); ok {
			byName[name] = r
		}
		// An answer of Azure may have an empty list, and what others put there.
		v := r.Input("properties", "accessPolicies")
		if list, state := v.List(); state == Known && len(list) > 0 && governedByRoles(r) {
			found = append(found, r.fault(v, "the vault is governed by roles and ignores access policies"))
		}
	}
	for _, r := range g.ByType(vaultPolicy) {
		v := r.Get("vaultName")
		vault := g.source(r, "vaultName", keyVault)
		if name, ok := v.KnownText(); vault == nil && ok {
			vault = byName[name]
		}
		if vault != nil && governedByRoles(vault) {
			found = append(found, r.fault(v, vault.Label()+" is governed by roles and ignores access policies"))
		}
	}
	return found
}

func governedByRoles(vault *Resource) bool {
	return vault.Get("properties", "enableRbacAuthorization").IsTrue()
}

// governedByPolicies knows that leaving the property out has meant roles since API version 2026-02-01.
func governedByPolicies(vault *Resource) bool {
	v := vault.Get("properties", "enableRbacAuthorization")
	return v.IsFalse() || v.IsAbsent() && vault.Version < "v20260201"
}

func judgeRolesOnPolicies(g *Graph, _ Params) []Violation {
	byID := map[string]*Resource{}
	for _, r := range g.ByType(keyVault) {
		if name := armName(r); name != "" {
			byID[name] = r
		}
	}
	var found []Violation
	for _, r := range g.ByType(roleAssignment) {
		role, ok := roleOf(r)
		if !ok || dataRoleOwner(role) != keyVault {
			continue
		}
		v := r.Get("scope")
		vault := g.source(r, "scope", keyVault)
		if id, known := v.KnownText(); vault == nil && known {
			vault = byID[armTail(id)]
		}
		if vault != nil && governedByPolicies(vault) {
			found = append(found, r.fault(r.Get("roleDefinitionId"), fmt.Sprintf("%s has no effect: %s is governed by access policies", role.Name, vault.Label())))
		}
	}
	return found
}

package data

import (
	"cmp"
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// typeAccessPolicy is an access policy that is a resource.
const typeAccessPolicy = "azure-native:keyvault:AccessPolicy"

// vaultAccess returns the rules about the access to vaults.
func vaultAccess() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "keyvault-least-privilege",
			Title:       "Key Vault access policies list what they allow, and never purging.",
			Why:         "A principal with all permissions can destroy keys and secrets permanently.",
			Remedy:      "List the permissions that are needed: get and list read secrets.",
			FalseAlarms: "A policy for the operator of the vault.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Assign a Key Vault access policy",
				URL:   "https://learn.microsoft.com/azure/key-vault/general/assign-access-policy",
			},
			Equivalents: []string{"PSRule Azure.KeyVault.AccessPolicy"},
			Params: []rule.Param{{
				Name: "forbidden", Type: rule.ListParam, Default: rule.Texts("all", "purge"),
				Description: "Permissions that no access policy may have.",
			}},
			Types:         []string{graph.TypeVault, typeAccessPolicy},
			CheckResource: checkPermissions,
		},
		{
			Name:        "keyvault-policy-on-rbac-vault",
			Title:       "Key Vaults that grant access by roles have no access policies.",
			Why:         "The vault ignores them, and the workload gets 403 ForbiddenByRbac.",
			Remedy:      "Give the role Key Vault Secrets User (or another data role) on the vault instead.",
			FalseAlarms: "Policies that are kept for a move back to access policies.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     vaultRBAC,
			CheckStack: checkIgnoredPolicies,
		},
		{
			Name:        "keyvault-role-on-policy-vault",
			Title:       "Data roles are not given on Key Vaults that grant access by access policies.",
			Why:         "The vault ignores data roles, and the workload gets 403.",
			Remedy:      "Set properties.enableRbacAuthorization to true, or add an access policy.",
			FalseAlarms: "Roles that are prepared before the vault moves to roles.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     vaultRBAC,
			CheckStack: checkIgnoredRoles,
		},
	}
}

// checkPermissions finds access policies with forbidden permissions.
func checkPermissions(r *graph.Resource, p rule.Params) []rule.Violation {
	policies := []graph.Value{r.Get("policy")}
	if r.Type == graph.TypeVault {
		policies, _ = r.Get("properties", "accessPolicies").List()
	}
	forbidden := p.List("forbidden")
	var found []rule.Violation
	for _, policy := range policies {
		for _, kind := range []string{"keys", "secrets", "certificates", "storage"} {
			list, _ := policy.Get("permissions", kind).List()
			for _, v := range list {
				if text, ok := v.KnownText(); ok && rule.MatchesAny(text, forbidden) {
					found = append(found, rule.At(r, v, fmt.Sprintf("the policy has the permission %q on %s", text, kind)))
				}
			}
		}
	}
	return found
}

// usesRoles reports whether a vault certainly grants access by roles.
func usesRoles(vault *graph.Resource) bool {
	return vault.Get("properties", "enableRbacAuthorization").IsTrue()
}

// usesPolicies reports whether a vault certainly grants access by access policies. Since API
// version 2026-02-01, roles are the default. Source: learn.microsoft.com, "Prepare for Key Vault
// API version 2026-02-01 and later".
func usesPolicies(vault *graph.Resource) bool {
	v := vault.Get("properties", "enableRbacAuthorization")
	return v.IsFalse() || v.IsAbsent() && vault.Version < "v20260201"
}

// checkIgnoredPolicies finds access policies of vaults that ignore them.
func checkIgnoredPolicies(g *graph.Graph, _ rule.Params) []rule.Violation {
	const problem = "grants access by roles and ignores access policies"
	byName := map[string]*graph.Resource{}
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeVault) {
		name, _ := r.Get("vaultName").KnownText()
		answered, _ := r.Output("name").KnownText()
		byName[cmp.Or(name, answered)] = r
		// Azure answers with an empty list, or with the policies of others.
		v := r.Input("properties", "accessPolicies")
		if list, state := v.List(); state == graph.Known && len(list) > 0 && usesRoles(r) {
			found = append(found, rule.At(r, v, "the vault "+problem))
		}
	}
	delete(byName, "")
	for _, r := range g.ByType(typeAccessPolicy) {
		v := r.Get("vaultName")
		vault := g.Origin(r, "vaultName", graph.TypeVault)
		if vault == nil {
			name, _ := v.KnownText()
			vault = byName[name]
		}
		if vault != nil && usesRoles(vault) {
			found = append(found, rule.At(r, v, vault.Label()+" "+problem))
		}
	}
	return found
}

// checkIgnoredRoles finds data roles on vaults that ignore them.
func checkIgnoredRoles(g *graph.Graph, _ rule.Params) []rule.Violation {
	byID := map[string]*graph.Resource{}
	for _, r := range g.ByType(graph.TypeVault) {
		byID[graph.IDSuffix(r)] = r
	}
	delete(byID, "")
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeRoleAssignment) {
		role, ok := graph.RoleOf(r)
		if !ok || graph.DataTypeOf(role) != graph.TypeVault {
			continue
		}
		vault := g.Origin(r, "scope", graph.TypeVault)
		if vault == nil {
			scope, _ := r.Get("scope").KnownText()
			vault = byID[graph.ParseIDSuffix(scope)]
		}
		if vault != nil && usesPolicies(vault) {
			found = append(found, rule.At(r, r.Get("roleDefinitionId"),
				fmt.Sprintf("%s has no effect: %s grants access by access policies", role.Name, vault.Label())))
		}
	}
	return found
}

package stacks

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// mayRead reports whether one of the grants can permit reading the secret. What only Azure knows, such as what a role given by
// its GUID allows, or whose id a scope is, gets the benefit of the doubt; so does what is a problem of its own.
func (c *Config) mayRead(grants []Grant, secret string) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return g.readsSecrets() && c.mayCover(&g, secret) })
}

// readsSecrets reports whether the grant's role can read secrets.
func (g *Grant) readsSecrets() bool {
	if r := g.CustomRole; r != nil {
		reads := func(action string) bool { return azure.ActionAllows(action, azure.ActionReadSecret) }
		return slices.ContainsFunc(r.DataActions, reads) && !slices.ContainsFunc(r.NotDataActions, reads)
	}
	name := g.Role
	if g.Preset != "" {
		if name = workload.PresetRole(g.Preset); name == "" {
			return !slices.Contains(workload.Presets(), g.Preset)
		}
	}
	role, err := azure.LookupRole(name)
	return err != nil || role.ReadsSecrets()
}

// mayCover reports whether the secret can be in the grant's scope.
func (c *Config) mayCover(g *Grant, secret string) bool {
	if g.Scope == "" && g.Resource != nil {
		switch g.Resource.Kind {
		case workload.VaultResource:
			name := plainText(g.Resource.Name)
			return c.Vault == nil || c.Vault.Name == "" || strings.EqualFold(c.Vault.Name, name)
		case workload.ResourceGroupResource:
			return true
		default:
			return !slices.Contains(workload.ResourceKinds(), g.Resource.Kind)
		}
	}
	switch other, ofVault := strings.CutPrefix(g.Scope, scopeVaultSecret); {
	case ofVault:
		return other == secret
	case g.Scope == scopeCluster, strings.HasPrefix(g.Scope, scopeClusterOf):
		return false
	case azure.ValidateScope(g.Scope) != nil:
		return true // vault, resourceGroup, or a problem of its own
	}
	scope := azure.ParseScope(g.Scope)
	return scope.Kind != azure.ScopeResource || azure.ScopeWithin(scope.Type, azure.TypeVault)
}

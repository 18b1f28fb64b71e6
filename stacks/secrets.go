package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// secretsRead checks the secrets that a workload reads: they exist, and a grant permits it.
func (v *validator) secretsRead(at problem.Path, w *Workload) {
	for i, name := range w.Secrets {
		here := at.Index(i)
		if slices.Contains(w.Secrets[:i], name) {
			v.Add(here, "is in the list twice", "remove one of the two")
			continue
		}
		if !v.secretName(here, name) {
			continue
		}
		if !v.config.mayRead(w.Grants, name) {
			v.Add(here, fmt.Sprintf("is %s, which no grant lets the workload read", strict.Quote(name)),
				fmt.Sprintf("add a grant: {role: Key Vault Secrets User, scope: vault/%s}", name))
		}
	}
}

// secretName checks that the vault has a secret of that name.
func (v *validator) secretName(at problem.Path, name string) bool {
	if v.config.Vault == nil {
		v.Add(at, fmt.Sprintf("names the secret %s, but the stack has no vault", strict.Quote(name)), "add a section "+string(v.root("vault")))
		return false
	}
	if _, ok := v.config.Vault.Secrets[name]; ok {
		return true
	}
	remedy := fmt.Sprintf("add it: pulumi config set --secret --path 'vault.secrets.%s'", name)
	if near, ok := suggest.Nearest(name, sortedKeys(v.config.Vault.Secrets)); ok {
		remedy = fmt.Sprintf("did you mean %q?", near)
	}
	v.Add(at, fmt.Sprintf("names the secret %s, which vault.secrets lacks", strict.Quote(name)), remedy)
	return false
}

// mayRead reports whether one of the grants can permit reading the secret. What only Azure knows,
// such as what a role given by its GUID allows, or whose id a scope is, gets the benefit of the
// doubt; so does what is a problem of its own.
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
		if name = g.Preset.BuiltInRole(); name == "" {
			return !arguments.Declared(g.Preset)
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
			name := text(g.Resource.Name)
			return c.Vault == nil || c.Vault.Name == "" || strings.EqualFold(c.Vault.Name, name)
		case workload.ResourceGroupResource:
			return true
		default:
			return !arguments.Declared(g.Resource.Kind)
		}
	}
	switch other, ofVault := strings.CutPrefix(g.Scope, scopeVaultSecret); {
	case ofVault:
		return other == secret
	case g.Scope == scopeCluster, strings.HasPrefix(g.Scope, scopeClusterOf):
		return false
	case azure.ValidateScope(g.Scope) != nil:
		return true // vault, resourceGroup, or reported elsewhere
	}
	scope := azure.ParseScope(g.Scope)
	return scope.Kind != azure.ScopeResource || azure.ScopeWithin(scope.Type, azure.TypeVault)
}

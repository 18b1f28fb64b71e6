package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Scopes that a grant may name instead of a resource id.
const (
	scopeVault         = "vault"
	scopeVaultSecret   = "vault/" // and the secret's name
	scopeResourceGroup = "resourceGroup"
	scopeCluster       = "cluster"
	scopeClusterOf     = "cluster/" // and the platform's name
)

func (v *validator) grants(at keyPath, grants []Grant) {
	for i := range grants {
		g, here := &grants[i], at.index(i)
		switch {
		case g.Scope == "" && g.Resource == nil:
			v.add(here.key("scope"), "is required", "use "+strings.Join(v.scopes(), ", ")+" or an Azure resource id; or name the resource")
		case g.Scope != "":
			v.scope(here.key("scope"), g.Scope)
		}
	}
}

// scopes are the words that a grant may use for a scope.
func (v *validator) scopes() []string {
	list := []string{scopeVault, scopeVaultSecret + "SECRET", scopeResourceGroup}
	if len(v.config.Platforms) < 2 {
		list = append(list, scopeCluster)
	}
	for _, name := range sortedKeys(v.config.Platforms) {
		list = append(list, scopeClusterOf+name)
	}
	return list
}

func (v *validator) scope(at keyPath, scope string) {
	secret, ofVault := strings.CutPrefix(scope, scopeVaultSecret)
	platform, ofCluster := strings.CutPrefix(scope, scopeClusterOf)
	switch {
	case scope == scopeResourceGroup:
	case scope == scopeCluster && len(v.config.Platforms) > 1:
		v.add(at, "names the cluster, but the stack has several platforms", "use one of: "+strings.Join(v.scopes(), ", "))
	case scope == scopeCluster:
	case ofCluster && has(v.config.Platforms, platform):
	case scope == scopeVault && v.config.Vault == nil:
		v.add(at, "names the vault, but the stack has none", "add a section "+v.root("vault").String()+", or use a resource id")
	case scope == scopeVault:
	case ofVault:
		v.secretName(at, secret)
	case strings.HasPrefix(scope, "/"):
		// The component checks ids.
	default:
		remedy := "use " + strings.Join(v.scopes(), ", ") + " or an Azure resource id, which starts with /subscriptions/"
		if near, ok := suggest.Nearest(scope, v.scopes()); ok {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		v.add(at, "is no scope: "+quote(scope), remedy)
	}
}

// secretName checks that the vault has a secret of that name.
func (v *validator) secretName(at keyPath, name string) bool {
	if v.config.Vault == nil {
		v.add(at, fmt.Sprintf("names the secret %s, but the stack has no vault", quote(name)), "add a section "+v.root("vault").String())
		return false
	}
	if _, ok := v.config.Vault.Secrets[name]; ok {
		return true
	}
	remedy := fmt.Sprintf("add it: pulumi config set --secret --path 'vault.secrets.%s'", name)
	if near, ok := suggest.Nearest(name, sortedKeys(v.config.Vault.Secrets)); ok {
		remedy = fmt.Sprintf("did you mean %q?", near)
	}
	v.add(at, fmt.Sprintf("names the secret %s, which vault.secrets lacks", quote(name)), remedy)
	return false
}

// reads checks the secrets that a workload reads: they exist, and a grant lets it.
func (v *validator) reads(at keyPath, w *Workload) {
	for i, name := range w.Secrets {
		here := at.index(i)
		if slices.Contains(w.Secrets[:i], name) {
			v.add(here, "is in the list twice", "remove one of the two")
			continue
		}
		if !v.secretName(here, name) {
			continue
		}
		if !v.config.mayRead(w.Grants, name) {
			v.add(here, fmt.Sprintf("is %s, which no grant lets the workload read", quote(name)),
				fmt.Sprintf("add a grant: {role: Key Vault Secrets User, scope: vault/%s}", name))
		}
	}
}

package stacks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// Grant gives the identity a role on a scope: the arguments of the component's grants, but for the
// scope.
type Grant struct {
	workload.GrantArgs
	// Scope is vault, vault/SECRET, resourceGroup, cluster (with several platforms:
	// cluster/PLATFORM), or an Azure resource id. Required, unless resource names what the role
	// holds on.
	Scope string `config:"scope"`
	// ScopeKey names the scope in resource names: 1 to 63 letters, digits, hyphens and underscores.
	// Default: made of the scope, or of the resource's kind and name.
	ScopeKey string `config:"scopeKey"`
}

// Scopes that a grant may name instead of a resource id.
const (
	scopeVault         = "vault"
	scopeVaultSecret   = "vault/" // and the secret's name
	scopeResourceGroup = "resourceGroup"
	scopeCluster       = "cluster"
	scopeClusterOf     = "cluster/" // and the platform's name
)

func (v *validator) grants(at problem.Path, grants []Grant) {
	for i := range grants {
		g, here := &grants[i], at.Index(i)
		switch {
		case g.Scope == "" && g.Resource == nil:
			v.Add(here.Field("scope"), "is required", "use "+strings.Join(v.scopes(), ", ")+" or an Azure resource id; or name the resource")
		case g.Scope != "":
			v.scope(here.Field("scope"), g.Scope)
		}
	}
}

// scopes returns the words that a grant may use for a scope.
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

func (v *validator) scope(at problem.Path, scope string) {
	secret, ofVault := strings.CutPrefix(scope, scopeVaultSecret)
	platform, ofCluster := strings.CutPrefix(scope, scopeClusterOf)
	switch {
	case scope == scopeResourceGroup:
	case scope == scopeCluster && len(v.config.Platforms) > 1:
		v.Add(at, "names the cluster, but the stack has several platforms", "use one of: "+strings.Join(v.scopes(), ", "))
	case scope == scopeCluster:
	case ofCluster && has(v.config.Platforms, platform):
	case scope == scopeVault && v.config.Vault == nil:
		v.Add(at, "names the vault, but the stack has none", "add a section "+string(v.root("vault"))+", or use a resource id")
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
		v.Add(at, "is no scope: "+strict.Quote(scope), remedy)
	}
}

// grant returns a grant as the component's arguments.
func (g *graph) grant(c *Grant) (workload.GrantArgs, error) {
	args := c.GrantArgs
	if c.Scope != "" {
		id, key, err := g.scopeOf(c.Scope)
		if err != nil {
			return workload.GrantArgs{}, err
		}
		args.Scope, args.ScopeKey = id, key
	} else if r := c.Resource; r != nil {
		args.ScopeKey = scopeKey(string(r.Kind), string(r.Kind)+"/"+text(r.ResourceGroupName)+"/"+text(r.Name))
	}
	if c.ScopeKey != "" {
		args.ScopeKey = c.ScopeKey
	}
	return args, nil
}

// scopeOf returns the resource id of a scope, and the key that stands for it in resource names.
func (g *graph) scopeOf(scope string) (id pulumi.StringInput, key string, err error) {
	secret, ofVault := strings.CutPrefix(scope, scopeVaultSecret)
	platform, ofCluster := strings.CutPrefix(scope, scopeClusterOf)
	switch {
	case scope == scopeResourceGroup:
		return g.group.id, "resource-group", nil
	case scope == scopeCluster && len(g.targets) == 1:
		return g.targets[0].id, "cluster", nil
	case ofCluster:
		if list := g.targetsOf(&Federation{Platform: platform}); len(list) == 1 {
			return list[0].id, scopeKey("cluster", platform), nil
		}
	case scope == scopeVault && g.vault != nil:
		return g.vault.id, "vault", nil
	case ofVault && g.vault != nil:
		if id, ok := g.vault.secretIds[secret]; ok {
			return id, scopeKey("secret", secret), nil
		}
	case strings.HasPrefix(scope, "/"):
		return pulumi.String(scope), scopeKey("id", scope), nil
	}
	// Load has refused the configuration before; this is for callers yet to come.
	return nil, "", fmt.Errorf("scope %q is not in this stack", scope)
}

// scopeKey returns a legal key for any scope: its last segment, to be readable, and a hash of all
// of it, to be unique. Azure compares resource ids, and Key Vault names, without case.
func scopeKey(kind, scope string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(scope)))
	suffix := "-" + hex.EncodeToString(sum[:])[:8]
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(scope[strings.LastIndex(scope, "/")+1:]))
	key := kind + "-" + readable
	return strings.TrimRight(key[:min(len(key), azure.MaxKeyLength-len(suffix))], "-") + suffix
}

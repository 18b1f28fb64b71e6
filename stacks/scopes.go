package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// grant turns a grant's configuration into the component's arguments.
func (g *graph) grant(c *Grant) (workload.GrantArgs, error) {
	args := c.GrantArgs
	if c.Scope != "" {
		id, key, err := g.scopeOf(c.Scope)
		if err != nil {
			return workload.GrantArgs{}, err
		}
		args.Scope, args.ScopeKey = id, key
	} else if r := c.Resource; r != nil {
		args.ScopeKey = scopeKey(r.Kind, r.Kind+"/"+plainText(r.ResourceGroupName)+"/"+plainText(r.Name))
	}
	if c.ScopeKey != "" {
		args.ScopeKey = c.ScopeKey
	}
	return args, nil
}

// plainText is an input that came from the stack file, as text.
func plainText(in any) string {
	s, _ := in.(pulumi.String)
	return string(s)
}

// scopeOf finds the resource id of a scope, and the key that stands for it in resource names.
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
		if id, ok := g.vault.secretIDs[secret]; ok {
			return id, scopeKey("secret", secret), nil
		}
	case strings.HasPrefix(scope, "/"):
		return pulumi.String(scope), scopeKey("id", scope), nil
	}
	// Load has refused the configuration before; this is for callers yet to come.
	return nil, "", fmt.Errorf("scope %q is not in this stack", scope)
}

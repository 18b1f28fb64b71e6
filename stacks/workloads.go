package stacks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// maxKeyLength is the longest key that names.ValidateKey accepts.
const maxKeyLength = 63

// deployWorkloads registers one FederatedWorkload for every enabled workload and returns them by name.
func (g *graph) deployWorkloads(ctx *pulumi.Context) (map[string]*workload.FederatedWorkload, error) {
	deployed := map[string]*workload.FederatedWorkload{}
	for _, name := range sortedKeys(g.config.Workloads) {
		w := g.config.Workloads[name]
		if !w.Enabled {
			continue
		}
		args, err := g.workloadArgs(ctx.Stack(), &w)
		if err != nil {
			return nil, fmt.Errorf("workload %q: %w", name, err)
		}
		d, err := workload.NewFederatedWorkload(ctx, name, args)
		if err != nil {
			return nil, err
		}
		deployed[name] = d
	}
	return deployed, nil
}

// workloadArgs turns a workload's configuration into the component's arguments.
func (g *graph) workloadArgs(stack string, w *Workload) (*workload.FederatedWorkloadArgs, error) {
	account := &w.ServiceAccount
	// The tenant is the provider's and not the cluster's, so that identities do not wait for AKS. Without a SubscriptionId,
	// each grant names its role in the subscription of its scope, as Azure returns it.
	args := &workload.FederatedWorkloadArgs{
		IdentityKind:                 w.Identity.Kind,
		IdentityId:                   optional(w.Identity.ID),
		IdentityName:                 optional(w.Identity.Name),
		TenantId:                     pulumi.String(g.account.TenantId),
		TokenExpirationSeconds:       account.TokenExpirationSeconds,
		AutomountServiceAccountToken: account.AutomountToken,
		AllowDefaultServiceAccount:   account.AllowDefault,
		Labels:                       textMap(account.Labels),
		Annotations:                  textMap(account.Annotations),
		Cloud:                        g.config.Cloud,
	}
	if w.Identity.Kind == identityUserAssigned {
		args.ResourceGroupName = g.group.name.ToStringPtrOutput()
		args.Location = pulumi.String(g.config.Location)
		args.Tags = g.tags()
	}
	for i := range w.Federations {
		args.Federations = append(args.Federations, g.federation(stack, w, &w.Federations[i]))
	}
	for i := range w.Grants {
		grant, err := g.grant(&w.Grants[i])
		if err != nil {
			return nil, fmt.Errorf("grants[%d]: %w", i, err)
		}
		args.Grants = append(args.Grants, grant)
	}
	return args, nil
}

func (g *graph) federation(stack string, w *Workload, f *Federation) workload.FederationArgs {
	args := workload.FederationArgs{
		Namespace:      f.Namespace,
		ServiceAccount: f.ServiceAccount,
		Audience:       f.Audience,
		Description:    f.Description,
		Enabled:        &f.Enabled,
	}
	if f.Issuer != "" {
		args.Key = f.Key
		args.Issuer = pulumi.String(f.Issuer)
		// The stack cannot reach that cluster.
		args.ServiceAccountMode = workload.ExistingServiceAccount
		return args
	}
	args.Key = clusterKey(stack)
	args.Issuer = g.cluster.IssuerUrl
	args.KubernetesProvider = g.cluster.Provider
	args.DeletedWith = g.cluster.Managed
	args.After = g.ready(w)
	args.ServiceAccountMode = workload.CreateServiceAccount
	if w.ServiceAccount.Existing {
		args.ServiceAccountMode = workload.ExistingServiceAccount
	}
	return args
}

// clusterKey names the stack's cluster in federated credentials. It holds the stack's name, so that stacks which federate
// the same existing identity (dev and prod, say) do not fight over one credential. Stack names may have full stops and be
// longer than a key, and then end with a hash of the exact name.
func clusterKey(stack string) string {
	key := strings.ReplaceAll(stack, ".", "-")
	if key == stack && names.ValidateKey(key) == nil {
		return key
	}
	sum := sha256.Sum256([]byte(stack))
	suffix := "-" + hex.EncodeToString(sum[:])[:8]
	key = strings.TrimLeft(key, "-_")
	return "s" + key[:min(len(key), maxKeyLength-1-len(suffix))] + suffix
}

func (g *graph) grant(c *Grant) (workload.GrantArgs, error) {
	id, key, err := g.scopeOf(c.Scope)
	if err != nil {
		return workload.GrantArgs{}, err
	}
	return workload.GrantArgs{
		Role:        c.Role,
		Scope:       id,
		ScopeKey:    key,
		Condition:   optional(c.Condition),
		Description: optional(c.Description),
	}, nil
}

// scopeOf finds the resource id of a scope, and the key that stands for it in resource names.
func (g *graph) scopeOf(scope string) (id pulumi.StringInput, key string, err error) {
	secret, ofVault := strings.CutPrefix(scope, scopeVaultSecret)
	switch {
	case scope == scopeResourceGroup:
		return g.group.id, "resource-group", nil
	case scope == scopeCluster:
		return g.cluster.ClusterId, "cluster", nil
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

// scopeKey is a legal key for any scope: its last segment, to be readable, and a hash of all of it, to be unique. Azure
// compares resource ids, and Key Vault names, without case.
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
	return strings.TrimRight(key[:min(len(key), maxKeyLength-len(suffix))], "-") + suffix
}

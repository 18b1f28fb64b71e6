package stacks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// maxKeyLength is the longest key that azure.ValidateKey accepts.
const maxKeyLength = 63

// deployWorkloads registers one FederatedWorkload for every enabled workload and returns them by name.
func (g *graph) deployWorkloads(ctx *pulumi.Context) (map[string]*workload.FederatedWorkload, error) {
	deployed := map[string]*workload.FederatedWorkload{}
	for _, name := range sortedKeys(g.config.Workloads) {
		w := g.config.Workloads[name]
		if !w.Enabled {
			continue
		}
		args := g.workloadArgs(&w)
		for i := range w.Grants {
			grant, err := g.grant(&w.Grants[i])
			if err != nil {
				return nil, fmt.Errorf("workload %q: grants[%d]: %w", name, i, err)
			}
			args.Grants = append(args.Grants, grant)
		}
		d, err := workload.NewFederatedWorkload(ctx, name, args)
		if err != nil {
			return nil, err
		}
		deployed[name] = d
	}
	return deployed, nil
}

// workloadArgs turns a workload's configuration into the component's arguments, but for the grants.
func (g *graph) workloadArgs(w *Workload) *workload.FederatedWorkloadArgs {
	account := &w.ServiceAccount
	// The tenant is the provider's and not the cluster's, so that identities do not wait for AKS. Without a SubscriptionId,
	// each grant names its role in the subscription of its scope, as Azure returns it.
	args := &workload.FederatedWorkloadArgs{
		IdentityKind:                 w.Identity.Kind,
		IdentityId:                   optional(w.Identity.ID),
		IdentityName:                 optional(w.Identity.Name),
		TenantId:                     pulumi.String(g.account.TenantId),
		TokenExpirationSeconds:       account.TokenExpirationSeconds,
		AnnotateTenant:               account.AnnotateTenant,
		AutomountServiceAccountToken: account.AutomountToken,
		AllowDefaultServiceAccount:   account.AllowDefault,
		Labels:                       textMap(account.Labels),
		Annotations:                  textMap(account.Annotations),
		Cloud:                        g.config.Cloud,
		VaultPolicies:                w.VaultPolicies,
		SqlUsers:                     w.SQLUsers,
		SqlServerAdmin:               w.SQLServerAdmin,
	}
	if w.Identity.Kind == identityUserAssigned {
		args.ResourceGroupName = g.group.name.ToStringPtrOutput()
		args.Location = pulumi.String(g.config.Location)
		args.Tags = g.tags()
	}
	for _, f := range g.federations(w) {
		args.Federations = append(args.Federations, f.args)
	}
	return args
}

// federation is a federation of the component, and the index of the one in the stack file that it comes from.
type federation struct {
	args workload.FederationArgs
	from int
}

// federations are those of the component: one in the stack file is one for each cluster that it is about.
func (g *graph) federations(w *Workload) []federation {
	var list []federation
	for i := range w.Federations {
		f := &w.Federations[i]
		if f.Issuer != "" {
			elsewhere := f.args()
			elsewhere.Key, elsewhere.Issuer, elsewhere.RenamedFrom = f.Key, pulumi.String(f.Issuer), f.RenamedFrom
			// The stack cannot reach that cluster.
			elsewhere.ServiceAccountMode = workload.ExistingServiceAccount
			list = append(list, federation{args: elsewhere, from: i})
		}
		for _, t := range g.targetsOf(f) {
			here := f.args()
			here.Key, here.Issuer = t.key, t.issuer
			if f.RenamedFrom != "" {
				here.RenamedFrom = t.key + "/" + f.RenamedFrom
			}
			here.KubernetesProvider, here.DeletedWith = t.provider, t.managed
			here.After = t.ready(f.Namespace)
			here.ServiceAccountMode = w.ServiceAccount.Mode
			list = append(list, federation{args: here, from: i})
		}
	}
	return list
}

// args are those that do not depend on the cluster.
func (f *Federation) args() workload.FederationArgs {
	return workload.FederationArgs{
		Namespace:      f.Namespace,
		ServiceAccount: f.ServiceAccount,
		Audience:       f.Audience,
		Description:    f.Description,
		Enabled:        &f.Enabled,
	}
}

// clusterKey names the stack's cluster in federated credentials. It holds the stack's name, so that stacks which federate
// the same existing identity (dev and prod, say) do not fight over one credential. Stack names may have full stops and be
// longer than a key, and then end with a hash of the exact name.
func clusterKey(stack string) string {
	key := strings.ReplaceAll(stack, ".", "-")
	if key == stack && azure.ValidateKey(key) == nil {
		return key
	}
	sum := sha256.Sum256([]byte(stack))
	suffix := "-" + hex.EncodeToString(sum[:])[:8]
	key = strings.TrimLeft(key, "-_")
	return "s" + key[:min(len(key), maxKeyLength-1-len(suffix))] + suffix
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

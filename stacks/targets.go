package stacks

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// target is a cluster that workloads run on: the stack's own, or a platform's of another stack.
type target struct {
	// name is the platform's in the stack file; empty for the stack's own cluster.
	name string
	// key names the cluster in the names of federated credentials.
	key string
	// id and issuer are the cluster's resource id and OIDC issuer.
	id, issuer pulumi.StringOutput
	// tenant is what the cluster's webhook injects, where that can be another one than the
	// deployer's.
	tenant pulumi.StringPtrInput
	// provider reaches the cluster.
	provider pulumi.ProviderResource
	// managed is the cluster itself, where this stack creates it: what is in the cluster goes with
	// it.
	managed pulumi.Resource
	// webhook is what labelled pods wait for, where this stack installs it.
	webhook pulumi.Resource
	// namespaces that this stack creates in the cluster, by name.
	namespaces map[string]pulumi.Resource
}

// options returns the options of whatever lives in the cluster.
func (t *target) options() []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Provider(t.provider)}
	if t.managed != nil {
		opts = append(opts, pulumi.DeletedWith(t.managed))
	}
	return opts
}

// child returns the logical name of something that every target may have. The stack's own cluster
// adds nothing to it, so that the names of a stack with one cluster stay short.
func (t *target) child(kind, name string) string {
	if t.name == "" {
		return kind + "-" + name
	}
	return kind + "-" + t.name + "." + name
}

// of returns the target as a workload uses it. Its service accounts wait for the namespaces of the
// workload, and for the webhook, so that whoever waits for the workload can start labelled pods,
// which the webhook must not miss.
func (t *target) of(w *Workload) workload.Target {
	target := workload.Target{Key: t.key, Issuer: t.issuer, TenantId: t.tenant, KubernetesProvider: t.provider, DeletedWith: t.managed}
	if t.webhook != nil {
		target.After = append(target.After, t.webhook)
	}
	for _, namespace := range w.namespaces() {
		if r, ok := t.namespaces[namespace]; ok {
			target.After = append(target.After, r)
		}
	}
	return target
}

// targetsOf returns the clusters that a federation is about: the named platform's, or every one. A
// federation with another issuer is about none of them.
func (g *graph) targetsOf(f *Federation) []*target {
	if f.elsewhere() {
		return nil
	}
	if f.Platform == "" {
		return g.targets
	}
	i := slices.IndexFunc(g.targets, func(t *target) bool { return t.name == f.Platform })
	if i < 0 {
		return nil
	}
	return g.targets[i : i+1]
}

// unknownText is text that only the graph will know.
var unknownText = pulumi.String("").ToStringOutput()

// standIn returns a graph whose resources do not exist yet.
func (v *validator) standIn() *graph {
	const nobody = "00000000-0000-0000-0000-000000000000"
	g := &graph{
		config:  v.config,
		account: &authorization.GetClientConfigResult{TenantId: nobody, SubscriptionId: nobody},
		group:   group{id: unknownText, name: unknownText},
	}
	if c := v.config.Vault; c != nil {
		g.vault = &vault{id: unknownText, url: unknownText, secretIds: map[string]pulumi.StringOutput{}}
		for name := range c.Secrets {
			g.vault.secretIds[name] = unknownText
		}
	}
	if v.config.Program != ProgramWorkloads {
		g.targets = []*target{{key: v.clusterKey, id: unknownText, issuer: unknownText, provider: &kubernetes.Provider{}}}
		return g
	}
	for _, name := range sortedKeys(v.config.Platforms) {
		p := v.config.Platforms[name]
		g.targets = append(g.targets, &target{name: name, key: p.key(), id: unknownText, issuer: unknownText, provider: &kubernetes.Provider{}})
	}
	return g
}

// validationArgs returns a workload's arguments; a scope that the stack does not have, which is
// reported elsewhere, is replaced by one that nothing is wrong with.
func (g *graph) validationArgs(w *Workload) *workload.FederatedWorkloadArgs {
	args := g.workloadArgs(w)
	for i := range w.Grants {
		grant, err := g.grant(&w.Grants[i])
		if err != nil {
			grant = w.Grants[i].GrantArgs
			grant.Scope = unknownText
		}
		if grant.ScopeKey == "" {
			grant.ScopeKey = fmt.Sprintf("unknown-%d", i)
		}
		args.Grants = append(args.Grants, grant)
	}
	return args
}

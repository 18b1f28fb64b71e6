package pack

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/data"
)

// AnalyzeRemoval checks the deletion or replacement of a resource of a type, which the engine shows
// in its previews, but to no policy pack. It refuses what the policy protected-from-deletion
// protects, at the level of that policy.
func (p *Pack) AnalyzeRemoval(urn, token, problem string) []plugin.AnalyzeDiagnostic {
	p.mu.RLock()
	defer p.mu.RUnlock()
	i := slices.IndexFunc(p.rules, func(r rule.Rule) bool { return r.Name == data.ProtectedFromDeletion })
	set := p.settings[data.ProtectedFromDeletion]
	if i < 0 || set.level == rule.Disabled {
		return nil
	}
	res := &graph.Resource{URN: urn, Name: resource.URN(urn).Name()}
	res.Type, res.Version = graph.Canonical(token)
	graph.Adapt(res)
	if !data.IsProtected(res, set.params) {
		return nil
	}
	return p.diagnose(&p.rules[i], set, []rule.Violation{rule.About(res, problem)})
}

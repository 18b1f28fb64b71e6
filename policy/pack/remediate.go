package pack

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// Remediate corrects a resource's inputs, by the rules whose level is "remediate".
func (p *Pack) Remediate(_ context.Context, in plugin.AnalyzerResource) (plugin.RemediateResponse, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	res := convert(&in)
	var out plugin.RemediateResponse
	var failed []error
	for i := range p.rules {
		r := &p.rules[i]
		set := p.settings[r.Name]
		if r.Fix == nil || set.level != rule.Remediate || !r.AppliesTo(res) || p.exemptionFor(r.Name, res.URN) != nil {
			continue
		}
		var fixed resource.PropertyMap
		var done string
		_, err := guard(r, res.URN, func() []rule.Violation {
			fixed, done = r.Fix(res, set.params)
			return nil
		})
		failed = append(failed, err)
		if fixed == nil {
			continue
		}
		res.Inputs = fixed
		out.Remediations = append(out.Remediations, plugin.Remediation{
			PolicyName: r.Name, Description: r.Title + " " + done + ".", PolicyPackName: Name, PolicyPackVersion: Version,
			URN: in.URN, Properties: fixed,
		})
	}
	return out, errors.Join(failed...)
}

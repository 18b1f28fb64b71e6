package pack

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// guard runs a rule and turns a panic into an error that names the rule. The deployment then stops,
// because the rule's violations are not known, and the other rules still report theirs.
func guard(r *rule.Rule, about string, run func() []rule.Violation) (found []rule.Violation, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			found, err = nil, fmt.Errorf("policy %s failed on %s: %v; this is a defect of the policy pack, disable the policy until it is fixed",
				r.Name, about, cause)
		}
	}()
	return run(), nil
}

// diagnose turns violations into diagnostics. Exempt ones are advisory, with the exemption's
// reason.
func (p *Pack) diagnose(r *rule.Rule, set setting, found []rule.Violation) []plugin.AnalyzeDiagnostic {
	var list []plugin.AnalyzeDiagnostic
	for i := range found {
		v := &found[i]
		d := diagnostic(r, set.level, v.URN, v.Message(r))
		if e := p.exemptionFor(r.Name, v.URN); e != nil {
			d.EnforcementLevel = apitype.Advisory
			d.Message = fmt.Sprintf("Exempt until %s (%s): %s", e.expires.Format(dateLayout), e.reason, d.Message)
		}
		list = append(list, d)
	}
	return list
}

func diagnostic(r *rule.Rule, level rule.Level, urn, message string) plugin.AnalyzeDiagnostic {
	return plugin.AnalyzeDiagnostic{
		PolicyName: r.Name, PolicyPackName: Name, PolicyPackVersion: Version,
		Description: r.Title, Message: message,
		EnforcementLevel: apitype.EnforcementLevel(level), URN: resource.URN(urn),
		Severity: apitype.PolicySeverity(r.Severity),
	}
}

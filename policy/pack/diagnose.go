package pack

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// guard runs a rule. One that panics is an error that names it, and not the end of the pack: what it would have said
// is not known, so the deployment does not go on, and the other rules still say their part.
func guard(rule *rules.Rule, about string, judge func() []rules.Violation) (found []rules.Violation, err error) {
	defer func() {
		if r := recover(); r != nil {
			found, err = nil, fmt.Errorf("policy %s failed on %s: %v; this is a defect of the policy pack, disable the policy until it is mended", rule.Name, about, r)
		}
	}()
	return judge(), nil
}

// diagnose turns violations into diagnostics. Exempt ones are shown as advisory, with the exemption's reason.
func (p *Pack) diagnose(rule *rules.Rule, set setting, found []rules.Violation) []plugin.AnalyzeDiagnostic {
	var list []plugin.AnalyzeDiagnostic
	for i := range found {
		v := &found[i]
		d := diagnostic(rule, set.level, v.URN, v.Message(rule))
		if e := p.exempts(rule.Name, v.URN); e != nil {
			d.EnforcementLevel = apitype.Advisory
			d.Message = fmt.Sprintf("Exempt until %s (%s): %s", e.expires.Format(dateLayout), e.reason, d.Message)
		}
		list = append(list, d)
	}
	return list
}

func diagnostic(rule *rules.Rule, level rules.Level, urn, message string) plugin.AnalyzeDiagnostic {
	return plugin.AnalyzeDiagnostic{
		PolicyName: rule.Name, PolicyPackName: Name, PolicyPackVersion: Version,
		Description: rule.Title, Message: message,
		EnforcementLevel: apitype.EnforcementLevel(level), URN: resource.URN(urn),
		Severity: apitype.PolicySeverity(rule.Severity),
	}
}

func byName(a, b rules.Rule) int { return strings.Compare(a.Name, b.Name) }

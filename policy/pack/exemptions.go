package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

const (
	// exemptionPolicy is the policy whose configuration has the exemptions, and which reports the
	// expired ones.
	exemptionPolicy = "exemption-expired"
	exemptionParam  = "exemptions"
	dateLayout      = "2006-01-02"
)

// exemption lets a resource violate a rule until a day.
type exemption struct {
	rule, resource, reason string
	// expires is the last day on which it is valid, in UTC.
	expires time.Time
}

// expiredRule returns the rule about exemptions. It has no check, because it is about the pack's
// configuration and not about resources: see Pack.expired.
func expiredRule() rule.Rule {
	return rule.Rule{
		Name:        exemptionPolicy,
		Title:       "Exemptions are renewed or removed before they expire.",
		Why:         "An exemption without an end disables the policy for the resource.",
		Remedy:      "Correct the resource and remove the exemption, or renew it with a reason.",
		FalseAlarms: rule.NoneKnown,
		Severity:    rule.Low, Level: rule.Advisory,
		Reason: "The policy that it exempted from is enforced again in any case.",
		Source: rule.Source{
			Title: "Configuring policy packs, Pulumi",
			URL:   "https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/",
		},
		Params: []rule.Param{{
			Name: exemptionParam, Type: rule.ObjectsParam, Default: []any{},
			Description: "Exemptions, each {rule, resource, reason, expires}: the policy's name, the resource's URN (a star stands for any " +
				"characters), why, and the last day as YYYY-MM-DD. All four are required.",
		}},
	}
}

// readExemptions checks the configured exemptions and returns those that are valid.
func readExemptions(problems *problem.List, value any, known []string) []exemption {
	list, _ := value.([]any)
	var read []exemption
	for i, element := range list {
		fields, _ := element.(map[string]any)
		var wrong problem.List
		e := readExemption(&wrong, fields, known)
		for _, p := range wrong.Problems() {
			problems.AddError(problem.Path(exemptionPolicy).Field(exemptionParam).Index(i), &p)
		}
		if wrong.Empty() {
			read = append(read, e)
		}
	}
	return read
}

var exemptionFields = []string{"rule", "resource", "reason", "expires"}

// readExemption reads one exemption. The paths of its problems are those within the exemption.
func readExemption(problems *problem.List, fields map[string]any, known []string) exemption {
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(exemptionFields, key) {
			problems.Add(problem.Path(key), "unknown key", didYouMean(key, exemptionFields))
		}
	}
	text := map[string]string{}
	for _, key := range exemptionFields {
		s, _ := fields[key].(string)
		text[key] = strings.TrimSpace(s)
		if text[key] == "" {
			problems.Add(problem.Path(key), "it is required, as text", "")
		}
	}
	if name := text["rule"]; name != "" && !slices.Contains(known, name) {
		problems.Add("rule", fmt.Sprintf("there is no policy %q", name), didYouMean(name, known))
	}
	expires, err := time.Parse(dateLayout, text["expires"])
	if err != nil && text["expires"] != "" {
		problems.Add("expires", fmt.Sprintf("%q is not a day as YYYY-MM-DD", text["expires"]), "")
	}
	return exemption{rule: text["rule"], resource: text["resource"], reason: text["reason"], expires: expires}
}

// isValid reports whether the exemption has not expired: its last day ends at midnight UTC.
func (e *exemption) isValid(now time.Time) bool {
	return now.UTC().Before(e.expires.AddDate(0, 0, 1))
}

// exemptionFor returns a valid exemption of a resource from a rule, or nil.
func (p *Pack) exemptionFor(ruleName, urn string) *exemption {
	now := p.now()
	for i := range p.exemptions {
		e := &p.exemptions[i]
		if e.rule == ruleName && e.isValid(now) && (e.resource == urn || rule.Matches(e.resource, urn)) {
			return e
		}
	}
	return nil
}

// expired reports the expired exemptions, as violations of the stack itself. They must have a URN:
// without one `pulumi policy analyze` panics (pkg v3.245.0), where a preview would take the
// stack's. A stack without resources has nothing to exempt.
func (p *Pack) expired(in []plugin.AnalyzerStackResource) []plugin.AnalyzeDiagnostic {
	r := expiredRule()
	set := p.settings[r.Name]
	if set.level == rule.Disabled || set.level == "" || len(in) == 0 {
		return nil
	}
	stack := resource.DefaultRootStackURN(in[0].URN.Stack(), in[0].URN.Project())
	now := p.now()
	var list []plugin.AnalyzeDiagnostic
	for i := range p.exemptions {
		e := &p.exemptions[i]
		if e.isValid(now) {
			continue
		}
		list = append(list, diagnostic(&r, set.level, string(stack), fmt.Sprintf(
			"The exemption of %s for %s ended on %s (%s). %s", e.rule, e.resource, e.expires.Format(dateLayout), e.reason, r.Remedy)))
	}
	return list
}

package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

const (
	// exemptionPolicy is the policy whose configuration has the exemptions, and which reports the expired ones.
	exemptionPolicy = "exemption-expired"
	exemptionParam  = "exemptions"
	dateLayout      = "2006-01-02"
)

// exemption lets a resource break a rule for a time.
type exemption struct {
	rule, resource, reason string
	// expires is the last day on which it holds, in UTC.
	expires time.Time
}

// expiredRule is the pack's own rule; it has no function, because it judges the configuration.
func expiredRule() rules.Rule {
	return rules.Rule{
		Name: exemptionPolicy, IDs: []string{"exemptions"},
		Title:    "Exemptions are renewed or removed when their day has come.",
		Why:      "An exemption that nobody looks at is a rule that nobody has.",
		Remedy:   "Mend the resource and remove the exemption, or renew it with a reason.",
		Severity: rules.Low, Level: rules.Advisory,
		Reason:   "What it allowed is enforced again by the rule itself.",
		Document: "Policies of this repository", URL: "https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/",
		Params: []rules.Param{{
			Name: exemptionParam, Type: rules.ObjectsParam, Default: []any{},
			Description: "Exemptions, each {rule, resource, reason, expires}: the rule's name, the resource's URN (a star stands for any " +
				"characters), why, and the last day as YYYY-MM-DD. All four are required.",
		}},
	}
}

// readExemptions checks and reads the configured exemptions.
func readExemptions(value any, known []string) ([]exemption, []string) {
	list, _ := value.([]any)
	var read []exemption
	var problems []string
	for i, element := range list {
		at := fmt.Sprintf("%s.%s[%d]", exemptionPolicy, exemptionParam, i)
		fields, _ := element.(map[string]any)
		e, wrong := readExemption(fields, known)
		for _, problem := range wrong {
			problems = append(problems, at+problem)
		}
		if len(wrong) == 0 {
			read = append(read, e)
		}
	}
	return read, problems
}

var exemptionFields = []string{"rule", "resource", "reason", "expires"}

func readExemption(fields map[string]any, known []string) (exemption, []string) {
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(exemptionFields, key) {
			problems = append(problems, "."+key+": unknown key"+didYouMean(key, exemptionFields))
		}
	}
	text := map[string]string{}
	for _, key := range exemptionFields {
		s, _ := fields[key].(string)
		text[key] = strings.TrimSpace(s)
		if text[key] == "" {
			problems = append(problems, "."+key+": it is required, as text")
		}
	}
	if rule := text["rule"]; rule != "" && !slices.Contains(known, rule) {
		problems = append(problems, fmt.Sprintf(".rule: there is no policy %q%s", rule, didYouMean(rule, known)))
	}
	expires, err := time.Parse(dateLayout, text["expires"])
	if err != nil && text["expires"] != "" {
		problems = append(problems, fmt.Sprintf(".expires: %q is not a day as YYYY-MM-DD", text["expires"]))
	}
	return exemption{rule: text["rule"], resource: text["resource"], reason: text["reason"], expires: expires}, problems
}

func didYouMean(word string, candidates []string) string {
	if near, ok := suggest.Nearest(word, candidates); ok {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ""
}

// holds reports whether the exemption has not expired: its last day is over at midnight UTC.
func (e *exemption) holds(now time.Time) bool {
	return now.UTC().Before(e.expires.AddDate(0, 0, 1))
}

// exempts is the exemption that covers a violation, or nil.
func (p *Pack) exempts(rule, urn string) *exemption {
	now := p.now()
	for i := range p.exemptions {
		e := &p.exemptions[i]
		if e.rule == rule && e.holds(now) && (e.resource == urn || rules.Glob(e.resource, urn)) {
			return e
		}
	}
	return nil
}

// expired reports the exemptions whose day has come, as violations of the stack itself. They have to have a URN: without one
// `pulumi policy analyze` panics (pkg v3.245.0), where a preview would take the stack's. An empty stack has nothing to exempt.
func (p *Pack) expired(in []plugin.AnalyzerStackResource) []plugin.AnalyzeDiagnostic {
	rule := expiredRule()
	set := p.settings[rule.Name]
	if set.level == rules.Disabled || set.level == "" || len(in) == 0 {
		return nil
	}
	stack := resource.DefaultRootStackURN(in[0].URN.Stack(), in[0].URN.Project())
	now := p.now()
	var list []plugin.AnalyzeDiagnostic
	for i := range p.exemptions {
		e := &p.exemptions[i]
		if e.holds(now) {
			continue
		}
		list = append(list, diagnostic(&rule, set.level, string(stack), fmt.Sprintf(
			"The exemption of %s for %s ended on %s (%s). %s", e.rule, e.resource, e.expires.Format(dateLayout), e.reason, rule.Remedy)))
	}
	return list
}

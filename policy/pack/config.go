package pack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// allPolicies is the engine's own key for a level of all policies; it has applied it already.
const allPolicies = "all"

// Configure sets levels and parameters. Unknown policies and parameters, and values of another type, are refused, all
// of them at once.
func (p *Pack) Configure(_ context.Context, config map[string]plugin.AnalyzerPolicyConfig) error {
	settings := map[string]setting{}
	known := make([]string, len(p.rules))
	byName := map[string]*rules.Rule{}
	for i := range p.rules {
		rule := &p.rules[i]
		known[i] = rule.Name
		byName[rule.Name] = rule
		settings[rule.Name] = setting{level: rule.Level, params: rule.Defaults()}
	}
	var problems []string
	var exemptions []exemption
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if name == allPolicies {
			continue
		}
		rule := byName[name]
		if rule == nil {
			problems = append(problems, fmt.Sprintf("there is no policy %q%s", name, didYouMean(name, known)))
			continue
		}
		c := config[name]
		set := settings[name]
		if c.EnforcementLevel != "" {
			set.level = rules.Level(c.EnforcementLevel)
		}
		problems = append(problems, setParams(rule, set.params, c.Properties)...)
		settings[name] = set
		if name == exemptionPolicy {
			read, wrong := readExemptions(c.Properties[exemptionParam], known)
			exemptions, problems = read, append(problems, wrong...)
		}
	}
	if len(problems) > 0 {
		return errors.New("the configuration of policy pack " + Name + " has problems:\n  " + strings.Join(problems, "\n  "))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settings, p.exemptions = settings, exemptions
	return nil
}

// setParams checks and takes the configured parameters of a rule.
func setParams(rule *rules.Rule, params rules.Params, values map[string]any) []string {
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(rule.Params, func(param rules.Param) bool { return param.Name == key })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("%s.%s: the policy has no such parameter%s", rule.Name, key, didYouMean(key, paramNames(rule))))
			continue
		}
		if err := rule.Params[i].Check(values[key]); err != nil {
			problems = append(problems, fmt.Sprintf("%s.%s: %s", rule.Name, key, err))
			continue
		}
		params[key] = values[key]
	}
	return problems
}

func paramNames(rule *rules.Rule) []string {
	list := make([]string, len(rule.Params))
	for i := range rule.Params {
		list[i] = rule.Params[i].Name
	}
	return list
}

package pack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// allPolicies is the engine's key for a level of all policies, which the engine has applied before.
const allPolicies = "all"

// Configure sets levels and parameters. Its error lists all unknown policies and parameters, and
// all values of a wrong type.
func (p *Pack) Configure(_ context.Context, config map[string]plugin.AnalyzerPolicyConfig) error {
	settings := map[string]setting{}
	known := make([]string, len(p.rules))
	byName := map[string]*rule.Rule{}
	for i := range p.rules {
		r := &p.rules[i]
		known[i] = r.Name
		byName[r.Name] = r
		settings[r.Name] = setting{level: r.Level, params: r.Defaults()}
	}
	var problems problem.List
	var exemptions []exemption
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if name == allPolicies {
			continue
		}
		r := byName[name]
		if r == nil {
			problems.Add("", fmt.Sprintf("there is no policy %q", name), didYouMean(name, known))
			continue
		}
		c := config[name]
		set := settings[name]
		if c.EnforcementLevel != "" {
			set.level = rule.Level(c.EnforcementLevel)
		}
		setParams(&problems, r, set.params, c.Properties)
		settings[name] = set
		if name == exemptionPolicy {
			exemptions = readExemptions(&problems, c.Properties[exemptionParam], known)
		}
	}
	if !problems.Empty() {
		return configError(problems.Problems())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settings, p.exemptions = settings, exemptions
	return nil
}

// configError returns the problems of a configuration as one error.
func configError(problems []problem.Problem) error {
	lines := []string{"the configuration of policy pack " + Name + " has problems:"}
	for i := range problems {
		lines = append(lines, problems[i].Error())
	}
	return errors.New(strings.Join(lines, "\n  "))
}

// setParams checks the configured parameters of a rule and sets those that are valid.
func setParams(problems *problem.List, r *rule.Rule, params rule.Params, values map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		path := problem.Path(r.Name).Field(key)
		i := slices.IndexFunc(r.Params, func(param rule.Param) bool { return param.Name == key })
		if i < 0 {
			problems.Add(path, "the policy has no such parameter", didYouMean(key, paramNames(r)))
			continue
		}
		if err := r.Params[i].Check(values[key]); err != nil {
			problems.AddError(path, err)
			continue
		}
		params[key] = values[key]
	}
}

func paramNames(r *rule.Rule) []string {
	list := make([]string, len(r.Params))
	for i := range r.Params {
		list[i] = r.Params[i].Name
	}
	return list
}

// didYouMean returns the remedy for a word that is not one of the candidates: the nearest of them,
// if one is near.
func didYouMean(word string, candidates []string) string {
	if near, ok := suggest.Nearest(word, candidates); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// Package policytest judges what a program registered under package pulumitest by the rules of the
// policy pack.
package policytest

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// Found is one violation, and the rule that found it.
type Found struct {
	Rule      string
	Level     rules.Level
	Violation rules.Violation
}

// String is the violation for a test's message.
func (f Found) String() string { return fmt.Sprintf("%s (%s): %+v", f.Rule, f.Level, f.Violation) }

// Judge returns the violations at the default levels, advice included, in the order of the rules.
func Judge(up *pulumitest.Result) []Found {
	var list []*rules.Resource
	for _, r := range up.Resources {
		typ, version := rules.Canonical(r.Type)
		list = append(list, &rules.Resource{
			URN: r.URN, Type: typ, Version: version, Name: r.Name, Inputs: r.Inputs, Outputs: r.Outputs,
			Parent: r.Parent, Provider: r.Provider, Dependencies: r.Dependencies(), PropertyDependencies: r.PropertyDeps,
		})
	}
	graph := rules.NewGraph(list)
	var found []Found
	for _, rule := range rules.All() {
		if rule.Level == rules.Disabled {
			continue
		}
		var violations []rules.Violation
		if rule.Stack != nil {
			violations = rule.Stack(graph, rule.Defaults())
		} else {
			for _, r := range list {
				if len(rule.Types) == 0 || slices.Contains(rule.Types, r.Type) {
					violations = append(violations, rule.Resource(r, rule.Defaults())...)
				}
			}
		}
		for _, v := range violations {
			found = append(found, Found{Rule: rule.Name, Level: rule.Level, Violation: v})
		}
	}
	return found
}

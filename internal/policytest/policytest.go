// Package policytest runs the rules of the policy pack on what a program registered under package
// pulumitest.
package policytest

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// Found is one violation, and the rule that found it.
type Found struct {
	Rule      string
	Level     rule.Level
	Violation rule.Violation
}

// String renders the violation for a test's message.
func (f Found) String() string { return fmt.Sprintf("%s (%s): %+v", f.Rule, f.Level, f.Violation) }

// Check returns the violations at the default levels, advice included, in the order of the rules.
func Check(up *pulumitest.Result) []Found { return CheckAt(up, nil) }

// CheckAt returns the violations at levels that replace the default ones, as a profile of the pack
// has them, advice included.
func CheckAt(up *pulumitest.Result, levels map[string]string) []Found {
	var list []*graph.Resource
	for _, r := range up.Resources {
		typ, version := graph.Canonical(r.Type)
		list = append(list, &graph.Resource{
			URN: r.URN, Type: typ, Version: version, Name: r.Name, Inputs: r.Inputs, Outputs: r.Outputs,
			Parent: r.Parent, Provider: r.Provider, Dependencies: r.Dependencies(), PropertyDependencies: r.PropertyDeps,
			Options: graph.Options{Protect: r.Request.GetProtect()},
		})
	}
	g := graph.NewGraph(list)
	var found []Found
	for _, r := range rules.All() {
		level := r.Level
		if configured, ok := levels[r.Name]; ok {
			level = rule.Level(configured)
		}
		if level == rule.Disabled {
			continue
		}
		for _, v := range r.Check(g, r.Defaults()) {
			found = append(found, Found{Rule: r.Name, Level: level, Violation: v})
		}
	}
	return found
}

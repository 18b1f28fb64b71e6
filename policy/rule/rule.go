// Package rule defines what a rule of the policy pack is: data about it, its parameters, and a pure
// function that finds violations in a resource or in a graph.
//
// A rule reports what is certain. A value that is not known yet, at a preview, is never a
// violation; what the known values already prove is reported in the preview.
package rule

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// Severity is how bad a violation is, whether or not it is enforced.
type Severity string

// The severities, in Pulumi's words.
const (
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Level is how a rule is enforced.
type Level string

// The enforcement levels, in Pulumi's words. Remediate is for rules with a Fix; for others it means
// the same as Mandatory.
const (
	Disabled  Level = "disabled"
	Advisory  Level = "advisory"
	Mandatory Level = "mandatory"
	Remediate Level = "remediate"
)

// Rule is one rule of the pack. It has exactly one of CheckResource and CheckStack.
type Rule struct {
	// Name is stable: configuration and exemptions use it.
	Name string
	// Title is a sentence that is true when the rule passes.
	Title string
	// Why is a sentence about what goes wrong otherwise.
	Why string
	// Remedy is a sentence about what to do.
	Remedy string
	// FalseAlarms says where the rule may report what is right, or NoneKnown.
	FalseAlarms string
	// Severity is how bad a violation is.
	Severity Severity
	// Level is the enforcement without configuration, and Reason a sentence that gives its reason.
	Level  Level
	Reason string
	// Source is the document that the rule rests on.
	Source Source
	// Equivalents are the same checks of other tools: "PSRule Azure.AKS.LocalAccounts".
	Equivalents []string
	// Params are what can be configured.
	Params []Param

	// Types are the canonical types that CheckResource reads. Empty stands for all.
	Types []string
	// CheckResource finds violations in the inputs of one resource.
	CheckResource func(*graph.Resource, Params) []Violation
	// CheckStack finds violations in the whole graph.
	CheckStack func(*graph.Graph, Params) []Violation
	// Fix returns corrected inputs, and what it did, when it can. Only for rules with
	// CheckResource.
	Fix func(*graph.Resource, Params) (resource.PropertyMap, string)
}

// AppliesTo reports whether the rule checks single resources of a resource's type.
func (r *Rule) AppliesTo(res *graph.Resource) bool {
	return r.CheckResource != nil && (len(r.Types) == 0 || slices.Contains(r.Types, res.Type))
}

// Check finds the violations of the rule in a graph: in each of its resources, or in the whole.
func (r *Rule) Check(g *graph.Graph, p Params) []Violation {
	if r.CheckStack != nil {
		return r.CheckStack(g, p)
	}
	var found []Violation
	for _, res := range g.Resources {
		if r.AppliesTo(res) {
			found = append(found, r.CheckResource(res, p)...)
		}
	}
	return found
}

// Defaults returns the parameters without configuration.
func (r *Rule) Defaults() Params {
	p := make(Params, len(r.Params))
	for i := range r.Params {
		p[r.Params[i].Name] = r.Params[i].Default
	}
	return p
}

// WantTrue returns the check of a property that must be true, where leaving it out means false.
func WantTrue(problem string, path ...string) func(*graph.Resource, Params) []Violation {
	return func(r *graph.Resource, _ Params) []Violation {
		if v := r.Get(path...); v.NotTrue() {
			return Found(r, v, problem)
		}
		return nil
	}
}

package rules

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
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

// The enforcement levels, in Pulumi's words. Remediate is for rules with a Fix; elsewhere it is the same as mandatory.
const (
	Disabled  Level = "disabled"
	Advisory  Level = "advisory"
	Mandatory Level = "mandatory"
	Remediate Level = "remediate"
)

// Rule is one rule of the pack. It has exactly one of Resource and Stack.
type Rule struct {
	// Name is stable: configuration and exemptions use it.
	Name string
	// IDs are the rows of the catalogue that the rule is about: "2", "N7".
	IDs []string
	// Title is what holds when the rule passes, as a sentence.
	Title string
	// Why is what goes wrong otherwise.
	Why string
	// Remedy is what to do, as a sentence.
	Remedy string
	// Severity is how bad a violation is.
	Severity Severity
	// Level is the enforcement without configuration, and Reason why it is that.
	Level  Level
	Reason string
	// Document is the title of the document that the rule rests on, and URL its address.
	Document, URL string
	// Equivalents are rules elsewhere, each with its tool: "PSRule Azure.AKS.LocalAccounts".
	Equivalents []string
	// Params are what can be configured.
	Params []Param

	// Types are the canonical types that Resource looks at. Empty is all.
	Types []string
	// Resource judges one resource by its inputs.
	Resource func(*Resource, Params) []Violation
	// Stack judges the whole graph.
	Stack func(*Graph, Params) []Violation
	// Fix returns the inputs put right, and what it did, when it can. Only for Resource rules.
	Fix func(*Resource, Params) (resource.PropertyMap, string)
}

// Violation is one breach of a rule.
type Violation struct {
	// URN is the resource; empty is the stack.
	URN string
	// Label names the resource in the message.
	Label string
	// Path is the property, as Pulumi writes property paths; empty when it is about the whole resource.
	Path string
	// Value is the offending value for a message, never a secret.
	Value string
	// Problem is what is wrong.
	Problem string
}

// Message is the whole text for a person: what, where, and what to do.
func (v *Violation) Message(rule *Rule) string {
	var b strings.Builder
	b.WriteString(v.Label)
	if v.Path != "" {
		b.WriteString(", " + v.Path)
		if v.Value != "" {
			b.WriteString(" (" + v.Value + ")")
		}
	}
	b.WriteString(": " + v.Problem + ". ")
	b.WriteString(rule.Remedy + " See " + rule.URL)
	return b.String()
}

// fault is a violation by a value.
func (r *Resource) fault(v Value, problem string) Violation {
	return Violation{URN: r.URN, Label: r.Label(), Path: v.Path(), Value: v.Show(), Problem: problem}
}

// faults is fault as the list that a rule returns.
func (r *Resource) faults(v Value, problem string) []Violation {
	return []Violation{r.fault(v, problem)}
}

// flaw is a violation by the resource as a whole.
func (r *Resource) flaw(problem string) Violation {
	return Violation{URN: r.URN, Label: r.Label(), Problem: problem}
}

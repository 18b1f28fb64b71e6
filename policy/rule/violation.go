package rule

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// Violation is one breach of a rule.
type Violation struct {
	// URN is the resource; empty is the stack.
	URN string
	// Label names the resource in the message.
	Label string
	// Path is the property, as Pulumi writes property paths; empty when the violation is about the
	// whole resource.
	Path string
	// Value is the value for the message, never a secret.
	Value string
	// Problem is what is wrong, without a full stop.
	Problem string
}

// At returns a violation by a value of a resource.
func At(r *graph.Resource, v graph.Value, problem string) Violation {
	return Violation{URN: r.URN, Label: r.Label(), Path: r.PathOf(v), Value: v.Show(), Problem: problem}
}

// About returns a violation by a resource as a whole.
func About(r *graph.Resource, problem string) Violation {
	return Violation{URN: r.URN, Label: r.Label(), Problem: problem}
}

// Hidden returns a violation by a value that is a secret, whether or not the program marks it as
// one.
func Hidden(r *graph.Resource, v graph.Value, problem string) Violation {
	return Violation{URN: r.URN, Label: r.Label(), Path: r.PathOf(v), Value: "[secret]", Problem: problem}
}

// Found returns a list of one violation, by a value of a resource.
func Found(r *graph.Resource, v graph.Value, problem string) []Violation {
	return []Violation{At(r, v, problem)}
}

// Message renders the violation: where, what is wrong, what to do, and the source.
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
	b.WriteString(rule.Remedy + " See " + rule.Source.URL)
	return b.String()
}

package webhook

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// NamespaceSelectorArgs selects namespaces by their labels, with the fields of Kubernetes'
// meta/v1.LabelSelector. All of its requirements must be met.
type NamespaceSelectorArgs struct {
	// MatchLabels are labels that a namespace must have, with these values. Default: none.
	MatchLabels pulumi.StringMapInput `pulumi:"matchLabels,optional"`
	// MatchExpressions are further requirements. Default: none.
	MatchExpressions []SelectorRequirementArgs `pulumi:"matchExpressions,optional"`
}

// SelectorRequirementArgs is a requirement on one label.
type SelectorRequirementArgs struct {
	// Key is the label's. Required.
	Key pulumi.StringInput `pulumi:"key"`
	// Operator is In, NotIn, Exists or DoesNotExist. Required.
	Operator pulumi.StringInput `pulumi:"operator" enum:"SelectorOperator"`
	// Values are the label's: at least one for In and NotIn, none otherwise.
	Values pulumi.StringArrayInput `pulumi:"values,optional"`
}

// SelectorOperator is an operator of a label selector (meta/v1.LabelSelectorRequirement).
type SelectorOperator string

// Operators of label selectors.
const (
	SelectIn           SelectorOperator = "In"
	SelectNotIn        SelectorOperator = "NotIn"
	SelectExists       SelectorOperator = "Exists"
	SelectDoesNotExist SelectorOperator = "DoesNotExist"
)

var _ = arguments.Enum(SelectIn, SelectNotIn, SelectExists, SelectDoesNotExist)

// value returns the chart's mutatingWebhookNamespaceSelector.
func (s *NamespaceSelectorArgs) value() pulumi.Map {
	m := pulumi.Map{}
	if s.MatchLabels != nil {
		m["matchLabels"] = s.MatchLabels
	}
	if len(s.MatchExpressions) == 0 {
		return m
	}
	list := make(pulumi.Array, len(s.MatchExpressions))
	for i, r := range s.MatchExpressions {
		e := pulumi.Map{"key": r.Key, "operator": r.Operator}
		if n, ok := r.count(); !ok || n > 0 {
			e["values"] = r.Values
		}
		list[i] = e
	}
	m["matchExpressions"] = list
	return m
}

// count returns the number of values, if it is known.
func (r *SelectorRequirementArgs) count() (int, bool) {
	list, ok := known.As[pulumi.StringArray](r.Values)
	return len(list), ok || r.Values == nil
}

func (s *NamespaceSelectorArgs) check(l *problem.List) {
	if s == nil {
		return
	}
	const path problem.Path = "namespaceSelector"
	metadata.Labels(l, path+".matchLabels", s.MatchLabels)
	for i := range s.MatchExpressions {
		s.MatchExpressions[i].check(l, path.Field("matchExpressions").Index(i))
	}
}

// check applies Kubernetes' rules for a label selector (k8s.io/apimachinery,
// pkg/apis/meta/v1/validation).
func (r *SelectorRequirementArgs) check(l *problem.List, path problem.Path) {
	if key, ok := known.String(r.Key); ok {
		l.AddError(path+".key", kube.ValidateLabelKey(key))
	}
	values, _ := known.As[pulumi.StringArray](r.Values)
	for i, in := range values {
		if value, ok := known.String(in); ok {
			l.AddError(path.Field("values").Index(i), kube.ValidateLabelValue(value))
		}
	}
	n, ok := r.count()
	if !ok {
		return
	}
	text, _ := known.String(r.Operator)
	switch operator := SelectorOperator(text); operator {
	case SelectIn, SelectNotIn:
		if n == 0 {
			l.Add(path+".values", fmt.Sprintf("operator %s compares with values, and there are none", operator), "give at least one")
		}
	case SelectExists, SelectDoesNotExist:
		if n > 0 {
			l.Add(path+".values", fmt.Sprintf("operator %s takes no values", operator), fmt.Sprintf("remove them, or use %s or %s", SelectIn, SelectNotIn))
		}
	}
}

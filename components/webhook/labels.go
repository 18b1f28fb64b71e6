package webhook

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// checkPodLabel refuses the labels that would break the webhook's own pods.
func checkPodLabel(key string) error {
	if slices.Contains(podSelectorLabels, key) {
		return problem.New(fmt.Sprintf("the chart selects the webhook's pods by the label %q and sets it itself", key), "use another key")
	}
	if key == azwi.LabelUse {
		return problem.New(fmt.Sprintf("with %q the webhook would have to admit its own pods", key), "once none of them runs, none could ever start")
	}
	return nil
}

func (s *NamespaceSelectorArgs) validate(l *problem.List, path problem.Path) {
	if s == nil {
		return
	}
	metadata.Labels(l, path+".matchLabels", s.MatchLabels)
	for i := range s.MatchExpressions {
		s.MatchExpressions[i].validate(l, path.Field("matchExpressions").Index(i))
	}
}

// validate follows Kubernetes' own rules for a label selector
// (k8s.io/apimachinery, pkg/apis/meta/v1/validation).
func (r *SelectorRequirementArgs) validate(l *problem.List, path problem.Path) {
	l.AddError(path+".key", kube.ValidateLabelKey(r.Key))
	for i, value := range r.Values {
		l.AddError(path.Field("values").Index(i), kube.ValidateLabelValue(value))
	}
	switch r.Operator {
	case SelectIn, SelectNotIn:
		if len(r.Values) == 0 {
			l.Add(path+".values", fmt.Sprintf("operator %s compares with values, and there are none", r.Operator), "give at least one")
		}
	case SelectExists, SelectDoesNotExist:
		if len(r.Values) > 0 {
			l.Add(path+".values", fmt.Sprintf("operator %s takes no values", r.Operator), fmt.Sprintf("remove them, or use %s or %s", SelectIn, SelectNotIn))
		}
	default:
		oneOf(l, path+".operator", r.Operator, SelectorOperators())
	}
}

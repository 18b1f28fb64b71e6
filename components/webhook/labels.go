package webhook

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// checkPodLabel refuses the labels that would break the webhook's own pods.
func checkPodLabel(key string) error {
	if slices.Contains(podSelectorLabels, key) {
		return fmt.Errorf("the chart selects the webhook's pods by the label %q and sets it itself: use another key", key)
	}
	if key == azwi.LabelUse {
		return fmt.Errorf("with %q the webhook would have to admit its own pods: once none of them runs, none could ever start", key)
	}
	return nil
}

func (s *NamespaceSelectorArgs) validate(l *problems.List, path string) {
	if s == nil {
		return
	}
	metadata.Labels(l, path+".matchLabels", s.MatchLabels)
	for i := range s.MatchExpressions {
		s.MatchExpressions[i].validate(l, fmt.Sprintf("%s.matchExpressions[%d]", path, i))
	}
}

// validate follows Kubernetes' own rules for a label selector
// (k8s.io/apimachinery, pkg/apis/meta/v1/validation).
func (r *SelectorRequirementArgs) validate(l *problems.List, path string) {
	l.Add(path+".key", kube.ValidateLabelKey(r.Key))
	for i, value := range r.Values {
		l.Add(fmt.Sprintf("%s.values[%d]", path, i), kube.ValidateLabelValue(value))
	}
	switch r.Operator {
	case SelectIn, SelectNotIn:
		if len(r.Values) == 0 {
			l.Addf(path+".values", "operator %s compares with values, and there are none: give at least one", r.Operator)
		}
	case SelectExists, SelectDoesNotExist:
		if len(r.Values) > 0 {
			l.Addf(path+".values", "operator %s takes no values: remove them, or use %s or %s", r.Operator, SelectIn, SelectNotIn)
		}
	default:
		oneOf(l, path+".operator", r.Operator, SelectorOperators())
	}
}

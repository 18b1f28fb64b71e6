package webhook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// The forms of label keys and values. Source: Kubernetes, "Labels and Selectors",
// syntax and character set; annotation keys have the same form.
var (
	labelName   = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	labelPrefix = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
)

const maxPrefixLength = 253

func validateKey(key string) error {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	if prefixed && (len(prefix) > maxPrefixLength || !labelPrefix.MatchString(prefix)) || !labelName.MatchString(name) {
		return fmt.Errorf("%q is not a key of Kubernetes labels: write 1 to 63 letters, digits, hyphens, underscores and dots, optionally after a domain and a slash", key)
	}
	return nil
}

func validateLabelValue(value string) error {
	if value != "" && !labelName.MatchString(value) {
		return fmt.Errorf("%q is not a value of a Kubernetes label: use up to 63 letters, digits, hyphens, underscores and dots, a letter or digit first and last", value)
	}
	return nil
}

// validateLabels checks the keys, and the values that are known.
func validateLabels(l *problems.List, path string, in pulumi.StringMapInput) {
	eachKnown(in, func(key string, value pulumi.Input) {
		at := fmt.Sprintf("%s[%q]", path, key)
		l.Add(at, validateKey(key))
		if text, ok := known.String(value); ok {
			l.Add(at, validateLabelValue(text))
		}
	})
}

// validateAnnotations checks the keys; the values may be any text.
func validateAnnotations(l *problems.List, path string, in pulumi.StringMapInput) {
	eachKnown(in, func(key string, _ pulumi.Input) {
		l.Add(fmt.Sprintf("%s[%q]", path, key), validateKey(key))
	})
}

// eachKnown visits the entries of a map whose keys are known, in order.
func eachKnown(in pulumi.StringMapInput, visit func(key string, value pulumi.Input)) {
	m, ok := known.As[pulumi.StringMap](in)
	if !ok {
		return
	}
	for _, key := range sortedKeys(m) {
		visit(key, m[key])
	}
}

// checkPodLabel refuses the labels that would break the webhook's own pods.
func checkPodLabel(key string) error {
	if slices.Contains(podSelectorLabels, key) {
		return fmt.Errorf("the chart selects the webhook's pods by the label %q and sets it itself: use another key", key)
	}
	if key == names.LabelUse {
		return fmt.Errorf("with %q the webhook would have to admit its own pods: once none of them runs, none could ever start", key)
	}
	return nil
}

func (s *NamespaceSelectorArgs) validate(l *problems.List, path string) {
	if s == nil {
		return
	}
	validateLabels(l, path+".matchLabels", s.MatchLabels)
	for i := range s.MatchExpressions {
		s.MatchExpressions[i].validate(l, fmt.Sprintf("%s.matchExpressions[%d]", path, i))
	}
}

// validate follows Kubernetes' own rules for a label selector
// (k8s.io/apimachinery, pkg/apis/meta/v1/validation).
func (r *SelectorRequirementArgs) validate(l *problems.List, path string) {
	l.Add(path+".key", validateKey(r.Key))
	for i, value := range r.Values {
		l.Add(fmt.Sprintf("%s.values[%d]", path, i), validateLabelValue(value))
	}
	switch r.Operator {
	case SelectIn, SelectNotIn:
		if len(r.Values) == 0 {
			l.Addf(path+".values", "operator %s needs at least one value to compare with", r.Operator)
		}
	case SelectExists, SelectDoesNotExist:
		if len(r.Values) > 0 {
			l.Addf(path+".values", "operator %s takes no values: remove them, or use %s or %s", r.Operator, SelectIn, SelectNotIn)
		}
	default:
		oneOf(l, path+".operator", r.Operator, SelectorOperators())
	}
}

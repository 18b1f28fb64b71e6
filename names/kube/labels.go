package kube

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// TaintEffects lists the effects of a taint. Source: Kubernetes, "Taints and Tolerations".
func TaintEffects() []string { return []string{"NoSchedule", "PreferNoSchedule", "NoExecute"} }

// ValidateLabelKey checks the key of a Kubernetes label or taint: a name of 1 to 63 letters,
// digits, hyphens, underscores and dots, which may follow a DNS subdomain and a slash. Source:
// Kubernetes, "Labels and Selectors".
func ValidateLabelKey(key string) error {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		name = key
	}
	if prefixed && len(validation.IsDNS1123Subdomain(prefix)) > 0 {
		return problem.New(fmt.Sprintf("key %q is not allowed", key), fmt.Sprintf("what stands before the slash is a DNS name of at most %d characters", validation.DNS1123SubdomainMaxLength))
	}
	if name == "" || len(validation.IsValidLabelValue(name)) > 0 {
		return problem.New(fmt.Sprintf("key %q is not allowed", key), fmt.Sprintf("use 1 to %d letters, digits, hyphens, underscores and dots, starting and ending with a letter or digit", validation.LabelValueMaxLength))
	}
	return nil
}

// ValidateAnnotationKey checks the key of a Kubernetes annotation: that of a label, but in either
// case. Source: Kubernetes v1.34, pkg/api/validation, ValidateAnnotations.
func ValidateAnnotationKey(key string) error { return ValidateLabelKey(strings.ToLower(key)) }

// ValidateLabelValue checks the value of a Kubernetes label or taint: up to 63 letters, digits,
// hyphens, underscores and dots; it may be empty.
func ValidateLabelValue(value string) error {
	if len(validation.IsValidLabelValue(value)) > 0 {
		return problem.New(fmt.Sprintf("value %q is not allowed", value), fmt.Sprintf("use at most %d letters, digits, hyphens, underscores and dots, starting and ending with a letter or digit", validation.LabelValueMaxLength))
	}
	return nil
}

// ValidateTaint checks a taint in the form "key=value:Effect" or "key:Effect".
func ValidateTaint(taint string) error {
	i := strings.LastIndex(taint, ":")
	if i < 0 || !slices.Contains(TaintEffects(), taint[i+1:]) {
		return problem.New(fmt.Sprintf("taint %q is not allowed", taint), "write key=value:Effect, where Effect is one of "+strings.Join(TaintEffects(), ", "))
	}
	key, value, _ := strings.Cut(taint[:i], "=")
	subject := fmt.Sprintf("taint %q", taint)
	if err := ValidateLabelKey(key); err != nil {
		return problem.About(subject, err)
	}
	return problem.About(subject, ValidateLabelValue(value))
}

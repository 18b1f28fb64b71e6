package names

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	// maxLabelName is the longest name part of a label's key, and the longest
	// value. Source: Kubernetes, "Labels and Selectors".
	maxLabelName = 63
	// maxLabelPrefix is the longest prefix of a label's key.
	maxLabelPrefix = 253
)

var labelName = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$`)

// TaintEffects lists the effects of a taint. Source: Kubernetes, "Taints and
// Tolerations".
func TaintEffects() []string { return []string{"NoSchedule", "PreferNoSchedule", "NoExecute"} }

// ValidateLabelKey checks the key of a Kubernetes label or taint: a name of 1 to
// 63 letters, digits, hyphens, underscores and dots, with a DNS subdomain and a
// slash before it if wanted.
func ValidateLabelKey(key string) error {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	if prefixed && (len(prefix) > maxLabelPrefix || !dnsSubdomain.MatchString(prefix)) {
		return fmt.Errorf("key %q is not allowed: what stands before the slash is a DNS name of at most %d characters", key, maxLabelPrefix)
	}
	if len(name) > maxLabelName || !labelName.MatchString(name) {
		return fmt.Errorf("key %q is not allowed: use 1 to %d letters, digits, hyphens, underscores and dots, starting and ending with a letter or digit", key, maxLabelName)
	}
	return nil
}

// ValidateAnnotationKey checks the key of a Kubernetes annotation: that of a label,
// but in either case. Source: Kubernetes v1.34, pkg/api/validation,
// ValidateAnnotations.
func ValidateAnnotationKey(key string) error { return ValidateLabelKey(strings.ToLower(key)) }

// ValidateLabelValue checks the value of a Kubernetes label or taint: up to 63
// letters, digits, hyphens, underscores and dots; it may be empty.
func ValidateLabelValue(value string) error {
	if value != "" && (len(value) > maxLabelName || !labelName.MatchString(value)) {
		return fmt.Errorf("value %q is not allowed: use at most %d letters, digits, hyphens, underscores and dots, starting and ending with a letter or digit", value, maxLabelName)
	}
	return nil
}

// ValidateTaint checks a taint in the form "key=value:Effect" or "key:Effect".
func ValidateTaint(taint string) error {
	i := strings.LastIndex(taint, ":")
	if i < 0 || !slices.Contains(TaintEffects(), taint[i+1:]) {
		return fmt.Errorf("taint %q is not allowed: write key=value:Effect, where Effect is one of %s", taint, strings.Join(TaintEffects(), ", "))
	}
	key, value, _ := strings.Cut(taint[:i], "=")
	if err := ValidateLabelKey(key); err != nil {
		return fmt.Errorf("taint %q: %w", taint, err)
	}
	if err := ValidateLabelValue(value); err != nil {
		return fmt.Errorf("taint %q: %w", taint, err)
	}
	return nil
}

// ReservedNodeLabel reports whether AKS keeps a label's key for itself.
// Source: learn.microsoft.com, "Use labels in an Azure Kubernetes Service (AKS)
// cluster", reserved prefixes.
func ReservedNodeLabel(key string) bool {
	return strings.HasPrefix(key, "kubernetes.azure.com/") || strings.HasPrefix(key, "kubernetes.io/")
}

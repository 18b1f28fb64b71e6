package kube

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Longest names, in characters. Source: Kubernetes, "Object Names and IDs".
const (
	// MaxNamespaceLength is the longest namespace (an RFC 1123 label).
	MaxNamespaceLength = validation.DNS1123LabelMaxLength
	// MaxServiceAccountLength is the longest name of a service account (an RFC 1123 subdomain).
	MaxServiceAccountLength = validation.DNS1123SubdomainMaxLength
)

// ValidateNamespace checks a Kubernetes namespace: an RFC 1123 label of at most 63 characters.
// Source: Kubernetes, "Object Names and IDs".
func ValidateNamespace(namespace string) error {
	switch {
	case namespace == "":
		return problem.New("a namespace is required", "name that of the pods")
	case strings.ContainsAny(namespace, "*?"):
		return problem.New(fmt.Sprintf("namespace %q contains a wildcard", namespace), "Entra compares subjects literally, so name every namespace")
	case len(namespace) > MaxNamespaceLength:
		return problem.New(fmt.Sprintf("namespace %q has %d characters", namespace, len(namespace)), fmt.Sprintf("Kubernetes allows at most %d", MaxNamespaceLength))
	case len(validation.IsDNS1123Label(namespace)) > 0:
		return problem.New(fmt.Sprintf("namespace %q is not a Kubernetes name", namespace), "use lower-case letters, digits and hyphens, and start and end with a letter or digit")
	}
	return nil
}

// ValidateServiceAccount checks the name of a Kubernetes service account: an RFC 1123 subdomain
// (labels joined by dots) of at most 253 characters.
func ValidateServiceAccount(name string) error {
	switch {
	case name == "":
		return problem.New("a service account name is required", "name that of the pods")
	case strings.ContainsAny(name, "*?"):
		return problem.New(fmt.Sprintf("service account %q contains a wildcard", name), "Entra compares subjects literally, so name every service account")
	case len(name) > MaxServiceAccountLength:
		return problem.New(fmt.Sprintf("service account %q has %d characters", name, len(name)), fmt.Sprintf("Kubernetes allows at most %d", MaxServiceAccountLength))
	case !IsObjectName(name):
		return problem.New(fmt.Sprintf("service account %q is not a Kubernetes name", name), "use lower-case letters, digits, hyphens and dots, and start and end each part with a letter or digit")
	}
	return nil
}

// IsObjectName reports whether most kinds of Kubernetes objects may have the name: an RFC 1123
// subdomain of at most 253 characters.
func IsObjectName(name string) bool { return len(validation.IsDNS1123Subdomain(name)) == 0 }

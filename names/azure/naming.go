package azure

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

var (
	identityName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$`)
	keyName      = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$`)
	linuxPool    = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)
	windowsPool  = regexp.MustCompile(`^[a-z][a-z0-9]{0,5}$`)
	dnsPrefix    = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$`)
)

// MaxKeyLength is the longest key that ValidateKey accepts, in characters.
const MaxKeyLength = 63

// ValidateKey checks a short name that becomes part of resource names, such as the key of a cluster
// or of a scope: 1 to 63 letters, digits, hyphens and underscores, the first a letter or digit.
// Dots are refused because they separate the parts of a child's name.
func ValidateKey(key string) error {
	if !keyName.MatchString(key) {
		return problem.New(fmt.Sprintf("%q is not allowed", key),
			fmt.Sprintf("use 1 to %d letters, digits, hyphens and underscores, starting with a letter or digit", MaxKeyLength))
	}
	return nil
}

// ValidateIdentityName checks the name of a user-assigned identity: 3 to 128 letters, digits,
// hyphens and underscores, the first a letter or digit. Source: learn.microsoft.com, "Naming rules
// and restrictions for Azure resources", Microsoft.ManagedIdentity.
func ValidateIdentityName(name string) error {
	if !identityName.MatchString(name) {
		return problem.New(fmt.Sprintf("identity name %q is not allowed", name), "use 3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit")
	}
	return nil
}

// ValidatePoolName checks the name of an AKS node pool: lower-case letters and digits, starting
// with a letter, at most 12 characters, or 6 for Windows. Source: learn.microsoft.com, "Create node
// pools for a cluster in AKS".
func ValidatePoolName(name string, windows bool) error {
	if windows && !windowsPool.MatchString(name) {
		return problem.New(fmt.Sprintf("node pool name %q is not allowed", name), "a Windows pool has 1 to 6 lower-case letters and digits, starting with a letter")
	}
	if !linuxPool.MatchString(name) {
		return problem.New(fmt.Sprintf("node pool name %q is not allowed", name), "use 1 to 12 lower-case letters and digits, starting with a letter")
	}
	return nil
}

// ValidateDNSPrefix checks the DNS prefix of an AKS cluster: 1 to 54 letters, digits and hyphens,
// starting and ending with a letter or digit. Source: Microsoft.ContainerService/managedClusters,
// property dnsPrefix.
func ValidateDNSPrefix(prefix string) error {
	if !dnsPrefix.MatchString(prefix) {
		return problem.New(fmt.Sprintf("DNS prefix %q is not allowed", prefix), "use 1 to 54 letters, digits and hyphens, starting and ending with a letter or digit")
	}
	return nil
}

// ReservedNodeLabel reports whether AKS refuses a node label's key because it sets it itself.
// Source: learn.microsoft.com, "Use labels in an Azure Kubernetes Service (AKS) cluster", reserved
// prefixes.
func ReservedNodeLabel(key string) bool {
	return strings.HasPrefix(key, "kubernetes.azure.com/") || strings.HasPrefix(key, "kubernetes.io/")
}

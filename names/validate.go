package names

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var (
	dnsLabel       = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	dnsSubdomain   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	identityName   = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$`)
	credentialName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-_]{2,119}$`)
	keyName        = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$`)
	linuxPool      = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)
	windowsPool    = regexp.MustCompile(`^[a-z][a-z0-9]{0,5}$`)
	dnsPrefix      = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$`)
	guid           = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
)

// ValidateNamespace checks a Kubernetes namespace: an RFC 1123 label of at most
// 63 characters. Source: Kubernetes, "Object Names and IDs".
func ValidateNamespace(namespace string) error {
	switch {
	case namespace == "":
		return errors.New("a namespace is required: name that of the pods")
	case strings.ContainsAny(namespace, "*?"):
		return fmt.Errorf("namespace %q contains a wildcard: Entra compares subjects literally, so name every namespace", namespace)
	case len(namespace) > MaxNamespaceLength:
		return fmt.Errorf("namespace %q has %d characters: Kubernetes allows at most %d", namespace, len(namespace), MaxNamespaceLength)
	case !dnsLabel.MatchString(namespace):
		return fmt.Errorf("namespace %q is not a Kubernetes name: use lower-case letters, digits and hyphens, and start and end with a letter or digit", namespace)
	}
	return nil
}

// ValidateServiceAccount checks the name of a Kubernetes service account: an RFC
// 1123 subdomain (labels joined by dots) of at most 253 characters.
func ValidateServiceAccount(name string) error {
	switch {
	case name == "":
		return errors.New("a service account name is required: name that of the pods")
	case strings.ContainsAny(name, "*?"):
		return fmt.Errorf("service account %q contains a wildcard: Entra compares subjects literally, so name every service account", name)
	case len(name) > MaxServiceAccountLength:
		return fmt.Errorf("service account %q has %d characters: Kubernetes allows at most %d", name, len(name), MaxServiceAccountLength)
	case !dnsSubdomain.MatchString(name):
		return fmt.Errorf("service account %q is not a Kubernetes name: use lower-case letters, digits, hyphens and dots, and start and end each part with a letter or digit", name)
	}
	return nil
}

// IsObjectName reports whether most kinds of Kubernetes objects may have the name:
// an RFC 1123 subdomain of at most 253 characters.
func IsObjectName(name string) bool {
	return len(name) <= MaxServiceAccountLength && dnsSubdomain.MatchString(name)
}

// ValidateIdentityName checks the name of a user-assigned identity: 3 to 128
// letters, digits, hyphens and underscores, the first a letter or digit.
// Source: learn.microsoft.com, "Naming rules and restrictions for Azure
// resources", Microsoft.ManagedIdentity.
func ValidateIdentityName(name string) error {
	if !identityName.MatchString(name) {
		return fmt.Errorf("identity name %q is not allowed: use 3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit", name)
	}
	return nil
}

// ValidateCredentialName checks the name of a federated identity credential: 3
// to 120 letters, digits, hyphens and underscores, the first a letter or digit.
func ValidateCredentialName(name string) error {
	if !credentialName.MatchString(name) {
		return fmt.Errorf("federated credential name %q is not allowed: use 3 to %d letters, digits, hyphens and underscores, starting with a letter or digit", name, MaxFederatedCredentialName)
	}
	return nil
}

// ValidateKey checks a short name that becomes part of resource names, such as
// the key of a cluster or of a scope: 1 to 63 letters, digits, hyphens and
// underscores, the first a letter or digit. Dots are kept out because they
// separate the parts of a child's name.
func ValidateKey(key string) error {
	if !keyName.MatchString(key) {
		return fmt.Errorf("%q is not allowed: use 1 to 63 letters, digits, hyphens and underscores, starting with a letter or digit", key)
	}
	return nil
}

// ValidatePoolName checks the name of an AKS node pool: lower-case letters and
// digits, starting with a letter, at most 12 characters, or 6 for Windows.
// Source: learn.microsoft.com, "Create node pools for a cluster in AKS".
func ValidatePoolName(name string, windows bool) error {
	if windows && !windowsPool.MatchString(name) {
		return fmt.Errorf("node pool name %q is not allowed: a Windows pool has 1 to 6 lower-case letters and digits, starting with a letter", name)
	}
	if !linuxPool.MatchString(name) {
		return fmt.Errorf("node pool name %q is not allowed: use 1 to 12 lower-case letters and digits, starting with a letter", name)
	}
	return nil
}

// ValidateDNSPrefix checks the DNS prefix of an AKS cluster: 1 to 54 letters,
// digits and hyphens, starting and ending with a letter or digit.
// Source: Microsoft.ContainerService/managedClusters, property dnsPrefix.
func ValidateDNSPrefix(prefix string) error {
	if !dnsPrefix.MatchString(prefix) {
		return fmt.Errorf("DNS prefix %q is not allowed: use 1 to 54 letters, digits and hyphens, starting and ending with a letter or digit", prefix)
	}
	return nil
}

// ValidateIssuer checks the issuer of a federated identity credential: an
// absolute https URL of at most 600 characters, without wildcard, query or
// fragment. An AKS issuer ends with a slash, because Entra compares the issuer
// with the token's claim byte for byte (AADSTS700211 otherwise).
func ValidateIssuer(issuer string) error {
	if issuer == "" {
		return errors.New("an issuer URL is required: take it from the cluster's issuerUrl output")
	}
	if len(issuer) > MaxFederatedFieldLength {
		return fmt.Errorf("issuer has %d characters: Entra allows at most %d", len(issuer), MaxFederatedFieldLength)
	}
	if strings.ContainsAny(issuer, "* \t\r\n") {
		return fmt.Errorf("issuer %q contains a wildcard or white space: Entra compares the issuer literally", issuer)
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return fmt.Errorf("issuer %q is not a URL: %w", issuer, err)
	}
	switch {
	case u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("issuer %q is not an https URL: Entra fetches the issuer's keys over https only", issuer)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(issuer, "#"):
		return fmt.Errorf("issuer %q has a user, query or fragment: an OpenID Connect issuer has none", issuer)
	case isAKSIssuer(u.Hostname()) && !strings.HasSuffix(issuer, "/"):
		return fmt.Errorf("issuer %q lacks the trailing slash: AKS issues tokens with it and Entra compares byte for byte, so use %q", issuer, issuer+"/")
	}
	return nil
}

// isAKSIssuer knows both forms of AKS's issuer host, https://{region}.oic.prod-aks.azure.com
// and the older https://oidc.prod-aks.azure.com, and their counterparts in the
// sovereign clouds, which differ in the last labels only.
func isAKSIssuer(host string) bool {
	host = strings.ToLower(host)
	return strings.Contains(host, ".oic.prod-aks.") || strings.HasPrefix(host, "oidc.prod-aks.")
}

// ValidateAudience checks the audience of a federated identity credential: 1 to
// 600 characters without wildcard or white space.
func ValidateAudience(audience string) error {
	switch {
	case audience == "":
		return fmt.Errorf("an audience is required: the webhook projects %q", AudiencePublic)
	case len(audience) > MaxFederatedFieldLength:
		return fmt.Errorf("audience has %d characters: Entra allows at most %d", len(audience), MaxFederatedFieldLength)
	case strings.ContainsAny(audience, "* \t\r\n"):
		return fmt.Errorf("audience %q contains a wildcard or white space: Entra compares the audience literally", audience)
	}
	return nil
}

// ValidateTokenExpiration checks the lifetime of the projected token, in seconds.
func ValidateTokenExpiration(seconds int) error {
	if seconds < MinTokenExpirationSeconds || seconds > MaxTokenExpirationSeconds {
		return fmt.Errorf("token expiration %d is outside %d to %d seconds: the webhook would deny every pod", seconds, MinTokenExpirationSeconds, MaxTokenExpirationSeconds)
	}
	return nil
}

// IsGUID reports whether s is a GUID in the usual 8-4-4-4-12 form.
func IsGUID(s string) bool { return guid.MatchString(s) }

// ValidateScope checks the scope of a role assignment: an absolute resource id,
// without wildcard, white space, empty segment or trailing slash. Azure's ids
// have the form /subscriptions/… or /providers/Microsoft.Management/managementGroups/….
func ValidateScope(scope string) error {
	switch {
	case scope == "":
		return errors.New("a scope is required: the id of a resource, resource group, subscription or management group")
	case strings.ContainsAny(scope, "*? \t\r\n"):
		return fmt.Errorf("scope %q contains a wildcard or white space: a role assignment has one resource id", scope)
	case !strings.HasPrefix(strings.ToLower(scope), "/subscriptions/") && !strings.HasPrefix(strings.ToLower(scope), "/providers/"):
		return fmt.Errorf("scope %q is not a resource id: it starts with /subscriptions/ or /providers/", scope)
	case strings.Contains(scope, "//") || strings.HasSuffix(scope, "/"):
		return fmt.Errorf("scope %q has an empty segment: remove the superfluous slash", scope)
	}
	return nil
}

// SubscriptionOf is the subscription in a resource id, or empty if it has none.
func SubscriptionOf(id string) string {
	parts := strings.Split(id, "/")
	if len(parts) < 3 || parts[0] != "" || !strings.EqualFold(parts[1], "subscriptions") {
		return ""
	}
	return parts[2]
}

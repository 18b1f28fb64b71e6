package azure

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Limits of federated identity credentials. Source: learn.microsoft.com, "Important considerations
// and restrictions for federated identity credentials".
const (
	// MaxFederatedCredentials is the number of federated identity credentials that one
	// user-assigned identity or Entra application may hold.
	MaxFederatedCredentials = 20
	// MaxFederatedFieldLength is the longest issuer, subject, audience or description of a
	// federated identity credential, in characters.
	MaxFederatedFieldLength = 600
	// MaxFederatedCredentialName is the longest name of a federated identity credential, in
	// characters; the shortest has 3.
	MaxFederatedCredentialName = 120
)

var credentialName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-_]{2,119}$`)

// ValidateCredentialName checks the name of a federated identity credential: 3 to 120 letters,
// digits, hyphens and underscores, the first a letter or digit.
func ValidateCredentialName(name string) error {
	if !credentialName.MatchString(name) {
		return problem.New(fmt.Sprintf("federated credential name %q is not allowed", name),
			fmt.Sprintf("use 3 to %d letters, digits, hyphens and underscores, starting with a letter or digit", MaxFederatedCredentialName))
	}
	return nil
}

// ValidateIssuer checks the issuer of a federated identity credential: an absolute https URL of at
// most 600 characters, without wildcard, query or fragment. An AKS issuer ends with a slash,
// because Entra compares the issuer with the token's claim byte for byte (AADSTS700211 otherwise).
func ValidateIssuer(issuer string) error {
	if issuer == "" {
		return problem.New("an issuer URL is required", "take it from the cluster's issuerUrl output")
	}
	if len(issuer) > MaxFederatedFieldLength {
		return problem.New(fmt.Sprintf("issuer has %d characters", len(issuer)), fmt.Sprintf("Entra allows at most %d", MaxFederatedFieldLength))
	}
	if strings.ContainsAny(issuer, "* \t\r\n") {
		return problem.New(fmt.Sprintf("issuer %q contains a wildcard or white space", issuer), "Entra compares the issuer literally, so write it exactly as the tokens have it")
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return problem.New(fmt.Sprintf("issuer %q is not a URL", issuer), fmt.Sprintf("correct it: %v", err))
	}
	switch {
	case u.Scheme != "https" || u.Host == "":
		return problem.New(fmt.Sprintf("issuer %q is not an https URL", issuer), "Entra fetches the issuer's keys over https only")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(issuer, "#"):
		return problem.New(fmt.Sprintf("issuer %q has a user, query or fragment", issuer), "remove it, an OpenID Connect issuer has none")
	case isAKSIssuer(u.Hostname()) && !strings.HasSuffix(issuer, "/"):
		return problem.New(fmt.Sprintf("issuer %q lacks the trailing slash", issuer), fmt.Sprintf("AKS issues tokens with it and Entra compares byte for byte, so use %q", issuer+"/"))
	}
	return nil
}

// isAKSIssuer reports whether a host is that of AKS's issuers, in both forms
// https://{region}.oic.prod-aks.azure.com and the older https://oidc.prod-aks.azure.com, or in
// those of the sovereign clouds, which differ in the last labels only.
func isAKSIssuer(host string) bool {
	host = strings.ToLower(host)
	return strings.Contains(host, ".oic.prod-aks.") || strings.HasPrefix(host, "oidc.prod-aks.")
}

// ValidateAudience checks the audience of a federated identity credential: 1 to 600 characters
// without wildcard or white space.
func ValidateAudience(audience string) error {
	switch {
	case audience == "":
		return problem.New("an audience is required", fmt.Sprintf("the webhook projects %q", AudiencePublic))
	case len(audience) > MaxFederatedFieldLength:
		return problem.New(fmt.Sprintf("audience has %d characters", len(audience)), fmt.Sprintf("Entra allows at most %d", MaxFederatedFieldLength))
	case strings.ContainsAny(audience, "* \t\r\n"):
		return problem.New(fmt.Sprintf("audience %q contains a wildcard or white space", audience), "Entra compares the audience literally, so write it exactly as the tokens have it")
	}
	return nil
}

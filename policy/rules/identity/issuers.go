package identity

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// issuers returns the rules about which issuers a credential may trust.
func issuers() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "credential-issuer-form",
			Title:       "Issuers of federated credentials are https URLs, written as in the tokens.",
			Why:         "Entra compares the issuer byte for byte with the token's claim (AADSTS700211); an AKS issuer ends with a slash.",
			Remedy:      "Take the issuer from the cluster's oidcIssuerProfile.issuerURL, unchanged.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.FederationLimits,
			Types:         graph.CredentialTypes,
			CheckResource: checkIssuerForm,
		},
		{
			Name:        "credential-issuer-allowed",
			Title:       "Federated credentials trust allowed issuers only.",
			Why:         "The operator of an issuer can use every identity that trusts it.",
			Remedy:      "Use an allowed issuer, or allow this one (parameter allowedIssuers).",
			FalseAlarms: "None without parameters.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: "It has no effect until issuers are listed.",
			Source:      rule.Federation,
			Equivalents: []string{"Azure Policy 2571b7c3-3056-4a61-b00a-9bc5232234f5"},
			Params: []rule.Param{{
				Name: "allowedIssuers", Type: rule.ListParam, Default: rule.Texts(),
				Description: "Patterns of issuers, a star for any characters, such as https://*.oic.prod-aks.azure.com/*. Empty allows all.",
			}},
			Types:         graph.CredentialTypes,
			CheckResource: checkIssuerAllowed,
		},
		{
			Name:        "credential-cluster-trusted",
			Title:       "Federated credentials trust clusters of allowed tenants and regions only.",
			Why:         "Otherwise an identity can trust a cluster of another tenant.",
			Remedy:      "Use a cluster of an allowed tenant and region, or allow this one (allowedTenants, allowedRegions).",
			FalseAlarms: "None without parameters.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: "It has no effect until tenants or regions are listed.",
			Source: rule.Source{
				Title: "Azure Policy built-in definition: federated credentials from trusted AKS tenants and regions",
				URL:   "https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies",
			},
			Equivalents: []string{"Azure Policy ae62c456-33de-4dc8-b100-7ce9028a7d99"},
			Params: []rule.Param{
				{
					Name: "allowedTenants", Type: rule.ListParam, Default: rule.Texts(),
					Description: "Tenant ids of clusters that may be trusted. Empty allows all.",
				},
				{
					Name: "allowedRegions", Type: rule.ListParam, Default: rule.Texts(),
					Description: "Azure regions of clusters that may be trusted. Empty allows all.",
				},
			},
			Types:         graph.CredentialTypes,
			CheckResource: checkTrustedCluster,
		},
	}
}

// checkIssuerForm finds an issuer that no token can have.
func checkIssuerForm(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("issuer")
	issuer, state := v.Text()
	if state == graph.Unknown {
		return nil
	}
	// Azure answers an empty issuer with "The request format was unexpected".
	if err := azure.ValidateIssuer(issuer); err != nil {
		return rule.Found(r, v, err.Error())
	}
	if plain := strings.TrimRight(issuer, "/"); plain != issuer && hasNoSlash(plain) {
		return rule.Found(r, v, fmt.Sprintf("the issuer's tokens have no slash at the end: use %q", plain))
	}
	return nil
}

// issuersWithoutSlash are hosts of issuers whose tokens have an issuer without a slash at the end.
// Source: the discovery document (/.well-known/openid-configuration) of each.
var issuersWithoutSlash = []string{
	"gitlab.com", "app.terraform.io", "api.pulumi.com", "accounts.google.com", "oidc.circleci.com", "vstoken.dev.azure.com",
	"agent.buildkite.com",
}

// hasNoSlash reports whether the tokens of an issuer certainly have no slash at the end.
func hasNoSlash(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && (slices.Contains(issuersWithoutSlash, strings.ToLower(u.Host)) || isGitHub(issuer))
}

// checkIssuerAllowed finds an issuer that is not among those of the configuration.
func checkIssuerAllowed(r *graph.Resource, p rule.Params) []rule.Violation {
	allowed := p.List("allowedIssuers")
	v := r.Get("issuer")
	issuer, ok := v.KnownText()
	if ok && len(allowed) > 0 && !rule.MatchesAny(issuer, allowed) {
		return rule.Found(r, v, "the issuer is not allowed")
	}
	return nil
}

// aksIssuerParts returns the region and tenant of an issuer
// https://{region}.oic.prod-aks.azure.com/{tenant}/{uuid}/.
func aksIssuerParts(issuer string) (region, tenant string, ok bool) {
	u, err := url.Parse(issuer)
	if err != nil {
		return "", "", false
	}
	region, _, ok = strings.Cut(strings.ToLower(u.Hostname()), ".oic.prod-aks.")
	tenant, _, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return region, tenant, ok
}

// checkTrustedCluster finds the issuer of an AKS cluster of another tenant or region than the
// configuration allows.
func checkTrustedCluster(r *graph.Resource, p rule.Params) []rule.Violation {
	v := r.Get("issuer")
	issuer, ok := v.KnownText()
	if !ok {
		return nil
	}
	region, tenant, isAKS := aksIssuerParts(issuer)
	tenants, regions := p.List("allowedTenants"), p.List("allowedRegions")
	switch {
	case !isAKS:
		return nil
	case len(tenants) > 0 && !rule.MatchesAny(tenant, tenants):
		return rule.Found(r, v, fmt.Sprintf("the cluster's tenant %s is not allowed", tenant))
	case len(regions) > 0 && !rule.MatchesAny(region, regions):
		return rule.Found(r, v, fmt.Sprintf("the cluster's region %s is not allowed", region))
	}
	return nil
}

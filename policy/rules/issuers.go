package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

const githubIssuer = "https://token.actions.githubusercontent.com"

// issuers is whom an identity may trust at all.
func issuers() []Rule {
	return []Rule{
		{
			Name: "credential-issuer-form", IDs: []string{"N3"},
			Title:    "Issuers of federated credentials are https URLs as tokens carry them.",
			Why:      "Entra compares the issuer byte for byte with the token's claim (AADSTS700211); an AKS issuer ends with a slash.",
			Remedy:   "Take the issuer from the cluster's oidcIssuerProfile.issuerURL, unchanged.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Types:    credentialTypes,
			Resource: judgeIssuerForm,
		},
		{
			Name: "credential-issuer-allowed", IDs: []string{"24"},
			Title:    "Federated credentials trust allowed issuers only.",
			Why:      "Whoever runs the issuer can be the identity.",
			Remedy:   "Use an allowed issuer, or have this one allowed (parameter allowedIssuers).",
			Severity: High, Level: Mandatory, Reason: "It says nothing until issuers are listed.",
			Document:    "Workload identity federation",
			URL:         "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
			Equivalents: []string{"Azure Policy 2571b7c3-3056-4a61-b00a-9bc5232234f5"},
			Params: []Param{{
				Name: "allowedIssuers", Type: ListParam, Default: texts(),
				Description: "Patterns of issuers, a star for any characters, such as https://*.oic.prod-aks.azure.com/*. Empty allows all.",
			}},
			Types: credentialTypes,
			Resource: func(r *Resource, p Params) []Violation {
				allowed := p.List("allowedIssuers")
				v := r.Get("issuer")
				if issuer, ok := v.KnownText(); ok && len(allowed) > 0 && !matchesAny(issuer, allowed) {
					return r.faults(v, "the issuer is not one of the allowed")
				}
				return nil
			},
		},
		{
			Name: "credential-cluster-trusted", IDs: []string{"23"},
			Title:    "Federated credentials trust clusters of allowed tenants and regions only.",
			Why:      "A cluster of another tenant can be the identity.",
			Remedy:   "Use a cluster of an allowed tenant and region, or have this one allowed (allowedTenants, allowedRegions).",
			Severity: High, Level: Mandatory, Reason: "It says nothing until tenants or regions are listed.",
			Document:    "Azure Policy built-in definition: federated credentials from trusted AKS tenants and regions",
			URL:         "https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies",
			Equivalents: []string{"Azure Policy ae62c456-33de-4dc8-b100-7ce9028a7d99"},
			Params: []Param{
				{Name: "allowedTenants", Type: ListParam, Default: texts(), Description: "Tenant ids of clusters that may be trusted. Empty allows all."},
				{Name: "allowedRegions", Type: ListParam, Default: texts(), Description: "Azure regions of clusters that may be trusted. Empty allows all."},
			},
			Types:    credentialTypes,
			Resource: judgeTrustedCluster,
		},
		{
			Name: "credential-github-subject", IDs: []string{"25"},
			Title:    "Credentials for GitHub name one repository and what in it may sign in.",
			Why:      "A loose subject lets any branch, or anybody's pull request, be the identity.",
			Remedy:   "Use repo:OWNER/REPOSITORY:environment:NAME or repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "OpenID Connect, GitHub Docs",
			URL:         "https://docs.github.com/actions/reference/security/oidc",
			Equivalents: []string{"Checkov CKV_AZURE_249", "Azure Policy fd1a8e20-2c4f-4a6c-9354-b58d786d9a1f"},
			Params: []Param{{
				Name: "allowedOwners", Type: ListParam, Default: texts(),
				Description: "GitHub organisations and users whose repositories may be trusted. Empty allows all.",
			}},
			Types:    credentialTypes,
			Resource: judgeGitHubSubject,
		},
	}
}

func judgeIssuerForm(r *Resource, _ Params) []Violation {
	v := r.Get("issuer")
	issuer, state := v.Text()
	if state == Unknown {
		return nil
	}
	// Azure answers an empty issuer with "The request format was unexpected".
	if err := azure.ValidateIssuer(issuer); err != nil {
		return r.faults(v, err.Error())
	}
	return nil
}

// aksIssuerParts are the region and tenant of an issuer https://{region}.oic.prod-aks.azure.com/{tenant}/{uuid}/.
func aksIssuerParts(issuer string) (region, tenant string, ok bool) {
	u, err := url.Parse(issuer)
	if err != nil {
		return "", "", false
	}
	region, _, ok = strings.Cut(strings.ToLower(u.Hostname()), ".oic.prod-aks.")
	tenant, _, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return region, tenant, ok
}

func judgeTrustedCluster(r *Resource, p Params) []Violation {
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
	case len(tenants) > 0 && !matchesAny(tenant, tenants):
		return r.faults(v, fmt.Sprintf("the cluster's tenant %s is not one of the allowed", tenant))
	case len(regions) > 0 && !matchesAny(region, regions):
		return r.faults(v, fmt.Sprintf("the cluster's region %s is not one of the allowed", region))
	}
	return nil
}

func judgeGitHubSubject(r *Resource, p Params) []Violation {
	if !r.Get("issuer").IsFold(githubIssuer) {
		return nil
	}
	v := r.Get("subject")
	subject, ok := v.KnownText()
	if !ok {
		return nil
	}
	parts := strings.SplitN(subject, ":", 3)
	if len(parts) < 3 || parts[0] != "repo" || parts[2] == "" {
		return r.faults(v, "the subject does not say what of which repository may sign in")
	}
	owner, repository, _ := strings.Cut(parts[1], "/")
	owners := p.List("allowedOwners")
	switch {
	case owner == "" || repository == "" || strings.ContainsAny(subject, "*?"):
		return r.faults(v, "the subject is not one repository")
	case parts[2] == "pull_request":
		return r.faults(v, "every pull request may sign in")
	case len(owners) > 0 && !matchesAny(owner, owners):
		return r.faults(v, fmt.Sprintf("the owner %s is not one of the allowed", owner))
	}
	return nil
}

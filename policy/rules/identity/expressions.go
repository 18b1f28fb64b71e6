package identity

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// expressions returns the rules about credentials that match claims by an expression.
func expressions() []rule.Rule {
	return []rule.Rule{{
		Name:        "credential-expression",
		Title:       "Expressions of flexible credentials are valid, and pin the repository, project or workspace.",
		Why:         "Entra takes them for GitHub, GitLab and Terraform Cloud only; a wildcard that reaches over the repository lets others sign in.",
		Remedy:      "Write claims['sub'] matches 'repo:OWNER/REPOSITORY:…' (or eq), with the wildcard behind the repository.",
		FalseAlarms: "A claim that a customised subject uses in place of the repository.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
		Source: rule.Source{
			Title: "Flexible federated identity credentials (preview)",
			URL:   "https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials",
		},
		Types:         graph.CredentialTypes,
		CheckResource: checkExpression,
	}}
}

// condition is one part of an expression: claims['sub'] matches 'repo:contoso/shop:*'.
var condition = regexp.MustCompile(`^claims\['([A-Za-z_]+)'\] (eq|matches) '([^']+)'$`)

// checkExpression finds an expression that Entra refuses, or that matches too much.
func checkExpression(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := graph.Expression(r)
	text, ok := v.KnownText()
	issuer, state := r.Get("issuer").Text()
	if !ok || state == graph.Unknown {
		return nil
	}
	pins, supported := pinOf(issuer)
	if !supported {
		return rule.Found(r, v, "Entra takes an expression for issuers of GitHub, GitLab and Terraform Cloud only")
	}
	pinned := false
	for part := range strings.SplitSeq(text, " and ") {
		match := condition.FindStringSubmatch(strings.TrimSpace(part))
		if match == nil {
			return rule.Found(r, v, fmt.Sprintf("%q is not of the form claims['NAME'] eq or matches 'VALUE'", graph.Shorten(part)))
		}
		claim, operator, pattern := match[1], match[2], match[3]
		if claim == "sub" {
			pinned = operator == "eq" && !strings.ContainsAny(pattern, "*?") || pins.MatchString(pattern)
		}
	}
	if !pinned {
		return rule.Found(r, v, "the expression does not pin one repository, project or workspace by the claim sub")
	}
	return nil
}

// The subjects of supported issuers, up to the part that must have no wildcard.
var (
	gitHubPin    = regexp.MustCompile(`^repo:[^*?:/]+/[^*?:/]+:`)
	gitLabPin    = regexp.MustCompile(`^project_path:[^*?:]+/[^*?:]+:`)
	terraformPin = regexp.MustCompile(`^organization:[^*?:]+:project:[^*?:]+:workspace:[^*?:]+:`)
)

// pinOf returns what a subject of an issuer must begin with, and whether Entra takes expressions
// for the issuer.
func pinOf(issuer string) (pin *regexp.Regexp, supported bool) {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, false
	}
	host := strings.ToLower(u.Host)
	switch {
	case isGitHub(issuer):
		return gitHubPin, true
	case host == "app.terraform.io" || strings.HasPrefix(host, "app.terraform."):
		return terraformPin, true
	case strings.Contains(host, "gitlab"):
		return gitLabPin, true
	}
	return nil, false
}

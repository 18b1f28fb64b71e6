package identity

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// githubIssuer is the issuer of GitHub Actions.
const githubIssuer = "https://token.actions.githubusercontent.com"

// github returns the rules about credentials for GitHub Actions.
func github() []rule.Rule {
	return []rule.Rule{{
		Name:     "credential-github-subject",
		Title:    "Credentials for GitHub name one repository, and an environment or branch of it.",
		Why:      "A subject that is less exact lets any branch, or the pull request of any user, use the identity.",
		Remedy:   "Use repo:OWNER/REPOSITORY:environment:NAME or repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH.",
		Severity: rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
		Source: rule.Source{
			Title: "OpenID Connect, GitHub Docs",
			URL:   "https://docs.github.com/actions/reference/security/oidc",
		},
		Equivalents: []string{"Checkov CKV_AZURE_249", "Azure Policy fd1a8e20-2c4f-4a6c-9354-b58d786d9a1f"},
		Params: []rule.Param{{
			Name: "allowedOwners", Type: rule.ListParam, Default: rule.Texts(),
			Description: "GitHub organisations and users whose repositories may be trusted. Empty allows all.",
		}},
		Types:         graph.CredentialTypes,
		CheckResource: checkGitHubSubject,
	}}
}

// checkGitHubSubject finds a subject of GitHub Actions that more may use than one environment or
// branch of one repository.
func checkGitHubSubject(r *graph.Resource, p rule.Params) []rule.Violation {
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
		return rule.Found(r, v, "the subject does not name a repository and its environment or branch")
	}
	owner, repository, _ := strings.Cut(parts[1], "/")
	owners := p.List("allowedOwners")
	switch {
	case owner == "" || repository == "" || strings.ContainsAny(subject, "*?"):
		return rule.Found(r, v, "the subject is not one repository")
	case parts[2] == "pull_request":
		return rule.Found(r, v, "every pull request may sign in")
	case len(owners) > 0 && !rule.MatchesAny(owner, owners):
		return rule.Found(r, v, fmt.Sprintf("the owner %s is not allowed", owner))
	}
	return nil
}

package identity

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// github returns the rules about credentials for GitHub Actions.
func github() []rule.Rule {
	return []rule.Rule{{
		Name:        "credential-github-subject",
		Title:       "Credentials for GitHub name one repository, and an environment, branch or tag of it.",
		Why:         "A subject that is less exact lets any branch, or every pull request before its review, use the identity; one that GitHub never issues matches nothing.",
		Remedy:      "Use repo:OWNER/REPOSITORY:environment:NAME or repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH.",
		FalseAlarms: "A customised subject whose claims pin the repository in a way that the rule does not know.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
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

// isGitHub reports whether an issuer is GitHub Actions': the public one, that of an enterprise
// (with its name as path), of data residency (token.actions.NAME.ghe.com), or of a GitHub
// Enterprise Server (HOST/_services/token). A slash at the end, which no token has, does not matter
// here. Source: docs.github.com/actions/reference/security/oidc.
func isGitHub(issuer string) bool {
	u, err := url.Parse(strings.ToLower(strings.TrimRight(issuer, "/")))
	if err != nil {
		return false
	}
	return u.Host == "token.actions.githubusercontent.com" ||
		strings.HasPrefix(u.Host, "token.actions.") && strings.HasSuffix(u.Host, ".ghe.com") ||
		u.Path == "/_services/token"
}

// repositoryClaims are the claims that name the repository in a subject that the owner of a
// repository has customised; ownerClaims name no repository, but all of an owner. Source:
// docs.github.com/actions/reference/security/oidc, "Customizing the subject claims".
var (
	repositoryClaims = []string{"repo", "repository", "repository_id", "workflow_ref"}
	ownerClaims      = []string{
		"repository_owner", "repository_owner_id", "enterprise", "enterprise_id", "repository_visibility",
		"job_workflow_ref", "environment", "ref", "context", "actor", "actor_id", "workflow",
		"runner_environment", "ref_type", "event_name", "head_ref", "base_ref",
	}
)

// repositoryContext matches what stands behind the repository in a subject that is not customised.
var repositoryContext = regexp.MustCompile(`^(environment:.+|ref:refs/(heads|tags)/.+|pull_request)$`)

// checkGitHubSubject finds a subject of GitHub Actions that more may use than one environment or
// branch of one repository, or that GitHub never issues.
func checkGitHubSubject(r *graph.Resource, p rule.Params) []rule.Violation {
	issuer, ok := r.Get("issuer").KnownText()
	if !ok || !isGitHub(issuer) {
		return nil
	}
	v := r.Get("subject")
	subject, ok := v.KnownText()
	if !ok {
		return nil
	}
	if problem := gitHubProblem(subject, p.List("allowedOwners")); problem != "" {
		return rule.Found(r, v, problem)
	}
	return nil
}

// gitHubProblem returns what is wrong with a subject of GitHub Actions; empty for nothing.
func gitHubProblem(subject string, allowedOwners []string) string {
	claim, rest, _ := strings.Cut(subject, ":")
	if claim != "repo" {
		return customisedProblem(subject, claim)
	}
	name, context, hasContext := strings.Cut(rest, ":")
	owner, repository, _ := strings.Cut(name, "/")
	switch {
	case owner == "" || repository == "" || strings.ContainsAny(name, "*?/ ") && strings.Count(name, "/") != 1:
		return "the subject is not one repository"
	case strings.ContainsAny(subject, "*?"):
		return "the subject has a wildcard, which Entra takes literally"
	case len(allowedOwners) > 0 && !ownerAllowed(owner, allowedOwners):
		return fmt.Sprintf("the owner %s is not allowed", plainOwner(owner))
	case !hasContext || context == "":
		return "the subject does not name an environment, branch or tag of the repository"
	case context == "pull_request":
		return "every pull request from a branch of the repository may sign in, before its review"
	}
	return contextProblem(name, context)
}

// contextProblem returns what is wrong with what stands behind the repository. More claims may
// follow in a customised subject.
func contextProblem(name, context string) string {
	claim, value, _ := strings.Cut(context, ":")
	known := slices.Contains(ownerClaims, claim) || slices.Contains(repositoryClaims, claim)
	if repositoryContext.MatchString(context) || known && claim != "ref" && claim != "environment" && value != "" {
		return ""
	}
	nearest := ""
	value = strings.TrimPrefix(value, "refs/")
	switch claim {
	case "ref", "branch", "heads", "refs/heads", "head":
		branch, isTag := strings.CutPrefix(strings.TrimPrefix(value, "heads/"), "tags/")
		nearest = "ref:refs/heads/" + branch
		if isTag {
			nearest = "ref:refs/tags/" + branch
		}
	case "tag", "tags", "refs/tags":
		nearest = "ref:refs/tags/" + value
	case "env", "environments", "Environment":
		nearest = "environment:" + value
	}
	if nearest == "" || value == "" {
		return "GitHub issues no subject of this form"
	}
	return fmt.Sprintf("GitHub issues no subject of this form; the nearest is %q", "repo:"+name+":"+nearest)
}

// customisedProblem returns what is wrong with a subject that does not begin with "repo". Who owns
// the repository may have chosen other claims.
func customisedProblem(subject, claim string) string {
	switch {
	case slices.Contains(repositoryClaims, claim):
		return ""
	case slices.Contains(ownerClaims, claim):
		for _, other := range repositoryClaims {
			if strings.Contains(subject, ":"+other+":") {
				return ""
			}
		}
		return "the subject does not name a repository"
	case strings.Count(strings.SplitN(subject, ":", 2)[0], "/") == 1:
		return fmt.Sprintf("GitHub issues no subject of this form; the nearest is %q", "repo:"+subject)
	}
	return "the subject does not name a repository and its environment or branch"
}

// immutableID matches the id that GitHub appends to the name of an owner, in repositories that were
// made, renamed or moved since June 2026. Source: GitHub changelog of 23 April 2026, which writes
// OWNER-ID; docs.github.com writes OWNER@ID.
var immutableID = regexp.MustCompile(`[@-][0-9]+$`)

// plainOwner returns an owner's name without its immutable id.
func plainOwner(owner string) string { return immutableID.ReplaceAllString(owner, "") }

// ownerAllowed reports whether an owner is allowed, with its id or without.
func ownerAllowed(owner string, allowed []string) bool {
	return rule.MatchesAny(owner, allowed) || rule.MatchesAny(plainOwner(owner), allowed)
}

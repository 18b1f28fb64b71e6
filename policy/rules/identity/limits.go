package identity

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// existing is the parameter for credentials that are not in the graph.
var existing = rule.Param{
	Name: "existing", Type: rule.NumberParam, Default: 0.0,
	Description: "The number of credentials that every identity already has outside the stack.",
}

// limits returns the rules about how many credentials an identity has, and that they differ.
func limits() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "credential-limit",
			Title:       fmt.Sprintf("Identities have at most %d federated credentials.", azure.MaxFederatedCredentials),
			Why:         "Azure refuses more.",
			Remedy:      "Split the service accounts among several identities.",
			FalseAlarms: "An identity in several stacks: the rule counts those of this stack, and the parameter adds the others.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.FederationLimits,
			Params: []rule.Param{existing},
			CheckStack: checkCount(func(n int, _ rule.Params) string {
				if n > azure.MaxFederatedCredentials {
					return fmt.Sprintf("the identity has %d credentials, and Azure takes %d", n, azure.MaxFederatedCredentials)
				}
				return ""
			}),
		},
		{
			Name:        "credential-near-limit",
			Title:       "Identities have room for more federated credentials.",
			Why:         "The deployment that adds one too many fails, and moving workloads to another identity changes client ids.",
			Remedy:      "Plan another identity for the next service accounts.",
			FalseAlarms: "Identities that never get more.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: rule.Advice,
			Source: rule.FederationLimits,
			Params: []rule.Param{existing, {
				Name: "warnAt", Type: rule.NumberParam, Default: 16.0,
				Description: "The number of credentials at which the policy starts to warn.",
			}},
			CheckStack: checkCount(func(n int, p rule.Params) string {
				if n >= p.Int("warnAt") && n <= azure.MaxFederatedCredentials {
					return fmt.Sprintf("the identity has %d of at most %d credentials", n, azure.MaxFederatedCredentials)
				}
				return ""
			}),
		},
		{
			Name:        "credential-unique",
			Title:       "No two credentials of an identity have the same issuer and subject.",
			Why:         "Azure refuses the second (\"Issuer and subject combination already exists\").",
			Remedy:      "Remove one of the two.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.FederationLimits,
			CheckStack: checkUnique,
		},
	}
}

// checkCount returns the check of the number of an identity's credentials.
func checkCount(problem func(int, rule.Params) string) func(*graph.Graph, rule.Params) []rule.Violation {
	return func(g *graph.Graph, p rule.Params) []rule.Violation {
		var found []rule.Violation
		for _, group := range g.Federation().CredentialsByParent() {
			if text := problem(len(group)+p.Int("existing"), p); text != "" {
				found = append(found, rule.About(ownerOf(group), text))
			}
		}
		return found
	}
}

// trust is the issuer and subject of a credential.
type trust struct{ issuer, subject string }

// checkUnique finds credentials that repeat issuer and subject of another one of the same parent.
func checkUnique(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, group := range g.Federation().CredentialsByParent() {
		seen := map[trust]*graph.Credential{}
		for _, c := range group {
			issuer, hasIssuer := c.Issuer.KnownText()
			subject, hasSubject := c.Subject.KnownText()
			if !hasIssuer || !hasSubject {
				continue
			}
			key := trust{issuer, subject}
			if first := seen[key]; first != nil {
				found = append(found, rule.At(c.Resource, c.Subject, first.Resource.Label()+" has the same issuer and subject"))
				continue
			}
			seen[key] = c
		}
	}
	return found
}

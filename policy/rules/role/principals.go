package role

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// principals returns the rules about assignments for identities of the stack.
func principals() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "role-principal-type-matches",
			Title:       "Role assignments for identities of the stack have the principal type ServicePrincipal.",
			Why:         "Pulumi's SDKs set User where the type is missing, and Azure refuses another type than the principal's.",
			Remedy:      "Set principalType to ServicePrincipal.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     newPrincipal,
			CheckStack: checkPrincipalType,
		},
		{
			Name:        "role-principal-id",
			Title:       "Roles are for the principal's object id, not the client id.",
			Why:         "Azure answers PrincipalNotFound, or creates an assignment without effect.",
			Remedy:      "Use the identity's principalId, or the service principal's objectId.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.Source{
				Title: "Understand role assignments",
				URL:   "https://learn.microsoft.com/azure/role-based-access-control/role-assignments",
			},
			CheckStack: checkPrincipalID,
		},
	}
}

// checkPrincipalType finds assignments for an identity under the type of a person or group.
func checkPrincipalType(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeRoleAssignment) {
		v := r.Get("principalType")
		text, ok := v.KnownText()
		if ok && !strings.EqualFold(text, servicePrincipal) && principalOf(g, r) != nil {
			found = append(found, rule.At(r, v, "the principal is an identity, and not a "+text))
		}
	}
	return found
}

// checkPrincipalID finds assignments for another id of an identity than its principal's.
func checkPrincipalID(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeRoleAssignment) {
		v := r.Get("principalId")
		switch {
		case f.ByPrincipalID(v) != nil:
		case f.ByClientID(v) != nil:
			found = append(found, rule.At(r, v, "this is a client id"))
		case f.ByObjectID(v) != nil:
			found = append(found, rule.At(r, v, "this is the application's object id, not its service principal's"))
		}
	}
	return found
}

// Package role has the rules about custom roles and role assignments.
package role

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// newPrincipal documents why an assignment names the type of its principal.
var newPrincipal = rule.Source{
	Title: "Assign Azure roles using ARM templates, new service principal",
	URL:   "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template",
}

// servicePrincipal is the principal type of managed identities and of applications.
const servicePrincipal = "ServicePrincipal"

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return slices.Concat(definitions(), assignments(), principals(), scopes(), effect())
}

// principalOf returns the identity of the graph that a role assignment is for, when that is
// certain: by the principal's id, or while that is not known, by the resource that it comes from.
func principalOf(g *graph.Graph, r *graph.Resource) *graph.Identity {
	v := r.Get("principalId")
	if i := g.Federation().ByPrincipalID(v); i != nil || v.IsKnown() {
		return i
	}
	return g.IdentityOfOrigin(r, "principalId")
}

package identity

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// writes returns the rules about credentials of one identity that are written at the same time.
func writes() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "credential-writes-ordered",
			Title:       "Credentials of one user-assigned identity are written one after the other.",
			Why:         "Azure refuses concurrent writes under one identity (409 ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity).",
			Remedy:      "Let each credential depend on all before it (dependsOn), as FederatedWorkload does.",
			FalseAlarms: "None is known: the order costs a second for each credential.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.FederationLimits,
			CheckStack: checkWriteOrder,
		},
		{
			Name:        "credential-parent-elsewhere",
			Title:       "Credentials are in the stack that has their identity.",
			Why:         "Stacks that write credentials of one identity at the same time get a conflict (409), and together they may exceed its limit of 20.",
			Remedy:      "Deploy such stacks one after the other, or use a separate identity in each.",
			FalseAlarms: "An identity that another stack owns, with this stack as the only one that federates it.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "An existing identity can be federated on purpose.",
			Source:     rule.FederationLimits,
			CheckStack: checkParentInStack,
		},
	}
}

// checkWriteOrder finds credentials of a user-assigned identity that may be written at the same
// time.
func checkWriteOrder(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, group := range g.Federation().CredentialsByParent() {
		if len(group) < 2 || !group[0].OfUserAssigned() {
			continue
		}
		// In a total order no two credentials have the same number of others before them.
		depth := depths(g, group)
		byDepth := map[int]*graph.Credential{}
		for _, c := range group {
			d := depth[c.Resource.URN]
			other := byDepth[d]
			if other == nil {
				byDepth[d] = c
				continue
			}
			found = append(found, rule.About(c.Resource, "it may be written at the same time as "+other.Resource.Label()))
		}
	}
	return found
}

// depths returns, for every credential of a group, the length of the longest chain of credentials
// of the group that it depends on, itself included. It follows each dependency once.
func depths(g *graph.Graph, group []*graph.Credential) map[string]int {
	member := make(map[string]bool, len(group))
	for _, c := range group {
		member[c.Resource.URN] = true
	}
	depth := map[string]int{}
	var visit func(urn string) int
	visit = func(urn string) int {
		if d, done := depth[urn]; done {
			return d
		}
		depth[urn] = 0 // Ends a cycle, which Pulumi does not allow.
		d := 0
		if r := g.Find(urn); r != nil {
			for _, before := range r.Dependencies {
				d = max(d, visit(before))
			}
		}
		if member[urn] {
			d++
		}
		depth[urn] = d
		return d
	}
	for _, c := range group {
		visit(c.Resource.URN)
	}
	return depth
}

// checkParentInStack finds credentials of identities that are not in the stack.
func checkParentInStack(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	if f.Incomplete.Identity {
		return nil
	}
	var found []rule.Violation
	for _, c := range f.Credentials {
		property := c.ParentProperty()
		v := c.Resource.Get(property)
		// A parent's name that comes from something else, such as a stack reference, is that of an
		// identity outside the stack.
		if c.Identity != nil || c.Parent == "" || !v.IsKnown() || len(g.Origins(c.Resource, property, graph.IdentityTypes...)) > 0 {
			continue
		}
		found = append(found, rule.At(c.Resource, v, "the identity is not in this stack"))
	}
	return found
}

package rules

import (
	"slices"
)

// crossWrites is the order in which credentials are written.
func crossWrites() []Rule {
	return []Rule{
		{
			Name: "credential-writes-ordered", IDs: []string{"N4"},
			Title:    "Credentials of one user-assigned identity are written one after the other.",
			Why:      "Azure refuses concurrent writes under one identity (409 ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity).",
			Remedy:   "Let each credential depend on all before it (dependsOn), as FederatedWorkload does.",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeWriteOrder,
		},
		{
			Name: "credential-parent-elsewhere", IDs: []string{"N4"},
			Title:    "Credentials stand in the stack that has their identity.",
			Why:      "Stacks that write credentials of one identity at the same time get a conflict (409), and together they may pass its limit of 20.",
			Remedy:   "Deploy such stacks one after the other, or give each its own identity.",
			Severity: Low, Level: Advisory, Reason: "An existing identity can be federated on purpose.",
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeForeignParents,
		},
	}
}

// byParent groups credentials whose parent is known, in the order of the graph.
func (f *federation) byParent() [][]*credential {
	position := map[string]int{}
	var groups [][]*credential
	for _, c := range f.credentials {
		if c.parent == "" {
			continue
		}
		i, ok := position[c.parent]
		if !ok {
			i = len(groups)
			position[c.parent] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

func judgeWriteOrder(g *Graph, _ Params) []Violation {
	var found []Violation
	for _, group := range g.federation().byParent() {
		if len(group) < 2 || !group[0].managed {
			continue
		}
		// In a total order every credential has as many before it as no other.
		depth := g.depths(group)
		taken := map[int]*credential{}
		for _, c := range group {
			other := taken[depth[c.resource.URN]]
			if other == nil {
				taken[depth[c.resource.URN]] = c
				continue
			}
			found = append(found, c.resource.flaw("nothing keeps it from being written at the same time as "+other.resource.Label()))
		}
	}
	return found
}

// depths is, for every credential of a group, the length of the longest chain of credentials of the group that it
// depends on, itself included. It walks what the group depends on once.
func (g *Graph) depths(group []*credential) map[string]int {
	member := make(map[string]bool, len(group))
	for _, c := range group {
		member[c.resource.URN] = true
	}
	depth := map[string]int{}
	var visit func(urn string) int
	visit = func(urn string) int {
		if d, done := depth[urn]; done {
			return d
		}
		depth[urn] = 0 // a cycle, which Pulumi does not allow, ends here
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
		visit(c.resource.URN)
	}
	return depth
}

func judgeForeignParents(g *Graph, _ Params) []Violation {
	var found []Violation
	f := g.federation()
	for _, c := range f.credentials {
		property := "resourceName"
		if !c.managed {
			property = "applicationId"
		}
		v := c.resource.Get(property)
		// What came from a resource of the graph that is not an identity, a stack reference say, is elsewhere too.
		if c.identity != nil || c.parent == "" || f.vagueParent || !v.IsKnown() || slices.ContainsFunc(c.resource.PropertyDependencies[property], g.isIdentity) {
			continue
		}
		found = append(found, c.resource.fault(v, "the identity is not in this stack"))
	}
	return found
}

func (g *Graph) isIdentity(urn string) bool {
	r := g.Find(urn)
	return r != nil && slices.Contains(identityTypes, r.Type)
}

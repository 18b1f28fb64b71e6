package graph

import (
	"slices"
	"sync"
)

// Graph holds a stack's resources, indexed so that no rule has to compare every resource with every
// other.
type Graph struct {
	// Resources are all resources, in the order in which they were registered.
	Resources []*Resource

	byURN    map[string]*Resource
	byType   map[string][]*Resource
	children map[string][]*Resource
	// dependents are the reverse of the dependencies.
	dependents map[string][]*Resource

	// What several rules need is derived once, on first use.
	pods        func() []Pod
	federation  func() *Federation
	webhooks    func() []*Webhook
	clusters    func() map[string][]*Resource
	namespaces  func() map[ObjectKey]*Resource
	diagnostics func() *Diagnostics
	bindings    func() map[ObjectKey][]*Resource
	// customResources are the objects of clusters whose kinds Kubernetes itself does not have.
	customResources func() []*Resource
}

// NewGraph indexes resources. Those without a URN are left out.
func NewGraph(resources []*Resource) *Graph {
	g := &Graph{
		byURN:      make(map[string]*Resource, len(resources)),
		byType:     map[string][]*Resource{},
		children:   map[string][]*Resource{},
		dependents: map[string][]*Resource{},
	}
	for _, r := range resources {
		if r == nil || r.URN == "" || g.byURN[r.URN] != nil {
			continue
		}
		g.Resources = append(g.Resources, r)
		g.byURN[r.URN] = r
		g.byType[r.Type] = append(g.byType[r.Type], r)
	}
	for _, r := range g.Resources {
		if r.Parent != "" {
			g.children[r.Parent] = append(g.children[r.Parent], r)
		}
		for _, urn := range r.Dependencies {
			g.dependents[urn] = append(g.dependents[urn], r)
		}
	}
	g.pods = sync.OnceValue(g.findPods)
	g.federation = sync.OnceValue(g.findFederation)
	g.webhooks = sync.OnceValue(g.findWebhooks)
	g.clusters = sync.OnceValue(g.findClusters)
	g.namespaces = sync.OnceValue(g.findNamespaces)
	g.bindings = sync.OnceValue(g.findBindings)
	g.customResources = sync.OnceValue(g.findCustomResources)
	g.diagnostics = sync.OnceValue(g.findDiagnostics)
	return g
}

// Pods returns the pods and pod templates of the graph.
func (g *Graph) Pods() []Pod { return g.pods() }

// Federation returns the identities of the graph, with what belongs to them.
func (g *Graph) Federation() *Federation { return g.federation() }

// Webhooks returns the installations of the webhook's chart.
func (g *Graph) Webhooks() []*Webhook { return g.webhooks() }

// Diagnostics returns what the diagnostic settings of the graph cover.
func (g *Graph) Diagnostics() *Diagnostics { return g.diagnostics() }

// ByType returns the resources of some canonical types.
func (g *Graph) ByType(types ...string) []*Resource {
	if len(types) == 1 {
		return g.byType[types[0]]
	}
	var list []*Resource
	for _, t := range types {
		list = append(list, g.byType[t]...)
	}
	return list
}

// Find returns the resource of a URN, or nil.
func (g *Graph) Find(urn string) *Resource { return g.byURN[urn] }

// Origins returns the resources of some types that the value of a property came from.
func (g *Graph) Origins(r *Resource, property string, types ...string) []*Resource {
	return g.pick(r.PropertyDependencies[property], types...)
}

// Origin returns the one resource of some types that the value of a property came from; nil when
// there are several, or none.
func (g *Graph) Origin(r *Resource, property string, types ...string) *Resource {
	found := g.Origins(r, property, types...)
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// pick returns the resources of some types among URNs.
func (g *Graph) pick(urns []string, types ...string) []*Resource {
	var found []*Resource
	for _, urn := range urns {
		if r := g.byURN[urn]; r != nil && slices.Contains(types, r.Type) {
			found = append(found, r)
		}
	}
	return found
}

// Dependents returns the URNs of everything that directly or indirectly depends on one of the
// roots, roots included. It follows every edge at most once.
func (g *Graph) Dependents(roots ...*Resource) map[string]bool {
	reached := map[string]bool{}
	queue := slices.Clone(roots)
	for len(queue) > 0 {
		r := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if reached[r.URN] {
			continue
		}
		reached[r.URN] = true
		queue = append(queue, g.dependents[r.URN]...)
	}
	return reached
}

// Descendants returns the children of a resource, and theirs, at any depth.
func (g *Graph) Descendants(r *Resource) []*Resource {
	var found []*Resource
	seen := map[string]bool{r.URN: true}
	queue := []*Resource{r}
	for len(queue) > 0 {
		parent := queue[0]
		queue = queue[1:]
		for _, child := range g.children[parent.URN] {
			if seen[child.URN] {
				continue
			}
			seen[child.URN] = true
			found = append(found, child)
			queue = append(queue, child)
		}
	}
	return found
}

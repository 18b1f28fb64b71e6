package rules

import (
	"sync"
)

// Graph is a stack's resources, indexed so that no rule has to compare every resource with every other.
type Graph struct {
	// Resources are all resources, in the order in which they were registered.
	Resources []*Resource

	byURN    map[string]*Resource
	byType   map[string][]*Resource
	children map[string][]*Resource
	// dependents are the reverse of the dependencies.
	dependents map[string][]*Resource

	// What several rules want to know is derived once.
	pods        func() []Pod
	federation  func() *federation
	webhooks    func() []*webhook
	fromCluster func() map[string][]*Resource
	namespaces  func() map[objectKey]*Resource
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
	g.fromCluster = sync.OnceValue(g.findProviderClusters)
	g.namespaces = sync.OnceValue(g.findNamespaces)
	return g
}

// ByType are the resources of a canonical type.
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

// Find is the resource of a URN, or nil.
func (g *Graph) Find(urn string) *Resource { return g.byURN[urn] }

// sources are the resources of some types that a property came from.
func (g *Graph) sources(r *Resource, property string, types ...string) []*Resource {
	return g.pick(r.PropertyDependencies[property], types...)
}

// pick are the resources of some types among URNs.
func (g *Graph) pick(urns []string, types ...string) []*Resource {
	var found []*Resource
	for _, urn := range urns {
		source := g.byURN[urn]
		if source == nil {
			continue
		}
		for _, t := range types {
			if source.Type == t {
				found = append(found, source)
			}
		}
	}
	return found
}

// source is the one resource of some types that a property came from; nil when there are several, or none.
func (g *Graph) source(r *Resource, property string, types ...string) *Resource {
	found := g.sources(r, property, types...)
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// reachedFrom are the URNs of everything that directly or indirectly depends on one of the roots, roots included.
// It walks every edge at most once.
func (g *Graph) reachedFrom(roots ...*Resource) map[string]bool {
	reached := map[string]bool{}
	queue := append([]*Resource(nil), roots...)
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

// descendants are the resources below one, any number of levels down.
func (g *Graph) descendants(r *Resource) []*Resource {
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

// findProviderClusters maps each Kubernetes provider to the managed clusters of the graph that it was made from.
func (g *Graph) findProviderClusters() map[string][]*Resource {
	found := map[string][]*Resource{}
	for _, provider := range g.byType["pulumi:providers:kubernetes"] {
		if clusters := g.pick(provider.Dependencies, managedCluster); len(clusters) > 0 {
			found[provider.URN] = clusters
		}
	}
	return found
}

// clusterOf is the one managed cluster of the graph that holds a Kubernetes object, or nil.
func (g *Graph) clusterOf(r *Resource) *Resource {
	if clusters := g.fromCluster()[r.Provider]; len(clusters) == 1 {
		return clusters[0]
	}
	return nil
}

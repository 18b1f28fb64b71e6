package graph

// ObjectKey identifies a namespaced object of a cluster. Kubernetes objects do not name their
// cluster; the URN of their provider stands for it.
type ObjectKey struct {
	Provider, Namespace, Name string
}

// KeyOf returns what identifies a namespaced object, if its namespace and name are known.
func KeyOf(r *Resource) (ObjectKey, bool) {
	namespace, state := NamespaceOf(r)
	name, ok := r.Get("metadata", "name").KnownText()
	if state != Known || !ok {
		return ObjectKey{}, false
	}
	return ObjectKey{r.Provider, namespace, name}, true
}

// NamespaceOf returns the namespace of a Kubernetes object: its own, its provider's, or "default".
func NamespaceOf(r *Resource) (string, State) {
	namespace, state := r.Get("metadata", "namespace").Text()
	if state == Unknown || state == Known && namespace != "" {
		return namespace, state
	}
	namespace, state = NewValue(r.ProviderInputs).Get("namespace").Text()
	if state == Unknown || state == Known && namespace != "" {
		return namespace, state
	}
	return "default", Known
}

// Namespace returns the resource that makes or changes a namespace of a provider's cluster, or nil.
func (g *Graph) Namespace(provider, name string) *Resource {
	return g.namespaces()[ObjectKey{Provider: provider, Namespace: name}]
}

func (g *Graph) findNamespaces() map[ObjectKey]*Resource {
	found := map[ObjectKey]*Resource{}
	for _, r := range g.ByType(TypeNamespace, TypeNamespacePatch) {
		if name, ok := r.Get("metadata", "name").KnownText(); ok {
			found[ObjectKey{Provider: r.Provider, Namespace: name}] = r
		}
	}
	return found
}

// ClusterOf returns the managed cluster of the graph that a Kubernetes provider was made from; nil
// when there are several, or none.
func (g *Graph) ClusterOf(provider string) *Resource {
	if clusters := g.clusters()[provider]; len(clusters) == 1 {
		return clusters[0]
	}
	return nil
}

// findClusters maps each Kubernetes provider to the managed clusters that it was made from.
func (g *Graph) findClusters() map[string][]*Resource {
	found := map[string][]*Resource{}
	for _, provider := range g.byType[typeKubernetesProvider] {
		if clusters := g.pick(provider.Dependencies, TypeManagedCluster); len(clusters) > 0 {
			found[provider.URN] = clusters
		}
	}
	return found
}

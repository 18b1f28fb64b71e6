package graph

// bindingTypes are the kinds by which service accounts get rights in their cluster.
var bindingTypes = []string{
	"kubernetes:rbac.authorization.k8s.io:RoleBinding", "kubernetes:rbac.authorization.k8s.io:ClusterRoleBinding",
	"kubernetes:rbac.authorization.k8s.io:RoleBindingPatch", "kubernetes:rbac.authorization.k8s.io:ClusterRoleBindingPatch",
}

// Bindings returns the role bindings that certainly name a service account.
func (g *Graph) Bindings(account ObjectKey) []*Resource { return g.bindings()[account] }

// IsBound reports whether a role binding names a service account, or may.
func (g *Graph) IsBound(account ObjectKey) bool {
	return len(g.Bindings(account)) > 0 || len(g.Bindings(ObjectKey{Provider: account.Provider})) > 0
}

// HasBindings reports whether the graph has role bindings for service accounts.
func (g *Graph) HasBindings() bool { return len(g.bindings()) > 0 }

// findBindings returns role bindings by the service accounts that they name. Those whose subjects
// are not known have a key with the provider alone.
func (g *Graph) findBindings() map[ObjectKey][]*Resource {
	found := map[ObjectKey][]*Resource{}
	for _, r := range g.ByType(bindingTypes...) {
		for _, key := range accountsOfBinding(r) {
			found[key] = append(found[key], r)
		}
	}
	return found
}

// accountsOfBinding returns the service accounts that a role binding names. A subject without a
// namespace is in the binding's own.
func accountsOfBinding(r *Resource) []ObjectKey {
	subjects, state := r.Get("subjects").List()
	if state == Unknown {
		return []ObjectKey{{Provider: r.Provider}}
	}
	var keys []ObjectKey
	for _, s := range subjects {
		kind, name, namespace := s.Get("kind"), s.Get("name"), s.Get("namespace")
		if kind.IsUnknown() || name.IsUnknown() || namespace.IsUnknown() {
			keys = append(keys, ObjectKey{Provider: r.Provider})
			continue
		}
		if !kind.Is("ServiceAccount") {
			continue
		}
		account, _ := name.KnownText()
		in, ok := namespace.KnownText()
		if !ok {
			own, state := NamespaceOf(r)
			if state != Known {
				return []ObjectKey{{Provider: r.Provider}}
			}
			in = own
		}
		keys = append(keys, ObjectKey{r.Provider, in, account})
	}
	return keys
}

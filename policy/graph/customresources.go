package graph

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// HasCustomResources reports whether the graph has custom resources or Helm releases in the cluster
// of a provider.
func (g *Graph) HasCustomResources(provider string) bool {
	return slices.ContainsFunc(g.customResources(), func(r *Resource) bool { return r.Provider == provider })
}

// MayBeNamedByCustomResource reports whether a custom resource, or a Helm release, in the cluster
// of a provider has the client id of an identity, or may have it.
func (g *Graph) MayBeNamedByCustomResource(i *Identity, provider string) bool {
	id, known := i.ClientID.KnownText()
	return slices.ContainsFunc(g.customResources(), func(r *Resource) bool {
		if r.Provider != provider {
			return false
		}
		return !known || mayMention(resource.NewProperty(r.Inputs), strings.ToLower(id), 0)
	})
}

// builtInGroups are the API groups of Kubernetes itself whose objects hold no settings of
// operators.
var builtInGroups = []string{
	"core", "apps", "batch", "extensions", "policy", "rbac.authorization.k8s.io", "networking.k8s.io",
	"storage.k8s.io", "autoscaling", "admissionregistration.k8s.io", "apiextensions.k8s.io", "yaml", "kustomize",
}

// IsCustomResource reports whether a resource is of a kind that Kubernetes itself does not have, or
// a Helm release.
func IsCustomResource(r *Resource) bool {
	group, ok := strings.CutPrefix(r.Type, "kubernetes:")
	group, _, _ = strings.Cut(group, ":")
	return ok && !slices.Contains(builtInGroups, group)
}

func (g *Graph) findCustomResources() []*Resource {
	var found []*Resource
	for _, r := range g.Resources {
		if IsCustomResource(r) {
			found = append(found, r)
		}
	}
	return found
}

// maxMentionDepth bounds the search, since a defective engine might send a value of any depth.
const maxMentionDepth = 32

// mayMention reports whether a value has a text, case aside, at any depth, or may.
func mayMention(v resource.PropertyValue, text string, depth int) bool {
	value := read(v, nil, false)
	if depth > maxMentionDepth || value.state == Unknown {
		return true
	}
	switch w := value.value.V.(type) {
	case string:
		return strings.Contains(strings.ToLower(w), text)
	case []resource.PropertyValue:
		return slices.ContainsFunc(w, func(e resource.PropertyValue) bool { return mayMention(e, text, depth+1) })
	case resource.PropertyMap:
		for _, e := range w {
			if mayMention(e, text, depth+1) {
				return true
			}
		}
	}
	return false
}

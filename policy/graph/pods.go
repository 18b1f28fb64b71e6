package graph

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// podOwners maps the kinds with a pod template to the template's path.
var podOwners = map[string][]string{
	"Deployment":            {"spec", "template"},
	"StatefulSet":           {"spec", "template"},
	"DaemonSet":             {"spec", "template"},
	"ReplicaSet":            {"spec", "template"},
	"ReplicationController": {"spec", "template"},
	"Job":                   {"spec", "template"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template"},
	"Pod":                   {},
}

// podGroups are the API groups that Kubernetes has had for podOwners. Kinds of the same name in
// other groups are custom resources.
var podGroups = []string{"core", "apps", "batch", "extensions"}

// Pod is a pod template, or a pod.
type Pod struct {
	// Owner is the resource that has it.
	Owner *Resource
	// Partial marks the template of a patch: the live object may have what the patch leaves out.
	Partial bool
	// Labels, Annotations and Spec are the template's.
	Labels, Annotations, Spec Value
}

// PodOf returns the pod template of a resource, if it has one. It is read from the inputs, because
// the webhook and other admission controllers change live pods.
func PodOf(r *Resource) (Pod, bool) {
	group, ok := strings.CutPrefix(r.Type, "kubernetes:")
	if !ok {
		return Pod{}, false
	}
	group, kind, _ := strings.Cut(group, ":")
	kind, partial := strings.CutSuffix(kind, "Patch")
	path, ok := podOwners[kind]
	if !ok || !slices.Contains(podGroups, group) {
		return Pod{}, false
	}
	template := r.Input(path...)
	return Pod{
		Owner:       r,
		Partial:     partial,
		Labels:      template.Get("metadata", "labels"),
		Annotations: template.Get("metadata", "annotations"),
		Spec:        template.Get("spec"),
	}, true
}

func (g *Graph) findPods() []Pod {
	var pods []Pod
	for _, r := range g.Resources {
		if pod, ok := PodOf(r); ok {
			pods = append(pods, pod)
		}
	}
	return pods
}

// HasTemplate reports whether the owner is not a pod itself, but has a pod template.
func (p *Pod) HasTemplate() bool { return strings.TrimSuffix(p.Owner.Kind(), "Patch") != "Pod" }

// LacksLabel reports whether the pods certainly have no label that requests an identity.
func (p *Pod) LacksLabel() bool { return !p.Partial && p.Labels.Get(azwi.LabelUse).IsAbsent() }

// UsesIdentity reports whether the webhook will certainly mutate the pod.
func (p *Pod) UsesIdentity() bool { return p.Labels.Get(azwi.LabelUse).Is(azwi.LabelUseValue) }

// ServiceAccount returns the name of the pod's service account. Kubernetes' default is "default".
func (p *Pod) ServiceAccount() (string, State) {
	v := p.Spec.Get("serviceAccountName")
	if v.IsAbsent() {
		v = p.Spec.Get("serviceAccount")
	}
	name, state := v.Text()
	if state == Absent && p.Partial {
		return "", Unknown
	}
	if state == Absent || state == Known && name == "" {
		return "default", Known
	}
	return name, state
}

// ServiceAccountKey returns what identifies the pod's service account, if it is known.
func (p *Pod) ServiceAccountKey() (ObjectKey, bool) {
	namespace, state := NamespaceOf(p.Owner)
	account, known := p.ServiceAccount()
	if state != Known || known != Known {
		return ObjectKey{}, false
	}
	return ObjectKey{p.Owner.Provider, namespace, account}, true
}

// Containers returns the init containers and containers. Lists that are not known are left out.
func (p *Pod) Containers() []Value {
	var list []Value
	for _, property := range []string{"initContainers", "containers"} {
		elements, _ := p.Spec.Get(property).List()
		list = append(list, elements...)
	}
	return list
}

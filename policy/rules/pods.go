package rules

import (
	"slices"
	"strings"
)

// podOwners are the kinds with a pod template, and where it stands. Any group and version counts that Kubernetes has
// had for them.
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

// podGroups are the API groups of those kinds; kinds of the same name in other groups are something else.
var podGroups = []string{"core", "apps", "batch", "extensions"}

// Pod is a pod template, or a pod.
type Pod struct {
	// Owner is the resource that has it.
	Owner *Resource
	// Partial says that the owner is a patch: what it leaves out may be there all the same.
	Partial bool
	// Labels, Annotations and Spec are the template's.
	Labels, Annotations, Spec Value
}

// PodOf is the pod template of a resource, if it has one. It is read from the inputs: what the webhook and other
// admission controllers add to a live pod is not the program's doing.
func PodOf(r *Resource) (Pod, bool) {
	group, ok := strings.CutPrefix(r.Type, "kubernetes:")
	if !ok {
		return Pod{}, false
	}
	group, kind, _ := strings.Cut(group, ":")
	kind, partial := strings.CutSuffix(kind, "Patch")
	at, ok := podOwners[kind]
	if !ok || !slices.Contains(podGroups, group) {
		return Pod{}, false
	}
	template := r.Input(at...)
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

// isPlain reports that the owner is a pod itself, without a template of its own.
func (p *Pod) isPlain() bool { return strings.TrimSuffix(p.Owner.Kind(), "Patch") == "Pod" }

// lacksLabel reports that the pods certainly have no label that asks for an identity.
func (p *Pod) lacksLabel() bool { return !p.Partial && p.Labels.Get(labelUse).IsAbsent() }

// usesIdentity reports that the webhook will certainly mutate the pod.
func (p *Pod) usesIdentity() bool { return p.Labels.Get(labelUse).Is(labelUseValue) }

// account is the pod's service account, with its state. Kubernetes' default is "default".
func (p *Pod) account() (string, State) {
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

// containers are the containers and init containers; elements that are not known are left out.
func (p *Pod) containers() []Value {
	var list []Value
	for _, group := range []string{"initContainers", "containers"} {
		elements, _ := p.Spec.Get(group).List()
		list = append(list, elements...)
	}
	return list
}

// objectKey identifies a namespaced object of a cluster. The cluster is told by the provider.
type objectKey struct {
	provider, namespace, name string
}

// namespaceOf is the namespace of a Kubernetes object: its own, its provider's, or "default".
func namespaceOf(r *Resource) (string, State) {
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

// keyOf identifies a namespaced object, when its namespace and name are known.
func keyOf(r *Resource) (objectKey, bool) {
	namespace, state := namespaceOf(r)
	name, ok := r.Get("metadata", "name").KnownText()
	if state != Known || !ok {
		return objectKey{}, false
	}
	return objectKey{r.Provider, namespace, name}, true
}

// accountKey identifies the pod's service account, when it is known.
func (p *Pod) accountKey() (objectKey, bool) {
	namespace, state := namespaceOf(p.Owner)
	account, known := p.account()
	if state != Known || known != Known {
		return objectKey{}, false
	}
	return objectKey{p.Owner.Provider, namespace, account}, true
}

func (g *Graph) findNamespaces() map[objectKey]*Resource {
	found := map[objectKey]*Resource{}
	for _, r := range g.ByType("kubernetes:core:Namespace", "kubernetes:core:NamespacePatch") {
		if name, ok := r.Get("metadata", "name").KnownText(); ok {
			found[objectKey{r.Provider, name, ""}] = r
		}
	}
	return found
}

// exempt reports that an object stands in one of the namespaces that a rule leaves alone, or might.
func exempt(r *Resource, p Params) bool {
	patterns := p.List("exemptNamespaces")
	if len(patterns) == 0 {
		return false
	}
	namespace, state := namespaceOf(r)
	return state != Known || matchesAny(namespace, patterns)
}

// exemptNamespaces is the parameter that exempt reads.
func exemptNamespaces(defaults ...string) Param {
	return Param{
		Name: "exemptNamespaces", Type: ListParam, Default: texts(defaults...),
		Description: "Namespaces whose objects are left alone; a star stands for any characters.",
	}
}

// eachPod makes a resource rule of a function over pods outside the exempt namespaces.
func eachPod(judge func(Pod, Params) []Violation) func(*Resource, Params) []Violation {
	return func(r *Resource, p Params) []Violation {
		pod, ok := PodOf(r)
		if !ok || exempt(r, p) {
			return nil
		}
		return judge(pod, p)
	}
}

package graph

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// podOwners maps the kinds with a pod template, by API group, to the template's path.
var podOwners = map[string][]string{
	"core:Pod":                          {},
	"core:ReplicationController":        {"spec", "template"},
	"core:PodTemplate":                  {"template"},
	"apps:Deployment":                   {"spec", "template"},
	"apps:StatefulSet":                  {"spec", "template"},
	"apps:DaemonSet":                    {"spec", "template"},
	"apps:ReplicaSet":                   {"spec", "template"},
	"batch:Job":                         {"spec", "template"},
	"batch:CronJob":                     {"spec", "jobTemplate", "spec", "template"},
	"extensions:Deployment":             {"spec", "template"},
	"extensions:DaemonSet":              {"spec", "template"},
	"extensions:ReplicaSet":             {"spec", "template"},
	"argoproj.io:Rollout":               {"spec", "template"},
	"keda.sh:ScaledJob":                 {"spec", "jobTargetRef", "template"},
	"serving.knative.dev:Service":       {"spec", "template"},
	"serving.knative.dev:Configuration": {"spec", "template"},
}

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
	kind, partial := strings.CutSuffix(group, "Patch")
	if r.PodTemplate != nil {
		return podAt(r, partial, r.PodTemplate), true
	}
	if kind == "core:Pod" || podOwners[kind] != nil {
		return podAt(r, partial, podOwners[kind]), true
	}
	return Pod{}, false
}

// podAt returns the pod template at a path of a resource.
func podAt(r *Resource, partial bool, path []string) Pod {
	template := r.Input(path...)
	return Pod{
		Owner:       r,
		Partial:     partial,
		Labels:      template.Get("metadata", "labels"),
		Annotations: template.Get("metadata", "annotations"),
		Spec:        template.Get("spec"),
	}
}

// PodsOf returns the pod templates of a resource: one, or the several that some custom resources
// describe in a form of their own.
func PodsOf(r *Resource) []Pod {
	if pod, ok := PodOf(r); ok {
		return []Pod{pod}
	}
	switch r.Type {
	case "kubernetes:sparkoperator.k8s.io:SparkApplication":
		return []Pod{sparkPod(r, "driver"), sparkPod(r, "executor")}
	case "kubernetes:argoproj.io:Workflow", "kubernetes:argoproj.io:WorkflowTemplate":
		return []Pod{workflowPod(r, "spec")}
	case "kubernetes:argoproj.io:CronWorkflow":
		return []Pod{workflowPod(r, "spec", "workflowSpec")}
	}
	return nil
}

// sparkPod returns the pods of a SparkApplication in one role: labels, annotations and the service
// account are fields of the role, beside those of a container.
func sparkPod(r *Resource, role string) Pod {
	spec := r.Input("spec", role)
	return Pod{Owner: r, Labels: spec.Get("labels"), Annotations: spec.Get("annotations"), Spec: spec}
}

// workflowPod returns the pods of an Argo workflow, whose labels are those of podMetadata, and
// whose service account is the workflow's.
func workflowPod(r *Resource, path ...string) Pod {
	spec := r.Input(path...)
	return Pod{
		Owner: r, Labels: spec.Get("podMetadata", "labels"), Annotations: spec.Get("podMetadata", "annotations"), Spec: spec,
	}
}

func (g *Graph) findPods() []Pod {
	var pods []Pod
	for _, r := range g.Resources {
		pods = append(pods, PodsOf(r)...)
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

// Variable is an environment variable of a container.
type Variable struct{ Container, Name, Value Value }

// Variables returns the environment variables of the pod's containers. Lists that are not known are
// left out.
func (p *Pod) Variables() []Variable {
	var list []Variable
	for _, c := range p.Containers() {
		env, _ := c.Get("env").List()
		for _, e := range env {
			list = append(list, Variable{Container: c, Name: e.Get("name"), Value: e.Get("value")})
		}
	}
	return list
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

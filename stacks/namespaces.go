package stacks

import (
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Namespace has the settings of a namespace that the stack creates.
type Namespace struct {
	// Labels of the namespace, such as pod-security.kubernetes.io/enforce. Default: none.
	Labels map[string]string `config:"labels"`
}

// givenNamespaces exist in every cluster.
var givenNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

// namespaces checks that settings are for namespaces that the stack creates. Workloads that are
// switched off count: they may come back.
func (v *validator) namespaces() {
	created := map[string]bool{}
	for _, w := range v.config.Workloads {
		for _, f := range w.inCluster() {
			namespace := w.namespaceOf(&f)
			created[namespace] = created[namespace] || w.creates(&f)
		}
	}
	for _, name := range sortedKeys(v.config.Namespaces) {
		at := v.root("namespaces").Key(name)
		labels := v.config.Namespaces[name].Labels
		for _, key := range sortedKeys(labels) {
			v.AddError(at.Field("labels").Key(key), kube.ValidateLabelKey(key))
			v.AddError(at.Field("labels").Key(key), kube.ValidateLabelValue(labels[key]))
		}
		if created[name] {
			continue
		}
		remedy := "remove it, or name a namespace that a workload of this stack is in"
		if near, ok := suggest.Nearest(name, sortedKeys(created)); ok {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		v.Add(at, "is a namespace that this stack does not create", remedy)
	}
}

// decision is whether the stack creates a namespace, by the workload that said so first.
type decision struct {
	workload string
	creates  bool
}

// agreedNamespaces checks that all federations with a namespace agree on whether the stack creates
// it. first has the first decision about each namespace. The path is the workload's.
func (v *validator) agreedNamespaces(workload problem.Path, name string, w *Workload, first map[string]decision) {
	federations := w.Federations
	if len(federations) == 0 {
		federations = []Federation{{}}
	}
	reported := map[string]bool{}
	for i := range federations {
		f := &federations[i]
		namespace := w.namespaceOf(f)
		if f.elsewhere() || namespace == "" {
			continue
		}
		at := workload.Join("serviceAccount.createNamespace")
		if f.CreateNamespace != nil {
			at = workload.Field("federations").Index(i).Field("createNamespace")
		}
		if reported[string(at)+namespace] {
			continue
		}
		reported[string(at)+namespace] = true
		creates := w.creates(f)
		switch {
		case creates && slices.Contains(givenNamespaces, namespace):
			v.Add(at, fmt.Sprintf("is true, but namespace %s exists in every cluster", namespace), "set it to false")
			continue
		case creates && namespace == v.config.webhookNamespace():
			v.Add(at, fmt.Sprintf("is true, but namespace %s is the webhook's", namespace), "use another namespace for the workload")
			continue
		}
		other, known := first[namespace]
		if !known {
			first[namespace] = decision{name, creates}
			continue
		}
		if other.creates != creates {
			v.Add(at, fmt.Sprintf("is %t, but it is %t for the workload %s, in the same namespace %s", creates, other.creates, other.workload, namespace),
				"make them agree on whether the stack creates the namespace")
		}
	}
}

// registerNamespaces registers the workloads' namespaces. They belong to the stack and not to a
// workload, because several workloads share one, and switching one of them off must not take the
// others' namespace away.
func (g *graph) registerNamespaces(ctx *pulumi.Context) error {
	for _, t := range g.targets {
		t.namespaces = map[string]pulumi.Resource{}
	}
	for _, name := range sortedKeys(g.config.Workloads) {
		w := g.config.Workloads[name]
		if !w.Enabled {
			continue
		}
		for _, f := range w.inCluster() {
			if !w.creates(&f) {
				continue
			}
			namespace := w.namespaceOf(&f)
			for _, t := range g.targetsOf(&f) {
				if err := t.registerNamespace(ctx, namespace, g.config.Namespaces[namespace]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// registerNamespace registers a namespace, once.
func (t *target) registerNamespace(ctx *pulumi.Context, namespace string, settings Namespace) error {
	if _, done := t.namespaces[namespace]; done {
		return nil
	}
	r, err := corev1.NewNamespace(ctx, t.child("namespace", namespace), &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(namespace), Labels: textMap(settings.Labels)},
	}, t.options()...)
	if err != nil {
		return fmt.Errorf("registering namespace %q: %w", namespace, err)
	}
	t.namespaces[namespace] = r
	return nil
}

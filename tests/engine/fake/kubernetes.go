package fake

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// kubernetesKinds are stored in the cluster that the provider's kubeconfig names. With server-side
// apply, which the components turn on, creating an existing object updates it (Creation in
// pulumi-kubernetes' provider/pkg/await/await.go).
var kubernetesKinds = []kind{
	namespaceKind,
	accountKind("kubernetes:core/v1:ServiceAccount", false),
	accountKind("kubernetes:core/v1:ServiceAccountPatch", true),
	{
		token: "kubernetes:helm.sh/v3:Release", inCluster: true, createFirst: true,
		required: []string{"chart", "name", "namespace"}, replace: []string{"name", "namespace"},
		computed: []string{"status", "manifest", "resourceNames"},
		id:       func(in resource.PropertyMap) string { return text(in, "namespace") + "/" + text(in, "name") },
		rules: func(_ *World, store map[string]*thing, _ *thing, _ string, in resource.PropertyMap) error {
			if create := at(in, "createNamespace"); create.IsBool() && create.BoolValue() {
				return nil
			}
			return namespaceExists(store, text(in, "namespace"))
		},
		outputs: func(t *thing) resource.PropertyMap {
			return resource.PropertyMap{"status": object(texts("status", "deployed", "name", text(t.inputs, "name"),
				"namespace", text(t.inputs, "namespace"), "version", text(t.inputs, "version"), "appVersion", "v"+text(t.inputs, "version")))}
		},
		// Helm creates the namespace, and does not delete it with the release.
		onCreate: func(store map[string]*thing, t *thing) {
			ns := &thing{kind: &namespaceKind, id: text(t.inputs, "namespace")}
			if key := namespaceKind.key(ns.id); store[key] == nil {
				store[key] = ns
			}
		},
	},
}

// namespaceKind is a variable because the kind of Helm releases uses it too.
var namespaceKind = kind{
	token: "kubernetes:core/v1:Namespace", inCluster: true, upsert: true,
	required: []string{"metadata.name"}, replace: []string{"metadata.name"}, computed: []string{"status"},
	id: func(in resource.PropertyMap) string { return text(in, "metadata.name") },
	outputs: func(t *thing) resource.PropertyMap {
		return resource.PropertyMap{"status": object(texts("phase", "Active"))}
	},
}

func namespaceExists(store map[string]*thing, name string) error {
	if slices.Contains([]string{"default", "kube-system"}, name) || store["Namespace "+name] != nil {
		return nil
	}
	return fmt.Errorf("namespaces %q not found", name)
}

// accountKind returns the kind of service accounts, or that of their patches. Both stand for the
// same object in the cluster.
func accountKind(token string, patch bool) kind {
	return kind{
		token: token, inCluster: true, upsert: true, patch: patch,
		required: []string{"metadata.name", "metadata.namespace"}, replace: []string{"metadata.name", "metadata.namespace"},
		id: func(in resource.PropertyMap) string {
			return text(in, "metadata.namespace") + "/" + text(in, "metadata.name")
		},
		rules: func(_ *World, store map[string]*thing, _ *thing, _ string, in resource.PropertyMap) error {
			return namespaceExists(store, text(in, "metadata.namespace"))
		},
	}
}

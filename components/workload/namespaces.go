package workload

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// registerNamespaces registers every namespace that is to be created, once per
// cluster.
func (w *FederatedWorkload) registerNamespaces(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) (map[string]pulumi.Resource, error) {
	created := map[string]pulumi.Resource{}
	for i := range args.Federations {
		f := &args.Federations[i]
		id := f.namespaceID()
		if _, done := created[id]; done || !f.CreateNamespace {
			continue
		}
		opts := f.options(w)
		if before, ok := args.namespaceAlias(f); ok {
			opts = append(opts, pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(name + "-namespace-" + before)}}))
		}
		ns, err := corev1.NewNamespace(ctx, name+"-namespace-"+id, &corev1.NamespaceArgs{
			Metadata: &metav1.ObjectMetaArgs{Name: pulumi.StringPtr(f.Namespace), Labels: args.NamespaceLabels},
		}, opts...)
		if err != nil {
			return nil, fmt.Errorf("registering namespace %q of workload %q: %w", f.Namespace, name, err)
		}
		created[id] = ns
	}
	return created, nil
}

func (f *FederationArgs) namespaceID() string { return f.Key + "." + f.Namespace }

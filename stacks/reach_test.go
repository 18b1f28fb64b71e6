package stacks

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// Every argument of a component can be given in the file, or is one that the stack sets itself.
func TestTheFileReachesEveryArgument(t *testing.T) {
	for section, args := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[Cluster]():         reflect.TypeFor[cluster.ClusterArgs](),
		reflect.TypeFor[ExistingCluster](): reflect.TypeFor[cluster.LookupClusterArgs](),
		reflect.TypeFor[Chart]():           reflect.TypeFor[webhook.WebhookReleaseArgs](),
		reflect.TypeFor[Workload]():        reflect.TypeFor[workload.FederatedWorkloadArgs](),
		reflect.TypeFor[ServiceAccount]():  reflect.TypeFor[workload.ServiceAccountArgs](),
		reflect.TypeFor[Federation]():      reflect.TypeFor[workload.FederationArgs](),
		reflect.TypeFor[Grant]():           reflect.TypeFor[workload.GrantArgs](),
	} {
		var owned []string
		if o, ok := reflect.New(section).Interface().(arguments.Owner); ok {
			owned = o.OwnedKeys()
		}
		keys, known := strict.Keys(section), strict.Keys(args)
		for name := range known {
			if _, ok := keys[name]; ok == slices.Contains(owned, name) {
				t.Errorf("%s.%s: in the file %t, owned by the stack %t", args.Name(), name, ok, !ok)
			}
		}
		for _, name := range owned {
			if _, ok := known[name]; !ok {
				t.Errorf("%s owns %s, which %s does not have", section.Name(), name, args.Name())
			}
		}
	}
}

func TestNamespacesHaveTheLabelsOfTheFile(t *testing.T) {
	text := workloadYAML("enabled: true") + "  aks-workload-identity:namespaces: {demo: {labels: {pod-security.kubernetes.io/enforce: restricted}}}\n"
	up := run(t, parseStack(t, text, pulumitest.Project), false)
	metadata := up.Get(t, "kubernetes:core/v1:Namespace", "namespace-demo").Inputs["metadata"].ObjectValue()
	if got := metadata["labels"].ObjectValue()["pod-security.kubernetes.io/enforce"].StringValue(); got != "restricted" {
		t.Errorf("labels are %v", metadata["labels"])
	}
}

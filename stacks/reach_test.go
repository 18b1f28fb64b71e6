package stacks

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// ownedByTheStack are arguments of FederatedWorkload that the stack sets from what else the file says.
var ownedByTheStack = []string{
	"resourceGroupName", "location", "tags", "tenantId", "cloud", // of the whole stack
	"subscriptionId", // each grant's scope names its own
	"federations",    // see the arguments of federations
	// of a federation
	"serviceAccountMode", "createNamespace",
}

// inTheFile are arguments that the file calls otherwise, or keeps elsewhere.
var inTheFile = map[string]bool{"namespaceLabels": true, "key": true, "issuer": true, "namespace": true, "serviceAccount": true}

// Every argument of the component can be given in the file, or is the stack's own.
func TestTheFileReachesEveryArgument(t *testing.T) {
	keys := map[string]bool{}
	for _, section := range []reflect.Type{reflect.TypeFor[Workload](), reflect.TypeFor[Federation]()} {
		for key := range fieldsOf(section) {
			keys[key] = true
		}
	}
	for _, args := range []reflect.Type{reflect.TypeFor[workload.FederatedWorkloadArgs](), reflect.TypeFor[workload.FederationArgs]()} {
		for key := range fieldsOf(args) {
			_, renamed := workloadKeys[key]
			moved := key == "labels" || key == "annotations" || key == "annotateTenant" // under serviceAccount
			if !keys[key] && !renamed && !moved && !inTheFile[key] && !slices.Contains(ownedByTheStack, key) {
				t.Errorf("%s.%s cannot be given in the stack file", args.Name(), key)
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

package workload

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const deployments = "kubernetes:apps/v1:Deployment"

func TestPodsHaveWhatTheyNeedAndWaitForIt(t *testing.T) {
	r := pulumitest.Run(t, Program, pulumitest.Options{RootTypes: []string{deployments}})
	web := r.Get(t, deployments, "web")
	for _, typ := range []string{
		"kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount",
		"azure-native:managedidentity:FederatedIdentityCredential", "azure-native:authorization:RoleAssignment",
	} {
		needed := r.ByType(typ)
		if len(needed) == 0 {
			t.Errorf("the program has no %s", typ)
		}
		for _, res := range needed {
			if !r.Reaches(web, res) {
				t.Errorf("the pods do not wait for %s", res.Name)
			}
		}
	}

	template := web.Inputs["spec"].ObjectValue()["template"].ObjectValue().Mappable()
	metadata := template["metadata"].(map[string]any)
	labels := map[string]any{"app": "web", "azure.workload.identity/use": "true"}
	if diff := cmp.Diff(labels, metadata["labels"]); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	annotations := metadata["annotations"].(map[string]any)
	if hash, _ := annotations["aks-workload-identity/injection"].(string); len(hash) != 16 {
		t.Errorf("annotations are %v, want a hash", annotations)
	}
	if got := template["spec"].(map[string]any)["serviceAccountName"]; got != "web" {
		t.Errorf("service account %v", got)
	}
	// Selectors are immutable: what restarts pods must not be in them.
	selector := web.Inputs["spec"].ObjectValue()["selector"].ObjectValue()["matchLabels"].ObjectValue().Mappable()
	if diff := cmp.Diff(map[string]any{"app": "web"}, selector); diff != "" {
		t.Errorf("selector (-want +got):\n%s", diff)
	}
}

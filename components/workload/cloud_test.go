package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// One setting decides about credentials and pods, and azure.Cloud about the
// webhook, so that they agree.
//
// Carries R27.
func TestOneCloudEverywhere(t *testing.T) {
	for _, cloud := range azure.Clouds() {
		r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
			args := minimal(c)
			args.Cloud = cloud
			args.Federations = workload.Accounts("shop/web", "shop/mine", "shop/later")
			args.Federations[1].Audience = pulumi.String("api://mine")
			args.Federations[2].Audience = pulumi.String("api://later").ToStringOutput()
			return args
		})
		for name, want := range map[string]string{"web": cloud.Audience(), "mine": "api://mine", "later": "api://later"} {
			got := r.Get(t, credentialType, "shop-credential-main.shop."+name).Inputs.Mappable()["audiences"]
			if diff := cmp.Diff([]any{want}, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", cloud, name, diff)
			}
		}
		annotations := r.Exports["serviceAccountAnnotations"].Value.(map[string]string)
		want := map[string]string{azwi.AnnotationInjection: azwi.InjectionHash(annotations, cloud.Audience(), cloud.AuthorityHost())}
		if diff := cmp.Diff(want, r.Exports["podAnnotations"].Value); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cloud, diff)
		}
	}
}

package workload_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestWhatDependsOnReadyWaitsForAllThatAPodNeeds(t *testing.T) {
	const podType = "kubernetes:core/v1:Pod"
	o := options()
	o.RootTypes = append(o.RootTypes, podType)
	o.Fakes.Resources[podType] = pulumitest.FakeResource{State: func(r *pulumitest.Resource) (string, resource.PropertyMap, error) {
		return r.Name, r.Inputs, nil
	}}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		c, err := newCluster(ctx, "shop-cluster")
		if err != nil {
			return err
		}
		w, err := workload.NewFederatedWorkload(ctx, "shop", full(c))
		if err != nil {
			return err
		}
		var pod pulumi.CustomResourceState
		return ctx.RegisterResource(podType, "pod", pulumi.Map{}, &pod, pulumi.Provider(c.provider), pulumi.DependsOn(w.Ready))
	}, o)
	pod := r.Get(t, podType, "pod")
	for _, typ := range []string{credentialType, accountType, grantType} {
		needed := r.ByType(typ)
		if len(needed) == 0 {
			t.Fatalf("the case has no %s, so it proves nothing", typ)
		}
		for _, res := range needed {
			if !r.Reaches(pod, res) {
				t.Errorf("a pod does not wait for %s", res.Name)
			}
		}
	}
}

package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestAdminCredentialsAreAskedForOnRequest(t *testing.T) {
	args := &cluster.ClusterArgs{Credentials: cluster.CredentialsAdmin}
	r := pulumitest.Run(t, shop(args), pulumitest.Options{})
	for _, call := range r.Calls {
		if call.Token == pulumitest.AKS+"listManagedClusterUserCredentials" {
			t.Error("user credentials were asked for")
		}
	}
	if text, _ := r.Exports["shop.kubeconfig"].Value.(string); !strings.Contains(text, "# admin") {
		t.Errorf("kubeconfig = %q", text)
	}
	if places := r.Plain(pulumitest.KubeconfigMarker); len(places) > 0 {
		t.Errorf("the kubeconfig can be read in %v", places)
	}
}

// Carries R26.
func TestKubeconfigIsReadableNowhere(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(full())(ctx, "shop") }, pulumitest.Options{})
	if places := r.Plain(pulumitest.KubeconfigMarker); len(places) > 0 {
		t.Errorf("the kubeconfig can be read in %v", places)
	}
	p := r.Get(t, "pulumi:providers:kubernetes", "shop-kubernetes")
	if !p.Inputs["kubeconfig"].IsSecret() {
		t.Error("the provider's kubeconfig is not marked as secret")
	}
}

package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestKubeloginTakesTheLogin(t *testing.T) {
	args := entra()
	args.Kubelogin = &cluster.KubeloginArgs{Login: cluster.LoginWorkloadIdentity, ClientId: pulumi.String(guid).ToStringOutput().ToStringPtrOutput()}
	r := pulumitest.Run(t, shop(args), entraOptions)
	e := r.Exports["shop.kubeconfig"]
	text, _ := e.Value.(string)
	for _, part := range []string{"command: kubelogin", "- workloadidentity", "- " + guid, "- " + pulumitest.TenantID, "interactiveMode: Never"} {
		if !strings.Contains(text, part) {
			t.Errorf("the kubeconfig lacks %q:\n%s", part, text)
		}
	}
	if strings.Contains(text, "devicecode") || !e.Secret {
		t.Errorf("device code is left, or the kubeconfig is no secret: %t\n%s", e.Secret, text)
	}
}

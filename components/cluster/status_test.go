package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestOutputsOfGivenIdentities(t *testing.T) {
	r := pulumitest.Run(t, shop(identities()), pulumitest.Options{})
	for key, want := range map[string]string{
		"controlPlaneIdentityId": control,
		"principalId":            pulumitest.GUID(control, "principal"),
		"tenantId":               pulumitest.TenantID, // Azure reports none; it is in the issuer's URL
		"kubeletIdentityId":      nodes,
		"kubeletClientId":        guid,
		"kubeletObjectId":        guid,
	} {
		if got := r.Exports["shop."+key].Value; got != want {
			t.Errorf("%s = %v, want %s", key, got, want)
		}
	}
}

// The older form of the issuer's URL has no tenant.
func TestTenantOfTheDeployerIsTheLastResort(t *testing.T) {
	user := resource.PropertyMap{
		"identity": resource.NewProperty(resource.PropertyMap{"userAssignedIdentities": resource.NewProperty(resource.PropertyMap{
			control: resource.NewProperty(resource.PropertyMap{"clientId": resource.NewProperty("c"), "principalId": resource.NewProperty("p")}),
		})}),
		"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{
			"enabled": resource.NewProperty(true), "issuerURL": resource.NewProperty("https://oidc.prod-aks.azure.com/" + guid + "/"),
		}),
	}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return lookup(existing())(ctx, "old") }, answering(getCluster, reports(user)))
	if got := r.Exports["old.tenantId"].Value; got != pulumitest.TenantID {
		t.Errorf("tenantId = %v", got)
	}
}

func TestAPrivateApiServerHasItsPrivateName(t *testing.T) {
	r := pulumitest.Run(t, shop(private()), pulumitest.Options{})
	want := "private.shop-" + pulumitest.GUID("shop-aks", "fqdn")[:8] + ".hcp.westeurope.azmk8s.io"
	if got := r.Exports["shop.apiServerFqdn"].Value; got != want {
		t.Errorf("apiServerFqdn = %v, want %s", got, want)
	}
}

func TestMissingReportsFailWithWhatToDo(t *testing.T) {
	fakes := pulumitest.Fakes{Resources: map[string]pulumitest.FakeResource{managedCluster: {State: func(*pulumitest.Resource) (string, resource.PropertyMap, error) {
		return "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/n", resource.PropertyMap{
			"name":              resource.NewProperty("n"),
			"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{"issuerURL": resource.NewProperty(pulumitest.IssuerURL("x"))}),
		}, nil
	}}}}
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return build(nil)(ctx, "shop") }, pulumitest.Options{Fakes: fakes})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "AKS reported no") || !strings.Contains(r.Err.Error(), "pulumi refresh") {
		t.Errorf("error = %v", r.Err)
	}
}

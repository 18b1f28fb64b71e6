package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// issuerLater returns fakes of a cluster that reports no issuer yet, and what a second look finds.
func issuerLater(reads *int) pulumitest.Fakes {
	return pulumitest.Fakes{
		Resources: map[string]pulumitest.FakeResource{managedCluster: {Exists: true, State: func(*pulumitest.Resource) (string, resource.PropertyMap, error) {
			return "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/n", resource.PropertyMap{
				"name":              resource.NewProperty("n"),
				"nodeResourceGroup": resource.NewProperty("MC"),
				"fqdn":              resource.NewProperty("n.hcp.azmk8s.io"), "privateFQDN": resource.NewProperty(""),
				"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{"enabled": resource.NewProperty(true), "issuerURL": resource.NewProperty("")}),
				"identity":          resource.NewProperty(resource.PropertyMap{"principalId": resource.NewProperty("p"), "tenantId": resource.NewProperty("t")}),
				"identityProfile": resource.NewProperty(resource.PropertyMap{"kubeletidentity": resource.NewProperty(resource.PropertyMap{
					"resourceId": resource.NewProperty("r"), "clientId": resource.NewProperty("c"), "objectId": resource.NewProperty("o"),
				})}),
			}, nil
		}}},
		Calls: map[string]pulumitest.FakeCall{pulumitest.AKS + "getManagedCluster": func(resource.PropertyMap) (resource.PropertyMap, error) {
			*reads++
			return resource.PropertyMap{"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{
				"enabled": resource.NewProperty(true), "issuerURL": resource.NewProperty(pulumitest.IssuerURL("late")),
			})}, nil
		}},
	}
}

// Carries R1.
func TestIssuerIsAlwaysOn(t *testing.T) {
	for name, args := range map[string]*cluster.ClusterArgs{"defaults": nil, "full": full(), "entra": entra()} {
		r := pulumitest.Run(t, shop(args), entraOptions)
		if got := property(t, r.Get(t, managedCluster, "shop-aks"), "oidcIssuerProfile.enabled"); got != true {
			t.Errorf("%s: the issuer is %v", name, got)
		}
	}
}

// Carries R1.
func TestIssuerThatIsEmptyAtFirstIsReadAgain(t *testing.T) {
	reads := 0
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(nil)(ctx, "shop") }, pulumitest.Options{Fakes: issuerLater(&reads)})
	if got := r.Exports["shop.issuerUrl"].Value; got != pulumitest.IssuerURL("late") {
		t.Errorf("issuerUrl = %v", got)
	}
	if reads == 0 {
		t.Error("the cluster was not read again")
	}
}

// Turning the issuer on is itself a change that is still to come in a preview.
func TestPreviewDoesNotWaitForTheIssuer(t *testing.T) {
	reads := 0
	fakes := issuerLater(&reads)
	fakes.Calls[pulumitest.AKS+"getManagedCluster"] = func(resource.PropertyMap) (resource.PropertyMap, error) {
		reads++
		return resource.PropertyMap{"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{
			"enabled": resource.NewProperty(false), "issuerURL": resource.NewProperty(""),
		})}, nil
	}
	fakes.Calls[pulumitest.AKS+"listManagedClusterUserCredentials"] = func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.PropertyMap{"kubeconfigs": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
			"name": resource.NewProperty("clusterUser"), "value": resource.NewProperty("a2luZDogQ29uZmln"),
		})})}, nil
	}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(full())(ctx, "shop") }, pulumitest.Options{DryRun: true, Fakes: fakes})
	if e := r.Exports["shop.issuerUrl"]; e.Known || reads != 1 {
		t.Errorf("issuerUrl = %+v after %d reads, want it unknown after one", e, reads)
	}
	if e := r.Exports["shop.clusterName"]; !e.Known {
		t.Error("the name of an existing cluster is unknown")
	}
}

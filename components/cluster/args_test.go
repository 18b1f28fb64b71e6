package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/argumentstest"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

type invalidCases = map[string]pulumitest.InvalidCase[*cluster.ClusterArgs]

func checkInvalid(t *testing.T, cases invalidCases) {
	t.Helper()
	pulumitest.Invalid(t, cases, func(ctx *pulumi.Context, args *cluster.ClusterArgs) error {
		_, err := cluster.NewCluster(ctx, "shop", args)
		return err
	})
}

func TestInvalidNames(t *testing.T) {
	checkInvalid(t, invalidCases{
		"an empty resource group is neither given nor left out": {
			Args: &cluster.ClusterArgs{ResourceGroupName: pulumi.String("")},
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "leave it out to create one"}},
		},
		"a resource group does not end with a period": {
			Args: &cluster.ClusterArgs{ResourceGroupName: pulumi.StringPtr("rg.")},
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "not ending with a full stop"}},
		},
		"a node resource group has at most 80 characters": {
			Args: &cluster.ClusterArgs{NodeResourceGroup: pulumi.String(strings.Repeat("a", 81))},
			Want: []pulumitest.Problem{{Path: "nodeResourceGroup", Text: "81 characters: AKS allows at most 80"}},
		},
		"a DNS prefix does not end with a hyphen": {
			Args: &cluster.ClusterArgs{DnsPrefix: pulumi.String("shop-")},
			Want: []pulumitest.Problem{{Path: "dnsPrefix", Text: "ending with a letter or digit"}},
		},
		"a cluster's name has no dots": {
			Args: &cluster.ClusterArgs{ClusterName: pulumi.String("shop.1")},
			Want: []pulumitest.Problem{{Path: "clusterName", Text: "1 to 63"}},
		},
	})
}

// later returns a text that is known only when the program runs.
func later(text string) pulumi.StringPtrInput {
	return pulumi.String(text).ToStringOutput().ToStringPtrOutput()
}

func property(t *testing.T, r *pulumitest.Resource, text string) any {
	t.Helper()
	path, err := resource.ParsePropertyPath(text)
	if err != nil {
		t.Fatal(err)
	}
	value, ok := path.Get(resource.NewProperty(r.Inputs))
	if !ok {
		t.Fatalf("%s has no %s", r.Name, text)
	}
	return value.V
}

// What is not known at construction still reaches its property, and defaults still follow from it.
func TestArgumentsThatAreKnownLater(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		ControlPlaneIdentityId: later(control),
		Network:                &cluster.NetworkArgs{ServiceCidr: later("10.9.0.0/16")},
		NodePools: []cluster.NodePoolArgs{{
			Name: "spot", Spot: &cluster.SpotArgs{},
			NodeLabels: pulumi.StringMap{"a": pulumi.String("b")}.ToStringMapOutput(),
			NodeTaints: pulumi.StringArray{pulumi.String("c=d:NoExecute")}.ToStringArrayOutput(),
		}},
		Addons: &cluster.AddonsArgs{KeyVaultSecretsProvider: &cluster.KeyVaultSecretsProviderArgs{
			Rotation: pulumi.Bool(false).ToBoolOutput().ToBoolPtrOutput(),
		}},
	}), pulumitest.Options{})

	aks, spot := r.Get(t, managedCluster, "shop-aks"), r.Get(t, pulumitest.AKS+"AgentPool", "shop-pool-spot")
	for path, want := range map[string]any{
		"networkProfile.dnsServiceIP":                                            "10.9.0.10",
		"identity.userAssignedIdentities[0]":                                     control,
		"addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation": "false",
	} {
		if got := property(t, aks, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	for path, want := range map[string]any{
		`nodeLabels["a"]`: "b",
		`nodeLabels["kubernetes.azure.com/scalesetpriority"]`: "spot",
		"nodeTaints[0]": "c=d:NoExecute",
		"nodeTaints[1]": "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
	} {
		if got := property(t, spot, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
}

var argumentStructs = []any{cluster.ClusterArgs{}, cluster.LookupClusterArgs{}}

func TestTags(t *testing.T) {
	argumentstest.CheckTags(t, argumentStructs...)
	argumentstest.CheckEnforced(t, argumentStructs...)
	for _, typ := range argumentstest.Structs(argumentStructs...) {
		for _, f := range arguments.Fields(typ) {
			if (f.Min == nil) != (f.Max == nil) {
				t.Errorf("%s.%s has a range with one end", typ.Name(), f.Name)
			}
		}
	}
}

func TestThePageHasEveryArgument(t *testing.T) {
	argumentstest.CheckReference(t, "../../docs/cluster.md", argumentStructs...)
}

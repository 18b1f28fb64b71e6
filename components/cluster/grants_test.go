package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Names of role assignments are computed: Azure wants each of scope, principal and role only once,
// under whatever name.
func TestRegistriesAreOpenToTheNodes(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		ContainerRegistries: []cluster.ContainerRegistryArgs{{Key: "team", Id: pulumi.String(registry + "team")}},
	}), pulumitest.Options{})
	a := r.Get(t, "azure-native:authorization:RoleAssignment", "shop-acr-team")
	const pull = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
	nodes := pulumitest.GUID("shop-aks", "kubelet object")
	for key, want := range map[string]string{
		"scope":              registry + "team",
		"principalId":        nodes,
		"principalType":      "ServicePrincipal",
		"roleDefinitionId":   "/subscriptions/" + guid + "/providers/Microsoft.Authorization/roleDefinitions/" + pull,
		"roleAssignmentName": azure.RoleAssignmentName(registry+"team", nodes, pull),
	} {
		if got := a.Inputs[resource.PropertyKey(key)]; !got.IsString() || got.StringValue() != want {
			t.Errorf("%s = %v, want %s", key, got, want)
		}
	}
}

func TestRegistryThatIsKnownLaterIsCheckedThen(t *testing.T) {
	r := pulumitest.Try(t, shop(&cluster.ClusterArgs{
		ContainerRegistries: []cluster.ContainerRegistryArgs{{Key: "team", Id: pulumi.String("team").ToStringOutput()}},
	}), pulumitest.Options{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), `containerRegistries[0].id of cluster "shop"`) {
		t.Errorf("error = %v", r.Err)
	}
}

func TestTheNodesIdentityIsTheCallersToGrantWithoutAPrincipal(t *testing.T) {
	args := identities()
	args.KubeletIdentity.ControlPlanePrincipalId = nil
	args.ContainerRegistries = nil
	r := pulumitest.Run(t, shop(args), pulumitest.Options{})
	if list := r.ByType("azure-native:authorization:RoleAssignment"); len(list) > 0 {
		t.Errorf("%s was assigned", list[0].Name)
	}
}

func TestInvalidRegistries(t *testing.T) {
	checkInvalid(t, invalidCases{
		"registries by key and by id, each once": {
			Args: &cluster.ClusterArgs{ContainerRegistries: []cluster.ContainerRegistryArgs{
				{Key: "a", Id: pulumi.String(registry + "one")}, {Key: "a", Id: pulumi.String(registry + "ONE")},
				{Key: "a.b", Id: pulumi.String(subnet)}, {Key: "c"},
			}},
			Want: []pulumitest.Problem{
				{Path: "containerRegistries[3].id", Text: "is required"},
				{Path: "containerRegistries[1].key", Text: "containerRegistries[0] has the key"},
				{Path: "containerRegistries[1].id", Text: "containerRegistries[0] is the same registry"},
				{Path: "containerRegistries[2].key", Text: "1 to 63"},
				{Path: "containerRegistries[2].id", Text: "Microsoft.ContainerRegistry/registries"},
			},
		},
	})
}

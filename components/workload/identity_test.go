package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func existing(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := full(c)
	args.Identity = &workload.IdentityArgs{
		Kind: workload.ExistingUserAssigned,
		Id:   pulumi.String("/subscriptions/" + pulumitest.SubscriptionID + "/resourcegroups/theirs/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-theirs"),
	}
	args.ResourceGroupName, args.Location, args.Tags = nil, nil, nil
	return args
}

// of returns arguments with an identity, and no federation.
func of(id workload.IdentityArgs) *workload.FederatedWorkloadArgs {
	return &workload.FederatedWorkloadArgs{Identity: &id}
}

// Carries R5, R7.
func TestIdentity(t *testing.T) {
	r := run(t, full)
	want := map[string]any{
		"resourceGroupName": "apps", "resourceName": "id-shop", "location": "westeurope", "tags": map[string]any{"env": "test"},
	}
	got := r.Get(t, identityType, "shop-identity").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestIdentitiesThatFailLater(t *testing.T) {
	checkLater(t, map[string]laterCase{
		"the id of something else": {
			args: &workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: later(vaultID)}, Federations: []workload.FederationArgs{federation("main", "shop", "web")}},
			want: []string{"is not the id of a user-assigned identity"},
		},
		"an identity of a subscription that the provider does not reach": {
			args: &workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: pulumi.String(
				"/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/theirs/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-theirs")},
				Federations: []workload.FederationArgs{federation("main", "shop", "web")}},
			want: []string{"is in another subscription than the provider's"},
		},
	})
}

func TestInvalidIdentities(t *testing.T) {
	const id = "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
	pulumitest.Invalid(t, map[string]invalidCase{
		"no arguments at all": {
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "required"}},
		},
		"a kind that does not exist": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.Identity = &workload.IdentityArgs{Kind: "systemAssigned"} }),
			Want: []pulumitest.Problem{{Path: "identity.kind", Text: "userAssigned, application, existingUserAssigned, existingApplication"}},
		},
		"an identity name that Azure refuses": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity = &workload.IdentityArgs{Name: pulumi.String("a.b")}
			}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "3 to 128"}},
		},
		"an existing identity needs its id": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingUserAssigned}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "required"}},
		},
		"the id of something else": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: pulumi.String(vaultID)}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "Microsoft.ManagedIdentity/userAssignedIdentities"}},
		},
		"an existing identity has its name": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: pulumi.String(id), Name: pulumi.String("other")}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "leave it out"}},
		},
		"a new identity has no id yet": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.Identity = &workload.IdentityArgs{Id: pulumi.String(id)} }),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: `belongs to identity.kind "existingUserAssigned" or "existingApplication", not "userAssigned"`}},
		},
	}, newWorkload)
}

package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Carries R12.
func TestGrant(t *testing.T) {
	r := run(t, full)
	principal := pulumitest.GUID("shop-identity", "principal")
	scope := "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/data"
	want := map[string]any{
		"scope": scope, "principalId": principal, "principalType": "ServicePrincipal",
		"roleAssignmentName": azure.RoleAssignmentName(scope, principal, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
		"roleDefinitionId":   "/subscriptions/" + pulumitest.SubscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
		"condition":          "@Resource[x] StringEquals 'y'", "conditionVersion": "2.0", "description": "reads",
	}
	// The role was named by its GUID; the child's name is the one that its name
	// would give.
	got := r.Get(t, grantType, "shop-grant-data.storage-blob-data-reader").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRoleDefinitionFollowsSubscription(t *testing.T) {
	const managementGroup = "/providers/Microsoft.Management/managementGroups/root"
	cases := map[string]struct{ scope, subscription, want string }{
		"of the scope":               {scope: vaultID, want: "/subscriptions/" + pulumitest.SubscriptionID},
		"none at a management group": {scope: managementGroup, want: ""},
		"of the argument": {
			scope: managementGroup, subscription: "22222222-2222-4333-8444-555555555555", want: "/subscriptions/22222222-2222-4333-8444-555555555555",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := minimal(c)
				args.Grants = []workload.GrantArgs{{Role: "Reader", Scope: pulumi.String(tc.scope), ScopeKey: "x"}}
				if tc.subscription != "" {
					args.SubscriptionId = pulumi.String(tc.subscription)
				}
				return args
			})
			want := tc.want + "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
			if got := r.Get(t, grantType, "shop-grant-x.reader").Inputs["roleDefinitionId"].StringValue(); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

package engine

import (
	"testing"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

const accessPolicy = "AccessPolicy"

// customRole returns a program that defines a role at the given scope and grants it to its
// workload.
func customRole(assignable string, actions ...string) shop {
	return shop{accounts: []string{"one/a"}, workload: workload.FederatedWorkloadArgs{Grants: []workload.GrantArgs{{
		CustomRole: &workload.CustomRoleArgs{
			Name: "Orders list", Actions: actions,
			AssignableScopes: pulumi.StringArray{pulumi.String(assignable)},
		},
		Scope: pulumi.String(vaultScope), ScopeKey: "vault",
	}}}}
}

const (
	teamGroup    = "/subscriptions/" + fake.SubscriptionID + "/resourceGroups/team"
	subscription = "/subscriptions/" + fake.SubscriptionID
	listRoles    = "Microsoft.Authorization/roleAssignments/read"
)

func TestACustomRole(t *testing.T) {
	cases := map[string]struct {
		reason string
		after  shop
		want   []string
	}{
		"Again":  {reason: "nothing has changed", after: customRole(teamGroup, listRoles), want: []string{}},
		"Action": {reason: "its actions change in place", after: customRole(teamGroup, listRoles, "Microsoft.KeyVault/vaults/read"), want: []string{"update orders-role-vault.orders-list"}},
		"Home": {
			reason: "the scope of the definition is part of its id; the assignment is deleted first, because Azure refuses to delete a role that is assigned",
			after:  customRole(subscription, listRoles),
			want: []string{
				"delete orders-grant-vault.orders-list", "delete orders-role-vault.orders-list",
				"create orders-role-vault.orders-list", "create orders-grant-vault.orders-list",
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.up(customRole(teamGroup, listRoles).program)
			before(t, s.world.Ops().Of(definition), s.world.Ops().Of(assignment))

			s.up(tc.after.program)
			equal(t, tc.reason, s.world.Ops().Of(definition, assignment).Writes().Strings(), tc.want)
			equal(t, "definitions", len(s.world.IDs(definition)), 1)
			equal(t, "assignments", len(s.world.IDs(assignment)), 1)

			s.destroy()
			before(t, s.world.Ops().Of(assignment), s.world.Ops().Of(definition))
			equal(t, "definitions left behind", s.world.IDs(definition), []string{})
		})
	}
}

// withPolicy returns a program whose workload has an access policy on an existing vault.
func withPolicy(args workload.FederatedWorkloadArgs, permissions ...keyvault.SecretPermissions) shop {
	args.Grants = []workload.GrantArgs{}
	args.VaultPolicies = []workload.VaultPolicyArgs{{
		Key: "team", VaultName: pulumi.String("kv-team"), ResourceGroupName: pulumi.String("team"), SecretPermissions: permissions,
	}}
	return shop{accounts: []string{"one/a"}, workload: args}
}

func TestAnAccessPolicy(t *testing.T) {
	north := pulumi.String("northeurope")
	given := workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Name: pulumi.String("orders")}}
	moved := given
	moved.Location = north
	cases := map[string]struct {
		reason       string
		first, after shop
		want         []string
	}{
		"Permissions": {
			reason: "other permissions of one principal are an update",
			first:  withPolicy(workload.FederatedWorkloadArgs{}, "get"), after: withPolicy(workload.FederatedWorkloadArgs{}, "get", "list"),
			want: []string{"update orders-vaultpolicy-team"},
		},
		"AnotherIdentityBesideTheOld": {
			reason: "another principal is another policy, which is created before the old one is deleted",
			first:  withPolicy(workload.FederatedWorkloadArgs{}, "get"), after: withPolicy(workload.FederatedWorkloadArgs{Location: north}, "get"),
			want: []string{"create orders-vaultpolicy-team", "delete orders-vaultpolicy-team"},
		},
		"AnotherIdentityOfThatName": {
			reason: "an identity with a given name is deleted before its replacement is created; its old policy is deleted afterwards",
			first:  withPolicy(given, "get"), after: withPolicy(moved, "get"),
			want: []string{"create orders-vaultpolicy-team", "delete orders-vaultpolicy-team"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.world.AddVault("team", "kv-team")
			s.up(tc.first.program)
			s.up(tc.after.program)
			equal(t, tc.reason, s.world.Ops().Of(accessPolicy).Strings(), tc.want)
			id := only(t, s.world, accessPolicy)
			equal(t, "principal", s.world.Text(id, "policy.objectId"), s.world.Text(only(t, s.world, identity), "principalId"))
			equal(t, "a second run", s.up(tc.after.program).changes(), []string{})
			s.destroy()
			equal(t, "policies left behind", s.world.IDs(accessPolicy), []string{})
		})
	}
}

package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func customRole(change func(*workload.CustomRoleArgs)) *workload.CustomRoleArgs {
	r := &workload.CustomRoleArgs{Name: "Shop lists roles", Actions: []string{readAssignments}}
	if change != nil {
		change(r)
	}
	return r
}

// customRoles defines roles that are assignable at the scope of their grant, and over a wider one.
func customRoles(a *workload.FederatedWorkloadArgs) {
	a.Grants = []workload.GrantArgs{
		{CustomRole: customRole(nil), Scope: pulumi.String(groupID), ScopeKey: "data"},
		{Preset: workload.ListRoleAssignments, Scope: pulumi.String(groupID), ScopeKey: "data"},
		{
			CustomRole: customRole(func(r *workload.CustomRoleArgs) {
				r.Name, r.Description = "Shop reads blobs", pulumi.String("and not their tags")
				r.Actions = nil
				r.DataActions = []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"}
				r.NotDataActions = []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read"}
				r.AssignableScopes = pulumi.StringArray{pulumi.String(subscriptionID)}
			}),
			Scope: pulumi.String(storageID), ScopeKey: "blobs", Condition: pulumi.String("@Resource[x] StringEquals 'y'"),
		},
	}
}

// Carries R15.
func TestCustomRole(t *testing.T) {
	r := try(t, options(), customRoles)
	guid := azure.RoleDefinitionName(subscriptionID, "Shop reads blobs")
	want := map[string]any{
		"roleName": "Shop reads blobs", "roleType": "CustomRole", "description": "and not their tags",
		"roleDefinitionId": guid, "scope": subscriptionID, "assignableScopes": []any{subscriptionID},
		"permissions": []any{map[string]any{
			"actions": []any{}, "notActions": []any{},
			"dataActions":    []any{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"},
			"notDataActions": []any{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read"},
		}},
	}
	definition := r.Get(t, roleType, "shop-role-blobs.shop-reads-blobs")
	if diff := cmp.Diff(want, definition.Inputs.Mappable()); diff != "" {
		t.Errorf("definition (-want +got):\n%s", diff)
	}
	assignment := r.Get(t, grantType, "shop-grant-blobs.shop-reads-blobs")
	principal := pulumitest.GUID("shop-identity", "principal")
	want = map[string]any{
		"scope": storageID, "principalId": principal, "principalType": "ServicePrincipal",
		"roleAssignmentName": azure.RoleAssignmentName(storageID, principal, guid),
		"roleDefinitionId":   subscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/" + guid,
		"condition":          "@Resource[x] StringEquals 'y'", "conditionVersion": "2.0",
	}
	if diff := cmp.Diff(want, assignment.Inputs.Mappable()); diff != "" {
		t.Errorf("assignment (-want +got):\n%s", diff)
	}
	// What is assigned is deleted before what it names: the edge orders both ways.
	if !r.Reaches(assignment, definition) || r.Reaches(definition, assignment) {
		t.Errorf("the assignment must wait for its definition, and not the other way round:\n%s", r.Graph())
	}
	own := r.Get(t, roleType, "shop-role-data.shop-lists-roles").Inputs
	if got := own["assignableScopes"].ArrayValue()[0].StringValue(); got != groupID || own["scope"].StringValue() != groupID {
		t.Errorf("a role without scopes is assignable at %s, want the grant's scope", got)
	}
	if got := r.Get(t, roleType, "shop-role-data.list-role-assignments").Inputs["roleName"].StringValue(); got != "listRoleAssignments (project/test, shop, data)" {
		t.Errorf("the preset's role is called %q: a tenant has it once", got)
	}
}

func TestInvalidCustomRoles(t *testing.T) {
	custom := func(scope string, change func(*workload.CustomRoleArgs)) *workload.FederatedWorkloadArgs {
		return granted(workload.GrantArgs{CustomRole: customRole(change), Scope: pulumi.String(scope), ScopeKey: "x"})
	}
	scopes := func(list ...string) pulumi.StringArrayInput { return pulumi.ToStringArray(list) }
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty role": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { *r = workload.CustomRoleArgs{} }),
			Want: []pulumitest.Problem{
				{Path: "grants[0].customRole.name", Text: "unique in the whole tenant"},
				{Path: "grants[0].customRole.actions", Text: "at least one of actions or dataActions"},
			},
		},
		"everything at once": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) {
				r.Name, r.Description = "reader", pulumi.String(strings.Repeat("é", 2049))
				r.Actions = []string{"*", "read", readAssignments, strings.ToUpper(readAssignments)}
				r.NotDataActions = []string{"Microsoft.X/y/list"}
			}),
			Want: []pulumitest.Problem{
				{Path: "grants[0].customRole.name", Text: "is a built-in role"},
				{Path: "grants[0].customRole.description", Text: "2049 characters: Azure allows at most 2048"},
				{Path: "grants[0].customRole.actions[0]", Text: "allow everything"},
				{Path: "grants[0].customRole.actions[1]", Text: "is not an action"},
				{Path: "grants[0].customRole.actions[3]", Text: "actions[2] is the same"},
				{Path: "grants[0].customRole.notDataActions[0]", Text: "is not an action"},
				{Path: "grants[0].customRole.notDataActions", Text: "no dataActions to take them away from"},
			},
		},
		"nothing to take actions away from": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) {
				r.Actions, r.NotActions, r.DataActions = nil, []string{readAssignments}, []string{"Microsoft.X/y/read"}
			}),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.notActions", Text: "they deny nothing"}},
		},
		"data actions on a management group": {
			Args: custom(managementID, func(r *workload.CustomRoleArgs) { r.DataActions = []string{"Microsoft.X/y/read"} }),
			Want: []pulumitest.Problem{{Path: "grants[0].scope", Text: "with data actions is forbidden on a management group"}},
		},
		"data actions assignable in a management group": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) {
				r.DataActions, r.AssignableScopes = []string{"Microsoft.X/y/read"}, scopes(managementID)
			}),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "forbidden in a management group"}},
		},
		"two management groups": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes(managementID, managementID+"2") }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "Azure allows one"}},
		},
		"nowhere assignable": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes() }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "leave it out"}},
		},
		"a scope that is none": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes("/") }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "not a resource id"}},
		},
		"not assignable where it is granted": {
			Args: custom(groupID, func(r *workload.CustomRoleArgs) { r.AssignableScopes = scopes(groupID + "2") }),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.assignableScopes", Text: "lies in none of them"}},
		},
		"one name for two roles": {
			Args: granted(
				workload.GrantArgs{CustomRole: customRole(nil), Scope: pulumi.String(groupID), ScopeKey: "a"},
				workload.GrantArgs{CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.Name = strings.ToUpper(r.Name) }), Scope: pulumi.String(vaultID), ScopeKey: "b"},
			),
			Want: []pulumitest.Problem{{Path: "grants[1].customRole.name", Text: "grants[0] defines custom role"}},
		},
	}, newWorkload)
}

func TestRolesThatFailLater(t *testing.T) {
	checkLater(t, map[string]laterCase{
		"data actions on what turns out to be a management group": {
			args: granting(workload.GrantArgs{CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.DataActions = []string{"Microsoft.X/y/read"} }), Scope: later(managementID), ScopeKey: "x"}),
			want: []string{"with data actions is forbidden on a management group"},
		},
		"a custom role that is not assignable there": {
			args: granting(workload.GrantArgs{CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.AssignableScopes = pulumi.StringArray{later(groupID + "2")} }), Scope: pulumi.String(groupID), ScopeKey: "x"}),
			want: []string{`grants[0].customRole.assignableScopes of workload "shop"`, "lies in none of them"},
		},
	})
}

func TestRoleWarnings(t *testing.T) {
	custom := func(actions ...string) func(*workload.FederatedWorkloadArgs) {
		return func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{
				CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.Actions = actions }), Scope: pulumi.String(groupID), ScopeKey: "x",
			}}
		}
	}
	runWarnings(t, map[string]warningCase{
		"a plain custom role":            {custom(readAssignments), nil},
		"a custom role with wildcards":   {custom("Microsoft.Storage/*/read"), []string{`grants[0]: custom role "Shop lists roles" has wildcards (Microsoft.Storage/*/read)`}},
		"a custom role that gives roles": {custom("Microsoft.Authorization/roleAssignments/write"), []string{"lets the workload give roles to anybody"}},
		"wildcards that take that in":    {custom("Microsoft.Authorization/*"), []string{"has wildcards", "give roles to anybody"}},
	})
}

package workload_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const cosmosAccount = groupID + "/providers/Microsoft.DocumentDB/databaseAccounts/orders"

func TestDataRolesOfCosmosAreRefused(t *testing.T) {
	grant := func(g workload.GrantArgs) *workload.FederatedWorkloadArgs {
		return valid(func(a *workload.FederatedWorkloadArgs) {
			g.Scope, g.ScopeKey = pulumi.String(cosmosAccount), "orders"
			a.Grants = []workload.GrantArgs{g}
		})
	}
	const reader, contributor = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
	cases := map[string]invalidCase{
		"a data action in a role of Azure": {
			Args: grant(workload.GrantArgs{CustomRole: &workload.CustomRoleArgs{Name: "r", DataActions: []string{"Microsoft.DocumentDB/databaseAccounts/readMetadata"}}}),
			Want: []pulumitest.Problem{{Path: "grants[0].customRole.dataActions[0]", Text: "az cosmosdb sql role definition create"}},
		},
	}
	for reason, tc := range map[string][2]string{
		"by name":                  {"Cosmos DB Built-in Data Contributor", contributor},
		"by the portal's name":     {"cosmos db data reader", reader},
		"by GUID":                  {contributor, contributor},
		"by its id in the account": {cosmosAccount + "/sqlRoleDefinitions/" + reader, reader},
		"by an id of Azure's form": {"/providers/Microsoft.Authorization/roleDefinitions/" + contributor, contributor},
		"one of the account's own": {"Our Cosmos data writers", "ROLE_ID"},
	} {
		cases[reason] = invalidCase{
			Args: grant(workload.GrantArgs{Role: tc[0]}),
			Want: []pulumitest.Problem{{Path: "grants[0].role", Text: "az cosmosdb sql role assignment create --account-name ACCOUNT --resource-group GROUP --scope / --principal-id PRINCIPAL_ID --role-definition-id " + tc[1]}},
		}
	}
	pulumitest.Invalid(t, cases, newWorkload)
}

func TestRolesOnTheManagementOfCosmosAreAllowed(t *testing.T) {
	for _, role := range []string{"Cosmos DB Operator", "Cosmos DB Account Reader Role", "DocumentDB Account Contributor", "230815da-be43-4aae-9cb4-875f7bd000aa"} {
		args := valid(func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Role: role, Scope: pulumi.String(cosmosAccount), ScopeKey: "orders"}}
		})
		if err := args.Validate("shop"); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
}

package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// cosmosDataActions begin the operations on data in a Cosmos DB account, which its own role
// definitions have.
const cosmosDataActions = "microsoft.documentdb/databaseaccounts/"

// cosmosRemedy returns how to give a data role of Cosmos DB.
func cosmosRemedy(guid string) string {
	return fmt.Sprintf("give it in the account, to the output principalId: az cosmosdb sql role assignment create --account-name ACCOUNT --resource-group GROUP "+
		"--scope / --principal-id PRINCIPAL_ID --role-definition-id %s, or a SqlResourceSqlRoleAssignment of azure-native in your program", guid)
}

// checkCosmosRole reports a role that is Cosmos DB's own, by name, GUID or id, although no role of
// Azure has that name.
func checkCosmosRole(role string) error {
	refused := func(name, guid string) error {
		return problem.New(fmt.Sprintf("%q is a role of Cosmos DB's own, and has no effect as a role assignment of Azure", name), cosmosRemedy(guid))
	}
	role = strings.TrimSpace(role)
	lower := strings.ToLower(role)
	for guid, name := range azure.CosmosDataRoles() {
		// "Cosmos DB Data Reader" is in use beside "Cosmos DB Built-in Data Reader".
		short := strings.Replace(name, "Built-in ", "", 1)
		if strings.HasSuffix("/"+lower, "/"+guid) || strings.EqualFold(role, name) || strings.EqualFold(role, short) {
			return refused(name, guid)
		}
	}
	if _, err := azure.LookupRole(role); err == nil {
		return nil
	}
	if strings.Contains(lower, "/sqlroledefinitions/") || strings.Contains(lower, "cosmos") && strings.Contains(lower, "data") {
		return refused(role, "ROLE_ID")
	}
	return nil
}

// checkCosmosAction reports a data action of a custom role that only Cosmos DB's own roles can
// have.
func checkCosmosAction(action string) error {
	if !strings.HasPrefix(strings.ToLower(action), cosmosDataActions) {
		return nil
	}
	return problem.New(fmt.Sprintf("Cosmos DB does not ask Azure's roles for %q", action),
		"make it a role definition of the account (az cosmosdb sql role definition create), then "+cosmosRemedy("ROLE_ID"))
}

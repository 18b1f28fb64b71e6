package azure

// CosmosDataRoles returns the built-in data roles of Cosmos DB for NoSQL, by GUID. They are
// definitions in each account (sqlRoleDefinitions), and not roles of Azure: a role assignment of
// Azure accepts the GUID's form, and nothing in the account asks for it. Source:
// learn.microsoft.com, "Azure Cosmos DB for NoSQL data plane security reference".
func CosmosDataRoles() map[string]string {
	return map[string]string{
		"00000000-0000-0000-0000-000000000001": "Cosmos DB Built-in Data Reader",
		"00000000-0000-0000-0000-000000000002": "Cosmos DB Built-in Data Contributor",
	}
}

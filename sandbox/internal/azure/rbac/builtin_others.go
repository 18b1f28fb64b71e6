package rbac

// others are roles for services that the sandbox does not implement, so that programs that assign
// them work in it. The sandbox never evaluates their permissions; where the published list is long,
// it is abridged to the main ones.
var others = []Definition{
	role("befefa01-2a29-4197-83a8-272ff33ce314", "DNS Zone Contributor", "Lets you manage DNS zones and record sets in Azure DNS, but does not let you control who has access to them.",
		join(portal, "Microsoft.Network/dnsZones/*", "Microsoft.ResourceHealth/availabilityStatuses/read"), nil),
	role("b12aa53e-6015-4669-85d0-8515ebb3ae7f", "Private DNS Zone Contributor", "Lets you manage private DNS zone resources, but not the virtual networks they are linked to.",
		join(portal, prefixed("Microsoft.Network/", "privateDnsZones/*", "privateDnsOperationResults/*", "privateDnsOperationStatuses/*", "virtualNetworks/read", "virtualNetworks/join/action")...), nil),
	role("c12c1c16-33a1-487b-954d-41c89c60f349", "Reader and Data Access", "Lets you view everything but will not let you delete or create a storage account or contained resource.",
		prefixed("Microsoft.Storage/storageAccounts/", "listKeys/action", "ListAccountSas/action", "read"), nil),
	role("81a9662b-bebf-436f-a333-f67b29880f12", "Storage Account Key Operator Service Role", "Storage Account Key Operators are allowed to list and regenerate keys on Storage Accounts",
		prefixed("Microsoft.Storage/storageAccounts/", "listkeys/action", "regeneratekey/action"), nil),
	role("69566ab7-960f-475b-8e7c-b3118f30c6bd", "Storage File Data Privileged Contributor", "Customer has read, write, delete and modify NTFS permission access on Azure Storage file shares.",
		nil, prefixed(files, "fileshares/files/read", "fileshares/files/write", "fileshares/files/delete", "fileshares/files/modifypermissions/action", "readFileBackupSemantics/action", "writeFileBackupSemantics/action")),
	role("b8eda974-7b85-4f76-af95-65846b26df6d", "Storage File Data Privileged Reader", "Customer has read access on Azure Storage file shares.",
		nil, prefixed(files, "fileshares/files/read", "readFileBackupSemantics/action")),
	role("0c867c2a-1d8c-454a-a3db-ab2ea1bdc8bb", "Storage File Data SMB Share Contributor", "Allows for read, write, and delete access in Azure Storage file shares over SMB",
		nil, prefixed(files+"fileshares/files/", "read", "write", "delete")),
	role("aba4ae5f-2193-4029-9191-0cb91df5e314", "Storage File Data SMB Share Reader", "Allows for read access to Azure File Share over SMB", nil, prefixed(files, "fileshares/files/read")),
	role("0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "Storage Table Data Contributor", "Allows for read, write and delete access to Azure Storage tables and entities",
		prefixed(tables, "read", "write", "delete"), prefixed(tables+"entities/", "read", "write", "delete", "add/action", "update/action")),
	role("76199698-9eea-4c19-bc75-cec21354c6b6", "Storage Table Data Reader", "Allows for read access to Azure Storage tables and entities", prefixed(tables, "read"), prefixed(tables, "entities/read")),
	role("c2f4ef07-c644-48eb-af81-4b1b4947fb11", "AcrDelete", "acr delete", []string{"Microsoft.ContainerRegistry/registries/artifacts/delete"}, nil),
	role("1afdec4b-e479-420e-99e7-f82237c7c5e6", "Azure Kubernetes Service Cluster Monitoring User", "List cluster monitoring user credential action.", prefixed(aks, "listClusterMonitoringUserCredential/action", "read"), nil),
	role("2efddaa5-3f1f-4df3-97df-af3f13818f4c", "Container Registry Repository Contributor", "Allows for read, write, and delete access to Azure Container Registry repositories, but excluding catalog listing.",
		nil, prefixed(repositories, "metadata/read", "content/read", "metadata/write", "content/write", "metadata/delete", "content/delete")),
	role("b93aa761-3e63-49ed-ac28-beffa264f7ac", "Container Registry Repository Reader", "Allows for read access to Azure Container Registry repositories, but excluding catalog listing.",
		nil, prefixed(repositories, "metadata/read", "content/read")),
	role("2a1e307c-b015-4ebd-883e-5b7698a07328", "Container Registry Repository Writer", "Allows for read and write access to Azure Container Registry repositories, but excluding catalog listing.",
		nil, prefixed(repositories, "metadata/read", "content/read", "metadata/write", "content/write")),
	role("fbdf93bf-df7d-467e-a4d2-9458aa1360c8", "Cosmos DB Account Reader Role", "Can read Azure Cosmos DB Accounts data", []string{"Microsoft.DocumentDB/*/read", "Microsoft.DocumentDB/databaseAccounts/readonlykeys/action"}, nil),
	role("230815da-be43-4aae-9cb4-875f7bd000aa", "Cosmos DB Operator", "Lets you manage Azure Cosmos DB accounts, but not access data in them.", join(portal, "Microsoft.DocumentDb/databaseAccounts/*"), nil),
	role("5bd9cd88-fe45-4216-938b-f97437e15450", "DocumentDB Account Contributor", "Lets you manage DocumentDB accounts, but not access to them.", join(portal, "Microsoft.DocumentDb/databaseAccounts/*"), nil),
	role("e0f68234-74aa-48ed-b826-c38b57376e17", "Redis Cache Contributor", "Lets you manage Redis caches, but not access to them.", join(portal, "Microsoft.Cache/register/action", "Microsoft.Cache/redis/*"), nil),
	role("9b7fa17d-e63e-47b0-bb0a-15c516ac86ec", "SQL DB Contributor", "Lets you manage SQL databases, but not access to them.", join(portal, "Microsoft.Sql/servers/databases/*", "Microsoft.Sql/servers/read"), nil),
	role("6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437", "SQL Server Contributor", "Lets you manage SQL servers and databases, but not access to them.", join(portal, "Microsoft.Sql/locations/*/read", "Microsoft.Sql/servers/*"), nil),
	role("5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b", "App Configuration Data Owner", "Allows full access to App Configuration data.", nil, prefixed(settings, "read", "write", "delete", "action")),
	role("516239f1-63e1-4d78-a4de-a74fb236a071", "App Configuration Data Reader", "Allows read access to App Configuration data.", nil, prefixed(settings, "read")),
	role("f526a384-b230-433a-b45c-95f59c4a2dec", "Azure Event Hubs Data Owner", "Allows for full access to Azure Event Hubs resources.", []string{"Microsoft.EventHub/*"}, []string{"Microsoft.EventHub/*"}),
	role("a638d3c7-ab3a-418d-83e6-5f17a39d4fde", "Azure Event Hubs Data Receiver", "Allows receive access to Azure Event Hubs resources.",
		[]string{"Microsoft.EventHub/*/eventhubs/consumergroups/read"}, []string{"Microsoft.EventHub/*/receive/action"}),
	role("2b629674-e913-4c01-ae53-ef4638d8f975", "Azure Event Hubs Data Sender", "Allows send access to Azure Event Hubs resources.", []string{"Microsoft.EventHub/*/eventhubs/read"}, []string{"Microsoft.EventHub/*/send/action"}),
	role("5e0bd9bd-7b93-4f28-af87-19fc36ad61bd", "Cognitive Services OpenAI User", "Ability to view files, models, deployments. Readers can't make any changes. They can inference and create images.",
		[]string{"Microsoft.CognitiveServices/*/read"}, prefixed("Microsoft.CognitiveServices/accounts/OpenAI/", "*/read", "deployments/chat/completions/action", "deployments/completions/action", "deployments/embeddings/action", "images/generations/action")),
	role("a97b65f3-24c7-4388-baec-2e87135dc908", "Cognitive Services User", "Lets you read and list keys of Cognitive Services.",
		[]string{"Microsoft.CognitiveServices/*/read", "Microsoft.CognitiveServices/accounts/listkeys/action"}, []string{"Microsoft.CognitiveServices/*"}),
	role("d5a91429-5739-47e2-a06b-3470a27159e7", "EventGrid Data Sender", "Allows send access to event grid events.",
		prefixed("Microsoft.EventGrid/", "topics/read", "domains/read", "partnerNamespaces/read", "namespaces/read"), []string{"Microsoft.EventGrid/events/send/action"}),
	role("8ebe5a00-799e-43f5-93ac-243d3dce84a7", "Search Index Data Contributor", "Grants full access to Azure Cognitive Search index data.", nil, []string{"Microsoft.Search/searchServices/indexes/documents/*"}),
	role("1407120a-92aa-4202-b7e9-c0e197c71c8f", "Search Index Data Reader", "Grants read access to Azure Cognitive Search index data.", nil, []string{"Microsoft.Search/searchServices/indexes/documents/read"}),
	// Azure's definition allows role assignments under a condition on the assigned role.
	// Definitions have no condition here, so this one allows no role assignments, rather than all.
	role("8b54135c-b56d-4d72-a534-26097cfdc8d8", "Key Vault Data Access Administrator", "Manage access to Azure Key Vault by adding or removing role assignments for the Key Vault data roles.",
		join(vaultRead, "Microsoft.Resources/subscriptions/read", "Microsoft.Management/managementGroups/read"), nil),
	role("92aaf0da-9dab-42b6-94a3-d43ce8d16293", "Log Analytics Contributor", "Can read all monitoring data and edit monitoring settings.",
		join(portal, "*/read", "Microsoft.Insights/diagnosticSettings/*", "Microsoft.OperationalInsights/*", "Microsoft.OperationsManagement/*"), nil),
	role("73c42c96-874c-492b-b04d-ab87d138a893", "Log Analytics Reader", "Can view and search all monitoring data as well as view monitoring settings.",
		[]string{"*/read", "Microsoft.OperationalInsights/workspaces/analytics/query/action", "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*"}, nil),
	role("749f88d5-cbae-40b8-bcfc-e573ddc772fa", "Monitoring Contributor", "Can read all monitoring data and update monitoring settings.",
		join(portal, "*/read", "Microsoft.AlertsManagement/*", "Microsoft.Insights/*", "Microsoft.Monitor/accounts/*"), nil),
	role("43d0d8ad-25c7-4714-9337-8ba259a9fe05", "Monitoring Reader", "Can read all monitoring data.", []string{"*/read", "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*"}, nil),
}

const (
	files        = "Microsoft.Storage/storageAccounts/fileServices/"
	tables       = "Microsoft.Storage/storageAccounts/tableServices/tables/"
	repositories = "Microsoft.ContainerRegistry/registries/repositories/"
	settings     = "Microsoft.AppConfiguration/configurationStores/*/"
)

// role returns a definition without exclusions.
func role(id, name, description string, actions, dataActions []string) Definition {
	return Definition{ID: id, Name: name, Description: description, Actions: actions, DataActions: dataActions}
}

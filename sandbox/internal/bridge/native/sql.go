package native

import "github.com/pulumi/pulumi-azure-native-sdk/sql/v2"

const serverPath = groupPath + "/providers/Microsoft.Sql/servers/{serverName}"

// sqlServers are the types of Microsoft.Sql. A server's login and administrators have
// x-ms-mutability [read, create] in Servers.json 2021-11-01; that of the location is inferred from
// TrackedResource of the other services. An administrator is a separate resource with the fixed
// name ActiveDirectory. A program has to set that name, because Azure refuses the name of the URN.
var sqlServers = []record{
	{
		module: "sql", name: "Server",
		args: sql.ServerArgs{}, outputs: sql.Server{},
		path: serverPath, apiVersion: "2021-11-01",
		async: true,
	},
	{
		module: "sql", name: "ServerAzureADAdministrator",
		args: sql.ServerAzureADAdministratorArgs{}, outputs: sql.ServerAzureADAdministrator{},
		path: serverPath + "/administrators/{administratorName}", apiVersion: "2021-11-01", async: true,
	},
}

// sqlFunctions are the functions for servers and administrators.
var sqlFunctions = []function{
	{
		token: "azure-native:sql:getServer",
		args:  sql.LookupServerArgs{}, result: sql.LookupServerResult{},
		of: "azure-native:sql:Server", query: map[string]string{"expand": "$expand"},
	},
	{
		token: "azure-native:sql:getServerAzureADAdministrator",
		args:  sql.LookupServerAzureADAdministratorArgs{}, result: sql.LookupServerAzureADAdministratorResult{},
		of: "azure-native:sql:ServerAzureADAdministrator",
	},
}

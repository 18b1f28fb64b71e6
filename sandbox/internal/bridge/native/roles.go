package native

import "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"

// roles are the types of Microsoft.Authorization. principalId and scope of an assignment are in
// forceNewMap; a change of roleDefinitionId alone is sent as an update, which Azure refuses
// (RoleAssignmentUpdateNotPermitted). Names derived from scope, principal and role avoid that.
var roles = []record{
	{
		module: "authorization", name: "RoleAssignment",
		args: authorization.RoleAssignmentArgs{}, outputs: authorization.RoleAssignment{},
		path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}", apiVersion: "2022-04-01",
		forceNew: []string{"principalId"},
	},
	{
		module: "authorization", name: "RoleDefinition",
		args: authorization.RoleDefinitionArgs{}, outputs: authorization.RoleDefinition{},
		path: "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}", apiVersion: "2022-05-01-preview",
	},
}

// roleFunctions are the functions for role definitions.
var roleFunctions = []function{{
	token: "azure-native:authorization:getRoleDefinition",
	args:  authorization.LookupRoleDefinitionArgs{}, result: authorization.LookupRoleDefinitionResult{},
	of: "azure-native:authorization:RoleDefinition",
}}

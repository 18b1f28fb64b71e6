package native

import "github.com/pulumi/pulumi-azure-native-sdk/operationalinsights/v2"

// workspaces are the types of Microsoft.OperationalInsights. The location has x-ms-mutability
// [read, create] in TrackedResource (common-types), which Workspaces.json 2022-10-01 refers to.
var workspaces = []record{{
	module: "operationalinsights", name: "Workspace",
	args: operationalinsights.WorkspaceArgs{}, outputs: operationalinsights.Workspace{},
	path: groupPath + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}", apiVersion: "2022-10-01",
	async: true,
}}

// workspaceFunctions are the functions for workspaces.
var workspaceFunctions = []function{{
	token: "azure-native:operationalinsights:getWorkspace",
	args:  operationalinsights.LookupWorkspaceArgs{}, result: operationalinsights.LookupWorkspaceResult{},
	of: "azure-native:operationalinsights:Workspace",
}}

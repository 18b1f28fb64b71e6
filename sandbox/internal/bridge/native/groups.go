package native

import "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"

const (
	groupType, groupVersion = "Microsoft.Resources/resourceGroups", "2022-09-01"

	groupPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
)

// groups are the types of Microsoft.Resources. The location is in forceNewMap.
var groups = []record{{
	module: "resources", name: "ResourceGroup",
	args: resources.ResourceGroupArgs{}, outputs: resources.ResourceGroup{},
	path: groupPath, apiVersion: groupVersion, async: true,
	forceNew: []string{"location"},
}}

// groupFunctions are the functions for resource groups.
var groupFunctions = []function{{
	token: "azure-native:resources:getResourceGroup",
	args:  resources.LookupResourceGroupArgs{}, result: resources.LookupResourceGroupResult{},
	of: "azure-native:resources:ResourceGroup",
}}

package native

import "github.com/pulumi/pulumi-azure-native-sdk/containerregistry/v2"

// registries are the types of Microsoft.ContainerRegistry. The location has x-ms-mutability [read,
// create] in Resource of containerregistry.json.
var registries = []record{{
	module: "containerregistry", name: "Registry",
	args: containerregistry.RegistryArgs{}, outputs: containerregistry.Registry{},
	path: groupPath + "/providers/Microsoft.ContainerRegistry/registries/{registryName}", apiVersion: "2022-12-01",
	async: true,
}}

// registryFunctions are the functions for registries.
var registryFunctions = []function{{
	token: "azure-native:containerregistry:getRegistry",
	args:  containerregistry.LookupRegistryArgs{}, result: containerregistry.LookupRegistryResult{},
	of: "azure-native:containerregistry:Registry",
}}

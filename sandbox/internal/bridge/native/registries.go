package native

import "github.com/pulumi/pulumi-azure-native-sdk/containerregistry/v2"

// registries are the types of Microsoft.ContainerRegistry. The location has x-ms-mutability [read,
// create] in Resource of containerregistry.json.
var registries = []record{{
	module: "containerregistry", name: "Registry",
	args: containerregistry.RegistryArgs{}, outputs: containerregistry.Registry{},
	path: groupPath + "/providers/Microsoft.ContainerRegistry/registries/{registryName}", apiVersion: "2022-12-01",
	envelope: []string{"identity", "location", "sku", "tags"},
	nested:   map[string]string{"networkRuleSet.ipRules.iPAddressOrRange": "value"},
	replace:  []string{"location"},
	patterns: map[string]string{"registryName": `^[a-zA-Z0-9]{5,50}$`},
}}

// registryFunctions are the functions for registries.
var registryFunctions = []function{{
	token: "azure-native:containerregistry:getRegistry",
	args:  containerregistry.LookupRegistryArgs{}, result: containerregistry.LookupRegistryResult{},
	of: "azure-native:containerregistry:Registry",
}}

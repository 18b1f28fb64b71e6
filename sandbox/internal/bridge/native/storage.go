package native

import "github.com/pulumi/pulumi-azure-native-sdk/storage/v2"

// accounts are the types of Microsoft.Storage. isHnsEnabled and location are in forceNewMap. Azure
// itself refuses a change of accessTier for some kinds, and of infrastructure encryption.
var accounts = []record{{
	module: "storage", name: "StorageAccount",
	args: storage.StorageAccountArgs{}, outputs: storage.StorageAccount{},
	path: groupPath + "/providers/Microsoft.Storage/storageAccounts/{accountName}", apiVersion: "2022-09-01",
	forceNew: []string{"isHnsEnabled", "location"},
	restore: map[string]any{"networkRuleSet": map[string]any{
		"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": []any{}, "virtualNetworkRules": []any{},
	}},
}}

// accountFunctions are the functions for storage accounts.
var accountFunctions = []function{{
	token: "azure-native:storage:getStorageAccount",
	args:  storage.LookupStorageAccountArgs{}, result: storage.LookupStorageAccountResult{},
	of: "azure-native:storage:StorageAccount", query: map[string]string{"expand": "$expand"},
}}

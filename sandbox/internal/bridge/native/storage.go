package native

import "github.com/pulumi/pulumi-azure-native-sdk/storage/v2"

// accounts are the types of Microsoft.Storage. isHnsEnabled and location are in forceNewMap. The
// renamed properties are x-ms-client-name of storage.json 2022-09-01. Azure itself refuses a change
// of accessTier for some kinds, and of infrastructure encryption.
var accounts = []record{{
	module: "storage", name: "StorageAccount",
	args: storage.StorageAccountArgs{}, outputs: storage.StorageAccount{},
	path: groupPath + "/providers/Microsoft.Storage/storageAccounts/{accountName}", apiVersion: "2022-09-01",
	envelope: []string{"extendedLocation", "identity", "kind", "location", "sku", "tags"},
	rename: map[string]string{
		"enableHttpsTrafficOnly": "supportsHttpsTrafficOnly", "enableNfsV3": "isNfsV3Enabled", "networkRuleSet": "networkAcls",
	},
	nested: map[string]string{
		"networkRuleSet.ipRules.iPAddressOrRange":                           "value",
		"networkRuleSet.virtualNetworkRules.virtualNetworkResourceId":       "id",
		"encryption.keyVaultProperties":                                     "keyvaultproperties",
		"encryption.keyVaultProperties.keyName":                             "keyname",
		"encryption.keyVaultProperties.keyVaultUri":                         "keyvaulturi",
		"encryption.keyVaultProperties.keyVersion":                          "keyversion",
		"encryption.encryptionIdentity":                                     "identity",
		"encryption.encryptionIdentity.encryptionUserAssignedIdentity":      "userAssignedIdentity",
		"encryption.encryptionIdentity.encryptionFederatedIdentityClientId": "federatedIdentityClientId",
	},
	replace:  []string{"isHnsEnabled", "location"},
	patterns: map[string]string{"accountName": `^[a-z0-9]{3,24}$`},
}}

// accountFunctions are the functions for storage accounts.
var accountFunctions = []function{{
	token: "azure-native:storage:getStorageAccount",
	args:  storage.LookupStorageAccountArgs{}, result: storage.LookupStorageAccountResult{},
	of: "azure-native:storage:StorageAccount", query: map[string]string{"expand": "$expand"},
}}

package native

import "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"

const identityPath = groupPath + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"

// identities are the types of Microsoft.ManagedIdentity. An identity's location has x-ms-mutability
// [read, create] in TrackedResource (common-types v4), which ManagedIdentity.json 2023-01-31 refers
// to. A federated credential has no such mark: issuer, subject and audiences change in place.
var identities = []record{
	{
		module: "managedidentity", name: "UserAssignedIdentity",
		args: managedidentity.UserAssignedIdentityArgs{}, outputs: managedidentity.UserAssignedIdentity{},
		path: identityPath, apiVersion: "2023-01-31",
	},
	{
		module: "managedidentity", name: "FederatedIdentityCredential",
		args: managedidentity.FederatedIdentityCredentialArgs{}, outputs: managedidentity.FederatedIdentityCredential{},
		path:       identityPath + "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
		apiVersion: "2023-01-31",
	},
}

// identityFunctions are the functions for identities.
var identityFunctions = []function{{
	token: "azure-native:managedidentity:getUserAssignedIdentity",
	args:  managedidentity.LookupUserAssignedIdentityArgs{}, result: managedidentity.LookupUserAssignedIdentityResult{},
	of: "azure-native:managedidentity:UserAssignedIdentity",
}}

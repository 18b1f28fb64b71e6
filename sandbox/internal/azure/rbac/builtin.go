package rbac

import "slices"

// The definitions follow https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
// (GUIDs and permissions compared with the published definitions of 2026-08). The sandbox refuses
// an assignment of any other role, because it could not evaluate it.

// Action groups that many published definitions repeat.
var (
	portal = []string{
		"Microsoft.Authorization/*/read", "Microsoft.Insights/alertRules/*", "Microsoft.Resources/deployments/*",
		"Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Support/*",
	}
	vaultRead = join(portal,
		"Microsoft.KeyVault/checkNameAvailability/read", "Microsoft.KeyVault/deletedVaults/read",
		"Microsoft.KeyVault/locations/*/read", "Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/operations/read")
	aksRead = []string{
		"Microsoft.Authorization/*/read", "Microsoft.Resources/subscriptions/operationresults/read",
		"Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourceGroups/read",
	}
	aksUse = join(aksRead, "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action")
)

var builtins = slices.Concat(general, keyVault, storage, messaging, kubernetes, identity, others)

var general = []Definition{
	{
		ID: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", Name: "Owner",
		Description: "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
		Actions:     []string{"*"},
	},
	{
		ID: "b24988ac-6180-42a0-ab88-20f7382dd24c", Name: "Contributor",
		Description: "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC, manage assignments in Azure Blueprints, or share image galleries.",
		Actions:     []string{"*"},
		NotActions: []string{
			"Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action",
			"Microsoft.Blueprint/blueprintAssignments/write", "Microsoft.Blueprint/blueprintAssignments/delete",
			"Microsoft.Compute/galleries/share/action", "Microsoft.Purview/consents/write", "Microsoft.Purview/consents/delete",
			"Microsoft.Resources/deploymentStacks/manageDenySetting/action",
			"Microsoft.Subscription/cancel/action", "Microsoft.Subscription/enable/action",
		},
	},
	{
		ID: "acdd72a7-3385-48ef-bd42-f606fba81ae7", Name: "Reader",
		Description: "View all resources, but does not allow you to make any changes.",
		Actions:     []string{"*/read"},
	},
	{
		ID: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", Name: "User Access Administrator",
		Description: "Lets you manage user access to Azure resources.",
		Actions:     []string{"*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"},
	},
	{
		ID: "f58310d9-a9f6-439a-9e8d-f62e7b41a168", Name: "Role Based Access Control Administrator",
		Description: "Manage access to Azure resources by assigning roles using Azure RBAC. This role does not allow you to manage access using other ways, such as Azure Policy.",
		Actions: []string{
			"Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete", "*/read", "Microsoft.Support/*",
		},
	},
	{
		ID: "4d97b98b-1d4f-4787-a291-c67834d212e7", Name: "Network Contributor",
		Description: "Lets you manage networks, but not access to them.",
		Actions:     join(portal, "Microsoft.Network/*", "Microsoft.ResourceHealth/availabilityStatuses/read"),
	},
	{
		ID: "3913510d-42f4-4e42-8a64-420c390055eb", Name: "Monitoring Metrics Publisher",
		Description: "Enables publishing metrics against Azure resources",
		Actions:     []string{"Microsoft.Insights/Register/Action", "Microsoft.Support/*", "Microsoft.Resources/subscriptions/resourceGroups/read"},
		DataActions: []string{"Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"},
	},
}

var keyVault = []Definition{
	{
		ID: "00482a5a-887f-4fb3-b363-3b7fe8e74483", Name: "Key Vault Administrator",
		Description: "Perform all data plane operations on a key vault and all objects in it, including certificates, keys, and secrets.",
		Actions:     vaultRead, DataActions: []string{"Microsoft.KeyVault/vaults/*"},
	},
	{
		ID: "21090545-7ca7-4776-b22c-e363652d74d2", Name: "Key Vault Reader",
		Description: "Read metadata of key vaults and its certificates, keys, and secrets.",
		Actions:     without(vaultRead, "Microsoft.Resources/deployments/*"),
		DataActions: []string{"Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"},
	},
	{
		ID: "f25e0fa2-a7c8-4377-a976-54943a77a395", Name: "Key Vault Contributor",
		Description: "Lets you manage key vaults, but not access to them.",
		Actions:     join(portal, "Microsoft.KeyVault/*"),
		NotActions:  []string{"Microsoft.KeyVault/locations/deletedVaults/purge/action", "Microsoft.KeyVault/hsmPools/*", "Microsoft.KeyVault/managedHsms/*"},
	},
	{
		ID: "4633458b-17de-408a-b874-0445c86b69e6", Name: "Key Vault Secrets User",
		Description: "Read secret contents.",
		DataActions: []string{"Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"},
	},
	{
		ID: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", Name: "Key Vault Secrets Officer",
		Description: "Perform any action on the secrets of a key vault, except manage permissions.",
		Actions:     vaultRead, DataActions: []string{"Microsoft.KeyVault/vaults/secrets/*"},
	},
	{
		ID: "12338af0-0e69-4776-bea7-57ae8d297424", Name: "Key Vault Crypto User",
		Description: "Perform cryptographic operations using keys.",
		DataActions: prefixed("Microsoft.KeyVault/vaults/keys/", "read", "update/action", "backup/action", "encrypt/action",
			"decrypt/action", "wrap/action", "unwrap/action", "sign/action", "verify/action"),
	},
	{
		ID: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", Name: "Key Vault Crypto Officer",
		Description: "Perform any action on the keys of a key vault, except manage permissions.",
		Actions:     vaultRead, DataActions: []string{"Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"},
	},
	{
		ID: "e147488a-f6f5-4113-8e2d-b22465e65bf6", Name: "Key Vault Crypto Service Encryption User",
		Description: "Read metadata of keys and perform wrap/unwrap operations.",
		Actions:     prefixed("Microsoft.EventGrid/eventSubscriptions/", "write", "read", "delete"),
		DataActions: prefixed("Microsoft.KeyVault/vaults/keys/", "read", "wrap/action", "unwrap/action"),
	},
	{
		ID: "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba", Name: "Key Vault Certificate User",
		Description: "Read certificate contents.",
		DataActions: prefixed("Microsoft.KeyVault/vaults/", "certificates/read", "secrets/getSecret/action", "secrets/readMetadata/action", "keys/read"),
	},
	{
		ID: "a4417e6f-fecd-4de8-b567-7b0420556985", Name: "Key Vault Certificates Officer",
		Description: "Perform any action on the certificates of a key vault, except manage permissions.",
		Actions:     vaultRead,
		DataActions: prefixed("Microsoft.KeyVault/vaults/", "certificatecas/*", "certificates/*", "certificatecontacts/write"),
	},
}

var identity = []Definition{
	{
		ID: "f1a07417-d97a-45cb-824c-7a7467783830", Name: "Managed Identity Operator",
		Description: "Read and Assign User Assigned Identity",
		Actions: join(portal,
			"Microsoft.ManagedIdentity/userAssignedIdentities/*/read", "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"),
	},
	{
		ID: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", Name: "Managed Identity Contributor",
		Description: "Create, Read, Update, and Delete User Assigned Identity",
		Actions: join(portal, prefixed("Microsoft.ManagedIdentity/userAssignedIdentities/", "read", "write", "delete",
			"federatedIdentityCredentials/read", "federatedIdentityCredentials/write", "federatedIdentityCredentials/delete", "revokeTokens/action")...),
	},
}

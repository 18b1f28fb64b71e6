package workload

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// GrantArgs gives the identity a role on a scope.
type GrantArgs struct {
	// Role is a built-in role's name ("Key Vault Secrets User", any case), the
	// GUID of a role, or a role definition id. An unknown name is refused, with the
	// nearest ones. Exactly one of Role, CustomRole and Preset is required.
	Role string `pulumi:"role,optional"`
	// CustomRole defines a role of its own for this grant.
	CustomRole *CustomRoleArgs `pulumi:"customRole,optional"`
	// Preset is a usual need by name, such as ReadSecrets; the list is Presets. It
	// also checks that the scope is one on which it makes sense.
	Preset string `pulumi:"preset,optional" enum:"readSecrets,manageSecrets,useKeys,readCertificates,readBlobs,writeBlobs,sendQueueMessages,processQueueMessages,readTables,writeTables,sendServiceBusMessages,receiveServiceBusMessages,sendEvents,receiveEvents,publishEventGrid,pullImages,pushImages,readAppConfiguration,useOpenAi,publishMetrics,readLogs,readCluster,listRoleAssignments"`

	// Scope is the resource id that the role holds on. Exactly one of Scope and
	// Resource is required.
	Scope pulumi.StringInput `pulumi:"scope,optional"`
	// Resource names an existing resource, whose id is the scope.
	Resource *ResourceArgs `pulumi:"resource,optional"`
	// ScopeKey names the scope in URNs, because the scope itself may be known
	// only later: 1 to 63 letters, digits, hyphens and underscores. Required;
	// another value replaces the role assignment.
	ScopeKey string `pulumi:"scopeKey"`

	// Condition limits the role, in the language of Azure's attribute-based access
	// control, version 2.0: at most 8 KiB. Refused on roles that no condition can
	// limit, those without data actions. Default: none.
	Condition pulumi.StringPtrInput `pulumi:"condition,optional"`
	// Description of the role assignment, at most 2 KiB; Azure recommends at most
	// 512 characters. Default: none.
	Description pulumi.StringPtrInput `pulumi:"description,optional"`
}

// ResourceArgs names a resource that exists, in the provider's subscription.
// Looking it up needs the right to read it.
type ResourceArgs struct {
	// Kind of the resource. Required.
	Kind string `pulumi:"kind" enum:"storageAccount,vault,registry,sqlServer,workspace,resourceGroup,managedCluster"`
	// Name of the resource. Required.
	Name pulumi.StringInput `pulumi:"name"`
	// ResourceGroupName is the resource group that it lies in. Required, except for
	// a resource group, which has none.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName,optional"`
}

// CustomRoleArgs defines a role. Its definition is created before the assignment
// and deleted after it. Wildcards are allowed with a warning; the wildcard *
// alone is refused.
// Source: learn.microsoft.com, "Azure custom roles".
type CustomRoleArgs struct {
	// Name of the role: 1 to 512 characters. Azure wants it to be unique in the whole
	// tenant, across subscriptions, so that environments need names of their own.
	// Required; another name replaces role and assignment.
	Name string `pulumi:"name"`
	// Description of the role, at most 2048 characters. Default: none.
	Description pulumi.StringPtrInput `pulumi:"description,optional"`
	// Actions are operations on resources, such as
	// Microsoft.Authorization/roleAssignments/read. At least one of Actions and
	// DataActions is required.
	Actions []string `pulumi:"actions,optional"`
	// NotActions are taken away from Actions. They deny nothing: another role may
	// allow them.
	NotActions []string `pulumi:"notActions,optional"`
	// DataActions are operations on data in resources. Azure forbids them in a role
	// for a management group.
	DataActions []string `pulumi:"dataActions,optional"`
	// NotDataActions are taken away from DataActions.
	NotDataActions []string `pulumi:"notDataActions,optional"`
	// AssignableScopes are where the role may be assigned: the grant's scope or what
	// contains it, and others; at most one management group. The definition is
	// written at the first of them. Default: the grant's scope alone.
	AssignableScopes pulumi.StringArrayInput `pulumi:"assignableScopes,optional"`
}

// VaultPolicyArgs gives the identity an access policy of a Key Vault. The vault
// exists, in the provider's subscription and in the identity's tenant, and uses
// access policies; on one that uses roles it is refused: grant a preset there,
// such as ReadSecrets. At least one permission is required.
type VaultPolicyArgs struct {
	// Key names the policy in URNs: 1 to 63 letters, digits, hyphens and
	// underscores. Required.
	Key string `pulumi:"key"`
	// VaultName is the vault's name. Required.
	VaultName pulumi.StringInput `pulumi:"vaultName"`
	// ResourceGroupName is the resource group that it lies in. Required.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	// SecretPermissions are what the identity may do with secrets. "all" and
	// "purge" are allowed with a warning, here and below. Default: nothing.
	SecretPermissions []string `pulumi:"secretPermissions,optional" enum:"get,list,set,delete,backup,restore,recover,purge,all"`
	// KeyPermissions are what it may do with keys. Default: nothing.
	KeyPermissions []string `pulumi:"keyPermissions,optional" enum:"get,list,create,update,import,delete,backup,restore,recover,purge,encrypt,decrypt,wrapKey,unwrapKey,sign,verify,release,rotate,getrotationpolicy,setrotationpolicy,all"`
	// CertificatePermissions are what it may do with certificates. Default: nothing.
	CertificatePermissions []string `pulumi:"certificatePermissions,optional" enum:"get,list,create,update,import,delete,backup,restore,recover,purge,managecontacts,getissuers,listissuers,setissuers,deleteissuers,manageissuers,all"`
}

// SqlUserArgs lets the identity into a database, as a contained user.
type SqlUserArgs struct {
	// Key names the script in the output: 1 to 63 letters, digits, hyphens and
	// underscores. Required.
	Key string `pulumi:"key"`
	// Database is the database's name, 1 to 128 characters. The script refuses to
	// run in another one. Required.
	Database string `pulumi:"database"`
	// UserName is the user's name in the database, 1 to 128 characters. Azure SQL
	// knows the identity by its client id, so that the name is free. Default: the
	// component's name.
	UserName string `pulumi:"userName,optional"`
	// Roles are the database roles that the user gets, built-in or the team's own,
	// each 1 to 128 characters. Default: db_datareader.
	Roles []string `pulumi:"roles,optional"`
}

// SqlServerAdminArgs makes the identity the Microsoft Entra administrator of a SQL
// server. A server has only one: pods would rule every database in it, and
// whoever was administrator is locked out. SqlUsers need none of that.
type SqlServerAdminArgs struct {
	// ServerName is the server's name, without domain. Required.
	ServerName pulumi.StringInput `pulumi:"serverName"`
	// ResourceGroupName is the resource group that it lies in. Required.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	// Login is the name that the server shows, 1 to 128 characters. Default: the
	// component's name.
	Login pulumi.StringPtrInput `pulumi:"login,optional"`
	// ReplaceExisting permits that another administrator is replaced. Destroying the
	// stack does not bring the old one back. Default: false, it is refused.
	ReplaceExisting bool `pulumi:"replaceExisting,optional"`
}

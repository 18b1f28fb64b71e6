package main

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Types that the stack registers, and what the planted resources use.
const (
	azureCredential  = "azure-native:managedidentity:FederatedIdentityCredential"
	identityType     = "azure-native:managedidentity:UserAssignedIdentity"
	roleAssignment   = "azure-native:authorization:RoleAssignment"
	vaultType        = "azure-native:keyvault:Vault"
	entraCredential  = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
	applicationType  = "azuread:index/application:Application"
	principalType    = "azuread:index/servicePrincipal:ServicePrincipal"
	releaseType      = "kubernetes:helm.sh/v3:Release"
	accountType      = "kubernetes:core/v1:ServiceAccount"
	clusterProvider  = "pulumi:providers:kubernetes"
	resourceGroup    = "azure-native:resources:ResourceGroup"
	deploymentType   = "kubernetes:apps/v1:Deployment"
	vaultPolicyType  = "azure-native:keyvault:AccessPolicy"
	sqlServerType    = "azure-native:sql:Server"
	passwordType     = "azuread:index/servicePrincipalPassword:ServicePrincipalPassword"
	skipAwait        = "pulumi.com/skipAwait"
	exampleContainer = "registry.k8s.io/pause:3.10"
)

// defects are in the order of the package's comment.
var defects = []defect{
	{name: "password", rules: []string{"no-client-secret"}, add: addPassword},
	{
		name: "label-on-account-only", rules: []string{"pod-use-label"},
		typ: accountType, change: labelAccount,
		add: func(ctx *pulumi.Context, s *recorder) error {
			return addDeployment(ctx, s, "unlabelled", nil, nil)
		},
	},
	{
		name: "webhook-not-awaited", rules: []string{"webhook-awaited"},
		typ: releaseType, change: func(in pulumi.Map, _ string) error { in["skipAwait"] = pulumi.Bool(true); return nil },
	},
	{
		name: "chart-unpinned", rules: []string{"webhook-version-pinned"},
		typ: releaseType, change: func(in pulumi.Map, _ string) error { delete(in, "version"); return nil },
	},
	{
		name: "issuer-copied", rules: []string{"credential-issuer-reference"},
		typ: azureCredential, change: func(in pulumi.Map, issuer string) error { in["issuer"] = pulumi.String(issuer); return nil },
	},
	{
		name: "issuer-without-slash", rules: []string{"credential-issuer-form", "credential-issuer-reference"},
		typ: entraCredential, change: func(in pulumi.Map, issuer string) error {
			in["issuer"] = pulumi.String(strings.TrimSuffix(issuer, "/"))
			return nil
		},
	},
	{
		name: "principal-type-missing", rules: []string{"role-principal-type"},
		typ: roleAssignment, change: func(in pulumi.Map, _ string) error { delete(in, "principalType"); return nil },
	},
	{name: "client-id-in-pod", rules: []string{"pod-explicit-environment"}, add: addExplicit},
	{name: "policy-on-rbac-vault", rules: []string{"keyvault-policy-on-rbac-vault"}, add: addPolicy},
	{name: "workload-is-sql-admin", rules: []string{"sql-workload-not-admin"}, add: addServer},
}

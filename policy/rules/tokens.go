package rules

import (
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// Canonical types that rules name.
const (
	managedCluster    = "azure-native:containerservice:ManagedCluster"
	agentPool         = "azure-native:containerservice:AgentPool"
	userAssigned      = "azure-native:managedidentity:UserAssignedIdentity"
	managedCredential = "azure-native:managedidentity:FederatedIdentityCredential"
	roleAssignment    = "azure-native:authorization:RoleAssignment"
	roleDefinition    = "azure-native:authorization:RoleDefinition"
	keyVault          = "azure-native:keyvault:Vault"
	vaultPolicy       = "azure-native:keyvault:AccessPolicy"
	storageAccount    = "azure-native:storage:StorageAccount"
	sqlServer         = "azure-native:sql:Server"
	sqlAdministrator  = "azure-native:sql:ServerAzureADAdministrator"
	sqlEntraOnly      = "azure-native:sql:ServerAzureADOnlyAuthentication"

	application           = "azuread:index:Application"
	applicationCredential = "azuread:index:ApplicationFederatedIdentityCredential"
	servicePrincipal      = "azuread:index:ServicePrincipal"

	serviceAccount      = "kubernetes:core:ServiceAccount"
	serviceAccountPatch = "kubernetes:core:ServiceAccountPatch"
	mutatingWebhook     = "kubernetes:admissionregistration.k8s.io:MutatingWebhookConfiguration"
	helmRelease         = "kubernetes:helm.sh:Release"
	helmChart           = "kubernetes:helm.sh:Chart"
)

// applicationRegistration is the slimmer form of an application.
const applicationRegistration = "azuread:index:ApplicationRegistration"

// diagnosticSettings has moved from one module to another between versions of azure-native.
var diagnosticSettings = []string{
	"azure-native:insights:DiagnosticSetting",
	"azure-native:monitor:DiagnosticSetting",
}

const (
	labelUse      = azwi.LabelUse
	labelUseValue = azwi.LabelUseValue
)

package graph

import (
	"regexp"
	"slices"
	"strings"
)

// Canonical types that several rules name.
const (
	TypeManagedCluster        = "azure-native:containerservice:ManagedCluster"
	TypeAgentPool             = "azure-native:containerservice:AgentPool"
	TypeUserAssignedIdentity  = "azure-native:managedidentity:UserAssignedIdentity"
	TypeIdentityCredential    = "azure-native:managedidentity:FederatedIdentityCredential"
	TypeRoleAssignment        = "azure-native:authorization:RoleAssignment"
	TypeVault                 = "azure-native:keyvault:Vault"
	TypeStorageAccount        = "azure-native:storage:StorageAccount"
	TypeSQLServer             = "azure-native:sql:Server"
	TypeApplication           = "azuread:index:Application"
	TypeApplicationCredential = "azuread:index:ApplicationFederatedIdentityCredential"
	// TypeFlexibleCredential has an expression that matches claims in place of a subject, and a
	// single audience.
	TypeFlexibleCredential  = "azuread:index:ApplicationFlexibleFederatedIdentityCredential"
	TypeServicePrincipal    = "azuread:index:ServicePrincipal"
	TypeServiceAccount      = "kubernetes:core:ServiceAccount"
	TypeServiceAccountPatch = "kubernetes:core:ServiceAccountPatch"
	TypeNamespace           = "kubernetes:core:Namespace"
	TypeNamespacePatch      = "kubernetes:core:NamespacePatch"
	TypeMutatingWebhook     = "kubernetes:admissionregistration.k8s.io:MutatingWebhookConfiguration"
	TypeHelmRelease         = "kubernetes:helm.sh:Release"
	TypeHelmChart           = "kubernetes:helm.sh:Chart"

	// TypeApplicationRegistration is an application with fewer properties.
	TypeApplicationRegistration = "azuread:index:ApplicationRegistration"

	typeKubernetesProvider = "pulumi:providers:kubernetes"
)

var (
	// CredentialTypes are the kinds of federated identity credentials.
	CredentialTypes = []string{TypeIdentityCredential, TypeApplicationCredential, TypeFlexibleCredential}
	// IdentityTypes are the resources that have federated identity credentials.
	IdentityTypes = []string{TypeUserAssignedIdentity, TypeApplication, TypeApplicationRegistration}
	// PrincipalTypes are the resources that belong to an identity: itself, or an application's
	// service principal.
	PrincipalTypes = slices.Concat(IdentityTypes, []string{TypeServicePrincipal})
)

// apiVersion matches the API versions in Pulumi's tokens: v20240901, v20240501preview, v1, v2beta2.
var apiVersion = regexp.MustCompile(`^v[0-9]+[a-z0-9]*$`)

// Canonical splits a type token into the type without its API version, and the version.
//
// The forms are azure-native:module/version:Type, azure-native_module_version:module:Type (local
// packages of azure-native v3), kubernetes:group/version:Kind, and azuread:module/type:Type of
// bridged providers, where the part after the slash repeats the type's name.
func Canonical(token string) (canonical, version string) {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token, ""
	}
	pkg, module, name := parts[0], parts[1], parts[2]
	if base, rest, ok := strings.Cut(pkg, "_"); ok && base == "azure-native" {
		if i := strings.LastIndex(rest, "_"); i >= 0 && apiVersion.MatchString(rest[i+1:]) {
			pkg, version = base, rest[i+1:]
		}
	}
	head, tail, ok := strings.Cut(module, "/")
	switch {
	case ok && apiVersion.MatchString(tail):
		module, version = head, tail
	case ok && strings.EqualFold(tail, name):
		module = head
	case !ok && pkg == "kubernetes" && apiVersion.MatchString(module):
		// The core group in the token of a custom resource: kubernetes:v1:Kind.
		module, version = "core", module
	}
	return pkg + ":" + module + ":" + name, version
}

package workload

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// IdentityKind says what stands behind a workload's client id.
type IdentityKind = string

const (
	// UserAssigned creates a user-assigned identity. The default.
	UserAssigned IdentityKind = "userAssigned"
	// Application creates an Entra application and its service principal; no
	// password or certificate, ever.
	Application IdentityKind = "application"
	// ExistingUserAssigned federates a user-assigned identity that exists, named
	// by IdentityId. Nothing of it changes but its federated credentials and roles.
	ExistingUserAssigned IdentityKind = "existingUserAssigned"
	// ExistingApplication federates an Entra application that exists, named by
	// IdentityId, and whose service principal exists as well. Nothing of them
	// changes but the application's federated credentials and the principal's
	// roles.
	ExistingApplication IdentityKind = "existingApplication"
)

// IdentityKinds lists the kinds of identity, the default first.
func IdentityKinds() []string {
	return []string{UserAssigned, Application, ExistingUserAssigned, ExistingApplication}
}

// ServiceAccountMode says who owns a service account.
type ServiceAccountMode = string

const (
	// CreateServiceAccount creates the service account, with its annotations, and
	// deletes it on destroy. The default. The account is wholly the component's:
	// what others add to it with kubectl goes at the next update.
	CreateServiceAccount ServiceAccountMode = "create"
	// AdoptServiceAccount takes over an account that exists: labels and annotations
	// of the component are set whoever set them before, its other content stays,
	// and destroy leaves the account behind with all that is on it. One that does
	// not exist is made.
	AdoptServiceAccount ServiceAccountMode = "adopt"
	// AnnotateServiceAccount puts labels and annotations on somebody else's account
	// and takes them off again on destroy. Where another field manager has set one
	// of them to another value it fails, and leaves the account as it is. Name what
	// makes the account in After: one that is not there yet is made, without content.
	AnnotateServiceAccount ServiceAccountMode = "annotate"
	// ExistingServiceAccount leaves the service account to somebody else, such as
	// the team's own Helm chart; the outputs HelmValues and
	// ServiceAccountAnnotations say what it needs.
	ExistingServiceAccount ServiceAccountMode = "existing"
)

// ServiceAccountModes lists the modes of service accounts, the default first.
func ServiceAccountModes() []string {
	return []string{CreateServiceAccount, AdoptServiceAccount, AnnotateServiceAccount, ExistingServiceAccount}
}

// FederatedWorkloadArgs describes a FederatedWorkload.
type FederatedWorkloadArgs struct {
	// IdentityKind is UserAssigned (the default), Application, ExistingUserAssigned
	// or ExistingApplication. It decides the graph's shape, so it is a plain value.
	IdentityKind IdentityKind `pulumi:"identityKind,optional" enum:"userAssigned,application,existingUserAssigned,existingApplication"`
	// IdentityId names an existing identity. For ExistingUserAssigned it is the
	// resource id, in the provider's subscription; for ExistingApplication the
	// client id (appId, a GUID), or "/applications/" and the object id, in the
	// provider's tenant. Required for those two, refused otherwise.
	IdentityId pulumi.StringPtrInput `pulumi:"identityId,optional"`
	// ResourceGroupName is where a new user-assigned identity is created. Required
	// for UserAssigned, refused otherwise.
	ResourceGroupName pulumi.StringPtrInput `pulumi:"resourceGroupName,optional"`
	// Location is the region of a new user-assigned identity. Default: the
	// provider's location setting, else the resource group's region.
	Location pulumi.StringPtrInput `pulumi:"location,optional"`
	// IdentityName is the identity's name in Azure: 3 to 128 letters, digits,
	// hyphens and underscores. Default: autonamed. For Application it is the
	// display name, 1 to 256 characters, and its default is the component's name.
	IdentityName pulumi.StringPtrInput `pulumi:"identityName,optional"`

	// Federations are the service accounts that may use the identity: at most 20
	// that are enabled, a limit of Entra's. Each (key, namespace, service account)
	// only once. Target and Federate write them out for clusters and accounts. The
	// component writes one credential after the other, which Azure insists on; two
	// components cannot wait for each other, so give no identity to two of them.
	Federations []FederationArgs `pulumi:"federations,optional"`
	// Grants are the identity's role assignments. Each (scope, role) only once.
	Grants []GrantArgs `pulumi:"grants,optional"`
	// VaultPolicies are the identity's access policies, on vaults that use them
	// instead of roles. Each vault only once.
	VaultPolicies []VaultPolicyArgs `pulumi:"vaultPolicies,optional"`
	// SqlUsers are databases that the identity uses. The component writes the
	// scripts that let it in, as the output SqlScripts; it runs none.
	SqlUsers []SqlUserArgs `pulumi:"sqlUsers,optional"`
	// SqlServerAdmin makes the identity the administrator of a SQL server, which has
	// only one. Default: none, and SqlUsers are the better way.
	SqlServerAdmin *SqlServerAdminArgs `pulumi:"sqlServerAdmin,optional"`

	// TenantId is the tenant that the webhook injects by default, from the
	// cluster's tenantId output. Where the identity's tenant differs, the service
	// account gets the tenant-id annotation. Default: the same tenant.
	TenantId pulumi.StringPtrInput `pulumi:"tenantId,optional"`
	// AnnotateTenant writes the tenant-id annotation even where the tenants agree.
	AnnotateTenant bool `pulumi:"annotateTenant,optional"`
	// TokenExpirationSeconds is the lifetime of the pod's projected token, 3600 to
	// 86400 seconds. Default: no annotation, and so the webhook's 3600.
	TokenExpirationSeconds *int `pulumi:"tokenExpirationSeconds,optional" min:"3600" max:"86400"`
	// AutomountServiceAccountToken gives pods the token of the Kubernetes API as
	// well. The webhook does not need it. Default: false. It is written to accounts
	// that the component creates; adopted and annotated ones keep their own
	// setting, because running pods may rely on it.
	AutomountServiceAccountToken bool `pulumi:"automountServiceAccountToken,optional"`
	// Labels are added to the service accounts that the component creates, adopts
	// or annotates. The label azure.workload.identity/use is refused: it belongs on
	// the pod template.
	Labels pulumi.StringMapInput `pulumi:"labels,optional"`
	// Annotations are added to the service accounts that the component creates,
	// adopts or annotates. Keys of azure.workload.identity/ are the component's own
	// and refused where they are known at construction.
	Annotations pulumi.StringMapInput `pulumi:"annotations,optional"`
	// NamespaceLabels are put on the namespaces that the component creates, such as
	// pod-security.kubernetes.io/enforce. Default: none.
	NamespaceLabels pulumi.StringMapInput `pulumi:"namespaceLabels,optional"`
	// Tags go to the new user-assigned identity. (Entra applications have no
	// resource tags.)
	Tags pulumi.StringMapInput `pulumi:"tags,optional"`
	// SubscriptionId is the subscription in whose scope role definitions are
	// named: a GUID. Default: the one in each grant's scope.
	SubscriptionId pulumi.StringPtrInput `pulumi:"subscriptionId,optional"`
	// Cloud is the Azure cloud, whose authority and default audience go into
	// PodAnnotations: AzurePublicCloud (the default), AzureUSGovernment or
	// AzureChinaCloud. The webhook projects one audience in all of them. Give the
	// webhook the same.
	Cloud string `pulumi:"cloud,optional" enum:"AzurePublicCloud,AzureUSGovernment,AzureChinaCloud"`
	// AllowDefaultServiceAccount permits federations of the service account
	// "default", which every pod without a service account of its own uses, and
	// which would so give them all the identity. Default: false, they are refused.
	AllowDefaultServiceAccount bool `pulumi:"allowDefaultServiceAccount,optional"`
}

// FederationArgs lets one service account of one cluster use the identity.
type FederationArgs struct {
	// Key names the cluster (or issuer) for the life of the federation: 1 to 63
	// letters, digits, hyphens and underscores. It is part of the credential's
	// name and of URNs, so that it must not change when the cluster is replaced.
	// Required. To rename it all the same, say so in RenamedFrom.
	Key string `pulumi:"key"`
	// Issuer is the cluster's OIDC issuer URL, byte for byte, with AKS's trailing
	// slash. Required.
	Issuer pulumi.StringInput `pulumi:"issuer"`
	// Namespace of the service account: an RFC 1123 label of at most 63
	// characters. Required; no wildcards.
	Namespace string `pulumi:"namespace"`
	// ServiceAccount is its name: an RFC 1123 subdomain of at most 253 characters.
	// Required; no wildcards.
	ServiceAccount string `pulumi:"serviceAccount"`
	// Audience is the one audience of the credential. Default: the one that the
	// webhook projects in the Cloud. Another one needs tokens that something else
	// than the webhook requests.
	Audience string `pulumi:"audience,optional"`
	// Description of the credential, at most 600 characters. Only Entra
	// applications keep it; user-assigned identities have no such property.
	Description string `pulumi:"description,optional"`
	// Enabled false takes the trust away (no federated credential) and leaves the
	// service account and its annotations in place, so that pods keep starting.
	// Default: true.
	Enabled *bool `pulumi:"enabled,optional"`
	// CreateNamespace creates the namespace with the component, and deletes it on
	// destroy with all that is in it. Several federations of the component that
	// name the same cluster and namespace share it. Default: false, the namespace
	// exists.
	CreateNamespace bool `pulumi:"createNamespace,optional"`
	// ServiceAccountMode is CreateServiceAccount (the default),
	// AdoptServiceAccount, AnnotateServiceAccount or ExistingServiceAccount. A
	// change from one to another leaves the account in the cluster, except one to
	// ExistingServiceAccount, which deletes what the component had created.
	ServiceAccountMode ServiceAccountMode `pulumi:"serviceAccountMode,optional" enum:"create,adopt,annotate,existing"`
	// RenamedFrom is what the federation was called before, as
	// "key/namespace/serviceAccount", when one of the three changes. The old
	// credential is then deleted before the new one is written; without it the new
	// one comes first, and Azure refuses it if issuer and subject stay the same or
	// 20 are there already. It also keeps the objects in the cluster where only the
	// key changes. It does no harm later and can be removed after the update.
	RenamedFrom string `pulumi:"renamedFrom,optional"`

	// KubernetesProvider reaches the cluster of this federation. Required unless
	// ServiceAccountMode is ExistingServiceAccount and CreateNamespace false. Go
	// only: provider objects do not cross languages.
	KubernetesProvider pulumi.ProviderResource
	// After are resources that the federation's objects in the cluster wait for,
	// such as a namespace that somebody else creates in the same program. The
	// identity, its credentials and its grants do not wait. Go only.
	After []pulumi.Resource
	// DeletedWith is what takes the cluster's objects with it when it goes, such
	// as the managed cluster: they are then not deleted one by one. Go only.
	DeletedWith pulumi.Resource
}

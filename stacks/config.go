package stacks

import (
	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Programs: what of the whole a stack deploys.
const (
	// ProgramAll deploys cluster, webhook, vault and workloads in one graph.
	ProgramAll = "all"
	// ProgramPlatform deploys cluster, webhook and vault.
	ProgramPlatform = "platform"
	// ProgramWorkloads deploys workloads on platforms of other stacks.
	ProgramWorkloads = "workloads"
)

// Webhook modes: who runs the mutating webhook in the cluster.
const (
	// WebhookChart installs the pinned Helm chart.
	WebhookChart = "chart"
	// WebhookAddon switches AKS's managed add-on on.
	WebhookAddon = "addon"
	// WebhookNone leaves the webhook to somebody else.
	WebhookNone = "none"
)

// Config is the configuration of one stack: the keys of the project's namespace in `Pulumi.<stack>.yaml`. Keys that are
// not a field of these structs, and values of another type, are refused.
type Config struct {
	// Program says what of the whole this stack deploys: all deploys everything; platform the cluster, the webhook and the
	// vault, for workloads in other stacks; workloads the workloads, on the clusters that platforms names. Default: all.
	Program string `config:"program" enum:"all,platform,workloads"`
	// Cloud is the Azure cloud: AzurePublicCloud, AzureUSGovernment or AzureChinaCloud. It decides the webhook's environment,
	// and so where pods exchange their token; outside the public cloud the Azure providers' own `environment` settings must
	// agree. Default: AzurePublicCloud.
	Cloud string `config:"cloud" enum:"AzurePublicCloud,AzureUSGovernment,AzureChinaCloud"`
	// Location is the Azure region of everything, in its short form such as "westeurope". Required. Another one replaces
	// everything.
	Location string `config:"location"`
	// ResourceGroup is where everything goes. Default: a new, autonamed one.
	ResourceGroup ResourceGroup `config:"resourceGroup"`
	// Tags go to every resource that Azure can tag: at most 50, or 15 with vault.secrets; names of at most 512 characters,
	// different without regard to case, and values of at most 256. Sources: learn.microsoft.com, "Use tags to organize your
	// Azure resources", "About Azure Key Vault secrets". Default: none.
	Tags map[string]string `config:"tags"`
	// Cluster is the AKS cluster. Not for program workloads. Default: AKS's own version and one pool of two nodes.
	Cluster Cluster `config:"cluster"`
	// Webhook says who runs the mutating webhook. Not for program workloads. Default: the AKS add-on.
	Webhook Webhook `config:"webhook"`
	// Platforms are the clusters that workloads run on, by a name of your choice, for program workloads only, and required
	// there: 1 to 63 letters, digits, hyphens and underscores. Default: none.
	Platforms map[string]Platform `config:"platforms"`
	// Vault is a Key Vault for the workloads' secrets. Default: none.
	Vault *Vault `config:"vault"`
	// Namespaces are settings of namespaces that the stack creates for its workloads, by name. Default: none.
	Namespaces map[string]Namespace `config:"namespaces"`
	// Workloads are the identities and what may use them, by name: 1 to 63 letters, digits, hyphens and underscores. Not for
	// program platform. Default: none.
	Workloads map[string]Workload `config:"workloads"`
}

// ResourceGroup names the resource group.
type ResourceGroup struct {
	// Name in Azure: 1 to 90 letters, digits, and -_.() but no full stop at the end. Default: autonamed.
	Name string `config:"name"`
	// Existing uses the resource group of that name instead of creating it. Default: false.
	Existing bool `config:"existing"`
}

// Cluster describes the AKS cluster: every argument of the Cluster component that the stack does not set itself.
type Cluster struct {
	cluster.ClusterArgs
	// Existing uses a cluster that exists instead of creating one. It excludes every other key of the section. Default: none.
	Existing *ExistingCluster `config:"existing"`
}

func (Cluster) ownedKeys() []string {
	return []string{"resourceGroupName", "location", "tags", "workloadIdentityAddon"}
}

// ExistingCluster names a cluster that exists: every argument of LookupCluster.
type ExistingCluster struct {
	cluster.LookupClusterArgs
}

// Platform is a stack of program platform (or all) whose cluster workloads run on.
type Platform struct {
	// Stack is the platform's stack, as a StackReference names it: ORGANIZATION/PROJECT/STACK (the organization of a backend of
	// your own is "organization"). Required.
	Stack string `config:"stack"`
	// Key names the platform's cluster in the names of credentials, and must not change: 1 to 63 letters, digits, hyphens
	// and underscores. Default: the key that the platform's own stack uses, which its name decides.
	Key string `config:"key"`
}

// Webhook says who runs the mutating webhook.
type Webhook struct {
	// Mode is addon, AKS's managed add-on, which AKS keeps up to date; chart, the pinned Helm chart; or none, which leaves the
	// webhook to somebody else. Default: addon.
	Mode string `config:"mode" enum:"addon,chart,none"`
	// Chart has the chart's settings, for mode chart only. Default: the component's defaults.
	Chart *Chart `config:"chart"`
}

// Chart has the settings of the webhook's Helm chart: every argument of the WebhookRelease component that the stack does not
// set itself.
type Chart struct {
	webhook.WebhookReleaseArgs
}

func (Chart) ownedKeys() []string { return []string{"tenantId", "cloud", "workloadIdentityAddon"} }

// Vault describes the stack's Key Vault, which authorises by roles (Azure RBAC), never by access policies.
type Vault struct {
	// Name in Azure, unique in the world, also among deleted vaults: 3 to 24 letters, digits and single hyphens,
	// starting with a letter and ending with a letter or digit. Default: autonamed, so that a destroyed stack can be created
	// again at once.
	Name string `config:"name"`
	// SKU is standard or premium. Default: standard.
	SKU string `config:"sku" enum:"standard,premium"`
	// SoftDeleteRetentionDays is how long a deleted vault can be recovered, 7 to 90 days. It cannot change later.
	// Source: learn.microsoft.com, "Azure Key Vault soft-delete overview". Default: 7.
	SoftDeleteRetentionDays int `config:"softDeleteRetentionDays" min:"7" max:"90"`
	// PurgeProtection keeps everybody, also Azure's support, from purging the vault before its time. It can never be
	// switched off again. Default: false, so that a stack can be destroyed and its vault's name used again.
	PurgeProtection bool `config:"purgeProtection"`
	// Secrets maps names (1 to 127 letters, digits and hyphens, different without regard to case) to values (1 to 25,600
	// bytes). Set them with `pulumi config set --secret --path 'vault.secrets.NAME'`. They are secret in the state whatever
	// they are here. To write them the deployer needs no role in the vault; but Azure Resource Manager cannot delete a
	// secret, so that removing one here while the vault lives is a delete in the vault's data plane, for which the deployer
	// must be one of Officers. Default: none.
	Secrets map[string]string `config:"secrets"`
	// PlainTextSecrets permits Secrets that are not encrypted in the stack file, for values that are not secret at all,
	// as in the sandbox. Pulumi tells the program only that the vault section as a whole holds an encrypted value, so that
	// one encrypted value anywhere in it permits all others in plain text, unnoticed. Default: false, they are refused where
	// nothing in the section is encrypted.
	PlainTextSecrets bool `config:"plainTextSecrets"`
	// Officers are given the role Key Vault Secrets Officer on the vault, by a name of your choice: 1 to 63 letters, digits,
	// hyphens and underscores. Default: none.
	Officers map[string]Officer `config:"officers"`
}

// Officer is somebody who may read, write and delete the vault's secrets.
type Officer struct {
	// PrincipalID is the object id of the user, group or service principal: a GUID. Required.
	PrincipalID string `config:"principalId"`
	// PrincipalType is User, Group or ServicePrincipal. Default: User.
	PrincipalType string `config:"principalType" enum:"User,Group,ServicePrincipal"`
}

// Namespace has the settings of a namespace that the stack creates.
type Namespace struct {
	// Labels of the namespace, such as pod-security.kubernetes.io/enforce. Default: none.
	Labels map[string]string `config:"labels"`
}

// Workload is one identity, the service accounts that may use it, and what it may do.
type Workload struct {
	// Enabled false leaves the workload out, as if it were not in the file; it is checked all the same. Default: true.
	Enabled bool `config:"enabled"`
	// Identity is what stands behind the workload's client id. Default: a new user-assigned identity.
	Identity Identity `config:"identity"`
	// ServiceAccount is the workload's service account in this stack's cluster.
	ServiceAccount ServiceAccount `config:"serviceAccount"`
	// Federations are the trusts: at most 20 enabled ones, a limit of Entra's. Default: one, for ServiceAccount.
	Federations []Federation `config:"federations"`
	// Grants are the identity's role assignments. Default: none.
	Grants []Grant `config:"grants"`
	// VaultPolicies are access policies on vaults that authorise by them. Default: none.
	VaultPolicies []workload.VaultPolicyArgs `config:"vaultPolicies"`
	// SQLUsers are users in SQL databases, as scripts among the stack's outputs. Default: none.
	SQLUsers []workload.SqlUserArgs `config:"sqlUsers"`
	// SQLServerAdmin makes the identity the one administrator of a SQL server. Default: none.
	SQLServerAdmin *workload.SqlServerAdminArgs `config:"sqlServerAdmin"`
	// Secrets are names in vault.secrets that the workload reads; a grant must permit it. Default: none.
	Secrets []string `config:"secrets"`
}

// Identity is what stands behind a workload's client id.
type Identity struct {
	// Kind is userAssigned, application, existingUserAssigned or existingApplication. Default: userAssigned.
	Kind string `config:"kind" enum:"userAssigned,application,existingUserAssigned,existingApplication"`
	// Name in Azure: 3 to 128 letters, digits, hyphens and underscores for an identity, another in each workload; the
	// display name, 1 to 256 characters, for an application. Default: autonamed, or the workload's name.
	Name string `config:"name"`
	// ID is the resource id of an existing user-assigned identity, or the client id of an existing application; for the
	// existing kinds only, and required there.
	ID string `config:"id"`
}

// ServiceAccount has the settings of a workload's service accounts.
type ServiceAccount struct {
	// Name is an RFC 1123 subdomain of at most 253 characters. Default: the workload's name.
	Name string `config:"name"`
	// Namespace is an RFC 1123 label of at most 63 characters. Required, unless every federation names its own.
	Namespace string `config:"namespace"`
	// Mode says who owns the service account: create it; adopt one that exists; annotate one that exists and change
	// nothing else of it; or existing, which leaves it to somebody else, such as the team's own Helm chart, for which the
	// stack's output helmValues has what it needs. Default: create.
	Mode string `config:"mode" enum:"create,adopt,annotate,existing"`
	// ExistingNamespace leaves the namespace to somebody else. Workloads that share a namespace must agree. Default: false,
	// the stack creates it, once.
	ExistingNamespace bool `config:"existingNamespace"`
	// TokenExpirationSeconds is the lifetime of the pods' projected token, 3600 to 86400 seconds. Default: no annotation,
	// and so the webhook's 3600.
	TokenExpirationSeconds *int `config:"tokenExpirationSeconds" min:"3600" max:"86400"`
	// AnnotateTenant writes the tenant-id annotation even where the identity's tenant is the webhook's. Default: false.
	AnnotateTenant bool `config:"annotateTenant"`
	// AutomountToken gives pods the Kubernetes API's token as well. The webhook does not need it. Default: false.
	AutomountToken bool `config:"automountToken"`
	// AllowDefault permits the service account "default", which every pod without one of its own uses. Default: false.
	AllowDefault bool `config:"allowDefault"`
	// Labels are added to the service accounts that the stack creates. Default: none.
	Labels map[string]string `config:"labels"`
	// Annotations likewise; keys of azure.workload.identity/ are the component's own. Default: none.
	Annotations map[string]string `config:"annotations"`
}

// Federation is the trust of the identity in one service account of one cluster.
type Federation struct {
	// Namespace of the service account. Default: serviceAccount.namespace.
	Namespace string `config:"namespace"`
	// ServiceAccount is its name. Default: serviceAccount.name.
	ServiceAccount string `config:"serviceAccount"`
	// Enabled false takes the trust away and leaves the service account in place. Default: true.
	Enabled bool `config:"enabled"`
	// Audience of the tokens, 1 to 600 characters. Another than the default needs tokens that something else than the webhook
	// requests, and an exemption from the policy credential-audience. Default: the one that the webhook projects.
	Audience string `config:"audience"`
	// Description of the credential, at most 600 characters; only Entra applications keep it. Default: none.
	Description string `config:"description"`
	// Platform is the name of the platform in whose cluster the service account is, for program workloads only. Default: one
	// federation for each platform.
	Platform string `config:"platform"`
	// RenamedFrom is what the federation was called before, as "namespace/service account", when one of the two changes; with
	// an issuer "key/namespace/service account". The old credential is then deleted before the new one is written. It does
	// no harm later and can be removed after the update. Default: none.
	RenamedFrom string `config:"renamedFrom"`
	// Issuer is the https URL of another cluster's OIDC issuer, with AKS's trailing slash. Nothing is created in that
	// cluster. Default: this stack's cluster.
	Issuer string `config:"issuer"`
	// Key names that other issuer in resource names: 1 to 63 letters, digits, hyphens and underscores, but not the key of
	// this stack's cluster, which is the stack's name (shortened and hashed where that is no key). Required with Issuer,
	// refused without.
	Key string `config:"key"`
}

// Grant gives the identity a role on a scope: the arguments of the component's grants, but for the scope.
type Grant struct {
	workload.GrantArgs
	// Scope is vault, vault/SECRET, resourceGroup, cluster (with several platforms: cluster/PLATFORM), or an Azure resource id.
	// Required, unless resource names what the role holds on.
	Scope string `config:"scope"`
	// ScopeKey names the scope in resource names: 1 to 63 letters, digits, hyphens and underscores. Default: made of the
	// scope, or of the resource's kind and name.
	ScopeKey string `config:"scopeKey"`
}

// The defaults, all of them. Those of optional text are the empty string, which the file cannot give: it means "leave it
// to the component, to Pulumi or to Azure", as the field's comment says.

func (c *Config) setDefaults() { c.Program, c.Cloud = ProgramAll, string(azure.PublicCloud) }

func (w *Webhook) setDefaults() { w.Mode = WebhookAddon }

func (v *Vault) setDefaults() { *v = Vault{SKU: "standard", SoftDeleteRetentionDays: 7} }

func (o *Officer) setDefaults() { o.PrincipalType = "User" }

func (w *Workload) setDefaults() { w.Enabled = true }

func (i *Identity) setDefaults() { i.Kind = workload.UserAssigned }

func (s *ServiceAccount) setDefaults() { s.Mode = workload.CreateServiceAccount }

func (f *Federation) setDefaults() { f.Enabled = true }

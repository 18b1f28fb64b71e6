package stacks

import (
	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names"
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
	// Cloud is the Azure cloud: AzurePublicCloud, AzureUSGovernment or AzureChinaCloud. It decides the token audience and
	// the webhook's environment; outside the public cloud the Azure providers' own `environment` settings must agree.
	// Default: AzurePublicCloud.
	Cloud string `config:"cloud"`
	// Location is the Azure region of everything, in its short form such as "westeurope". Required. Another one replaces
	// everything.
	Location string `config:"location"`
	// ResourceGroup is where everything goes. Default: a new, autonamed one.
	ResourceGroup ResourceGroup `config:"resourceGroup"`
	// Tags go to every resource that Azure can tag: at most 50, or 15 with vault.secrets; names of at most 512 characters,
	// different without regard to case, and values of at most 256. Sources: learn.microsoft.com, "Use tags to organize your
	// Azure resources", "About Azure Key Vault secrets". Default: none.
	Tags map[string]string `config:"tags"`
	// Cluster is the AKS cluster. Default: AKS's own version and one pool of two nodes.
	Cluster Cluster `config:"cluster"`
	// Webhook says who runs the mutating webhook. Default: the AKS add-on.
	Webhook Webhook `config:"webhook"`
	// Vault is a Key Vault for the workloads' secrets. Default: none.
	Vault *Vault `config:"vault"`
	// Workloads are the identities and what may use them, by name: 1 to 63 letters, digits, hyphens and underscores.
	// Default: none.
	Workloads map[string]Workload `config:"workloads"`
}

// ResourceGroup names the resource group.
type ResourceGroup struct {
	// Name in Azure: 1 to 90 letters, digits, and -_.() but no full stop at the end. Default: autonamed.
	Name string `config:"name"`
	// Existing uses the resource group of that name instead of creating it. Default: false.
	Existing bool `config:"existing"`
}

// Cluster describes the AKS cluster.
type Cluster struct {
	// KubernetesVersion is major.minor or major.minor.patch, as text: "1.34". Default: AKS's own default.
	KubernetesVersion string `config:"kubernetesVersion"`
	// DNSPrefix is the first part of the API server's host name: 1 to 54 letters, digits and hyphens. It cannot change
	// later. Default: the cluster component's name.
	DNSPrefix string `config:"dnsPrefix"`
	// NodeResourceGroup is the name of the resource group that AKS makes for the nodes. It cannot change later. Default:
	// AKS's own, MC_<resource group>_<cluster>_<location>.
	NodeResourceGroup string `config:"nodeResourceGroup"`
	// SKUTier of the control plane: Free, Standard or Premium. Default: Free.
	SKUTier string `config:"skuTier"`
	// SystemPool is the pool that the cluster is created with. Default: "system", two nodes.
	SystemPool SystemPool `config:"systemPool"`
	// NodePools are further pools by name: 1 to 12 lower-case letters and digits (6 for Windows), starting with a letter.
	// Default: none.
	NodePools map[string]NodePool `config:"nodePools"`
}

// SystemPool is a NodePool with a name and two nodes as default. It is always a System pool under Linux.
type SystemPool struct {
	// Name is 1 to 12 lower-case letters and digits, starting with a letter. Default: "system".
	Name string `config:"name"`
	// VMSize of a node. Default: the component's, Standard_D2s_v5.
	VMSize string `config:"vmSize"`
	// Count is the number of nodes, 1 to 1000. Default: 2.
	Count int `config:"count"`
	// MinCount and MaxCount, 1 to 1000, make the pool scale by itself; both or neither. Default: fixed size.
	MinCount *int `config:"minCount"`
	// MaxCount: see MinCount.
	MaxCount *int `config:"maxCount"`
	// AvailabilityZones are zone numbers as text: "1", "2", "3". Default: none.
	AvailabilityZones []string `config:"availabilityZones"`
}

// NodePool is a further pool of nodes.
type NodePool struct {
	// Mode is User or System. Default: User.
	Mode string `config:"mode"`
	// OSType is Linux or Windows. Windows pools are User pools. Default: Linux.
	OSType string `config:"osType"`
	// VMSize of a node. Default: the component's, Standard_D2s_v5.
	VMSize string `config:"vmSize"`
	// Count is the number of nodes, 0 to 1000, at least 1 in a System pool. Default: 1.
	Count int `config:"count"`
	// MinCount and MaxCount, 0 to 1000, make the pool scale by itself; both or neither. Default: fixed size.
	MinCount *int `config:"minCount"`
	// MaxCount: see MinCount.
	MaxCount *int `config:"maxCount"`
	// AvailabilityZones are zone numbers as text: "1", "2", "3". Default: none.
	AvailabilityZones []string `config:"availabilityZones"`
	// Labels are Kubernetes labels of the nodes. Default: none.
	Labels map[string]string `config:"labels"`
	// Taints are Kubernetes taints, each "key=value:Effect". Default: none.
	Taints []string `config:"taints"`
}

// Webhook says who runs the mutating webhook.
type Webhook struct {
	// Mode is WebhookAddon, WebhookChart or WebhookNone. Default: addon, because AKS then keeps it up to date.
	Mode string `config:"mode"`
	// Chart has the chart's settings, for mode chart only. Default: the component's defaults.
	Chart *Chart `config:"chart"`
}

// Chart has the settings of the webhook's Helm chart.
type Chart struct {
	// Version of the chart. Default: webhook.ChartVersion.
	Version string `config:"version"`
	// Repository is the URL of the chart repository. Not for an OCI reference or a local path in Source. Default:
	// webhook.DefaultRepository.
	Repository string `config:"repository"`
	// Source is the chart's name in the repository, an OCI reference (oci://…) or a local path starting with "." or "/".
	// Default: webhook.ChartName.
	Source string `config:"source"`
	// Namespace of the webhook, not kube-system. Default: webhook.DefaultNamespace.
	Namespace string `config:"namespace"`
	// ExistingNamespace leaves the namespace to somebody else. Default: false.
	ExistingNamespace bool `config:"existingNamespace"`
	// Replicas is the number of webhook pods, at least 1. Default: webhook.DefaultReplicas.
	Replicas int `config:"replicas"`
	// ImageRegistry replaces mcr.microsoft.com, for a mirror: host and optional path, without scheme. Default: none.
	ImageRegistry string `config:"imageRegistry"`
	// LogLevel is error, warning, info, debug or trace. Default: info.
	LogLevel string `config:"logLevel"`
	// NodeSelector of the webhook's pods. Default: the chart's own.
	NodeSelector map[string]string `config:"nodeSelector"`
	// Tolerations of the webhook's pods. Default: none.
	Tolerations []Toleration `config:"tolerations"`
	// TimeoutSeconds is how long Helm waits for the webhook to serve, in seconds, at least 1. Default:
	// webhook.DefaultTimeoutSeconds.
	TimeoutSeconds int `config:"timeoutSeconds"`
	// Values of the chart, merged last. Default: none.
	Values map[string]any `config:"values"`
}

// Toleration is one toleration of the webhook's pods, with the fields of Kubernetes' own.
type Toleration struct {
	Key      string `config:"key"`
	Operator string `config:"operator"`
	Value    string `config:"value"`
	Effect   string `config:"effect"`
	// TolerationSeconds limits how long a NoExecute taint is tolerated, in seconds. Default: for ever.
	TolerationSeconds *int `config:"tolerationSeconds"`
}

// Vault describes the stack's Key Vault, which authorises by roles (Azure RBAC), never by access policies.
type Vault struct {
	// Name in Azure, unique in the world, also among deleted vaults: 3 to 24 letters, digits and single hyphens,
	// starting with a letter and ending with a letter or digit. Default: autonamed, so that a destroyed stack can be created
	// again at once.
	Name string `config:"name"`
	// SKU is standard or premium. Default: standard.
	SKU string `config:"sku"`
	// SoftDeleteRetentionDays is how long a deleted vault can be recovered, 7 to 90 days. It cannot change later.
	// Default: 7.
	SoftDeleteRetentionDays int `config:"softDeleteRetentionDays"`
	// PurgeProtection keeps everybody, also Azure's support, from purging the vault before its time. It can never be
	// switched off again. Default: false, so that a stack can be destroyed and its vault's name used again.
	PurgeProtection bool `config:"purgeProtection"`
	// Secrets maps names (1 to 127 letters, digits and hyphens, different without regard to case) to values (1 to 25,600
	// bytes). Set them with `pulumi config set --secret --path 'vault.secrets.NAME'`. They are secret in the state whatever
	// they are here. To write them the deployer needs no role in the vault; but Azure Resource Manager cannot delete a
	// secret, so that removing one here while the vault lives is a delete in the vault's data plane, for which the deployer
	// needs the role Key Vault Secrets Officer on the vault. Default: none.
	Secrets map[string]string `config:"secrets"`
	// PlainTextSecrets permits Secrets that are not encrypted in the stack file, for values that are not secret at all,
	// as in the sandbox. Pulumi tells the program only that the vault section as a whole holds an encrypted value, so that
	// one encrypted value anywhere in it permits all others in plain text, unnoticed. Default: false, they are refused where
	// nothing in the section is encrypted.
	PlainTextSecrets bool `config:"plainTextSecrets"`
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
	// Secrets are names in vault.secrets that the workload reads; a grant must permit it. Default: none.
	Secrets []string `config:"secrets"`
}

// Identity is what stands behind a workload's client id.
type Identity struct {
	// Kind is userAssigned, application or existingUserAssigned. Default: userAssigned.
	Kind string `config:"kind"`
	// Name in Azure: 3 to 128 letters, digits, hyphens and underscores for an identity, another in each workload; the
	// display name, 1 to 120 characters, for an application. Default: autonamed, or the workload's name.
	Name string `config:"name"`
	// ID is the resource id of an existing user-assigned identity; for kind existingUserAssigned only, and required there.
	ID string `config:"id"`
}

// ServiceAccount has the settings of a workload's service accounts.
type ServiceAccount struct {
	// Name is an RFC 1123 subdomain of at most 253 characters. Default: the workload's name.
	Name string `config:"name"`
	// Namespace is an RFC 1123 label of at most 63 characters. Required, unless every federation names its own.
	Namespace string `config:"namespace"`
	// Existing leaves the service account to somebody else, such as the team's own Helm chart; the stack's output
	// helmValues has what it needs. Default: false, it is created.
	Existing bool `config:"existing"`
	// ExistingNamespace leaves the namespace to somebody else. Workloads that share a namespace must agree. Default: false,
	// the stack creates it, once.
	ExistingNamespace bool `config:"existingNamespace"`
	// TokenExpirationSeconds is the lifetime of the pods' projected token, 3600 to 86400 seconds. Default: no annotation,
	// and so the webhook's 3600.
	TokenExpirationSeconds *int `config:"tokenExpirationSeconds"`
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
	// Audience of the tokens, 1 to 600 characters. Default: the one that the webhook projects.
	Audience string `config:"audience"`
	// Description of the credential, at most 600 characters; only Entra applications keep it. Default: none.
	Description string `config:"description"`
	// Issuer is the https URL of another cluster's OIDC issuer, with AKS's trailing slash. Nothing is created in that
	// cluster. Default: this stack's cluster.
	Issuer string `config:"issuer"`
	// Key names that other issuer in resource names: 1 to 63 letters, digits, hyphens and underscores, but not the key of
	// this stack's cluster, which is the stack's name (shortened and hashed where that is no key). Required with Issuer,
	// refused without.
	Key string `config:"key"`
}

// Grant gives the identity a role on a scope.
type Grant struct {
	// Role is a built-in role's name, the GUID of a role, or a role definition id. Required.
	Role string `config:"role"`
	// Scope is vault, vault/SECRET, resourceGroup, cluster, or an Azure resource id. Required.
	Scope string `config:"scope"`
	// Condition limits the role, in Azure's attribute-based access control language, version 2.0. Default: none.
	Condition string `config:"condition"`
	// Description of the role assignment. Default: none.
	Description string `config:"description"`
}

// The defaults, all of them. Those of optional text are the empty string, which the file cannot give: it means "leave it
// to the component, to Pulumi or to Azure", as the field's comment says.

func (c *Config) setDefaults() { c.Cloud = string(names.AzurePublicCloud) }

func (c *Cluster) setDefaults() { c.SKUTier = cluster.TierFree }

func (p *SystemPool) setDefaults() { *p = SystemPool{Name: "system", Count: 2} }

func (p *NodePool) setDefaults() {
	*p = NodePool{Mode: cluster.PoolModeUser, OSType: cluster.OSLinux, Count: 1}
}

func (w *Webhook) setDefaults() { w.Mode = WebhookAddon }

func (c *Chart) setDefaults() {
	*c = Chart{
		Namespace:      webhook.DefaultNamespace,
		Replicas:       webhook.DefaultReplicas,
		LogLevel:       "info",
		TimeoutSeconds: webhook.DefaultTimeoutSeconds,
	}
}

func (v *Vault) setDefaults() { *v = Vault{SKU: "standard", SoftDeleteRetentionDays: 7} }

func (w *Workload) setDefaults() { w.Enabled = true }

func (i *Identity) setDefaults() { i.Kind = workload.UserAssigned }

func (f *Federation) setDefaults() { f.Enabled = true }

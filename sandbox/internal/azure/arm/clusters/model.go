package clusters

import (
	"time"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Cluster is the body of a stored managed cluster.
type Cluster struct {
	UID string `json:"uid"`
	// HasRun reports whether the cluster was ready once, so that a new daemon starts it again.
	HasRun bool `json:"hasRun,omitempty"`
	// PoolsBusy are the pools on which an operation is in progress.
	PoolsBusy []string  `json:"poolsBusy,omitempty"`
	SKU       SKU       `json:"sku"`
	Identity  *Identity `json:"identity,omitempty"`
	// Principal is the object ID of the system-assigned identity.
	Principal string `json:"principal,omitempty"`
	// Issuer is the issuer's URL. It is set at creation, and shown once the operation has
	// succeeded.
	Issuer string `json:"issuer"`
	// IssuerOn is the time at which the issuer was first ready.
	IssuerOn   *time.Time `json:"issuerOn,omitempty"`
	Properties Properties `json:"properties"`
}

// Document is a stored managed cluster.
type Document = resource.Document[Cluster]

// Body is a managed cluster in the form of the API.
type Body struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	SKU        *SKU              `json:"sku,omitempty"`
	Identity   *Identity         `json:"identity,omitempty"`
	SystemData *arm.SystemData   `json:"systemData,omitempty"`
	Properties *Properties       `json:"properties,omitempty"`
}

// SKU is the pricing tier of a cluster.
type SKU struct {
	Name string `json:"name,omitempty"`
	Tier string `json:"tier,omitempty"`
}

// Identity is the identity of the control plane.
type Identity struct {
	Type                   string              `json:"type,omitempty"`
	PrincipalID            string              `json:"principalId,omitempty"`
	TenantID               string              `json:"tenantId,omitempty"`
	UserAssignedIdentities map[string]Assigned `json:"userAssignedIdentities,omitempty"`
}

// Assigned identifies a user-assigned identity.
type Assigned struct {
	PrincipalID string `json:"principalId,omitempty"`
	ClientID    string `json:"clientId,omitempty"`
}

// Properties are the properties of a managed cluster that the sandbox implements, or that have no
// effect outside Azure.
type Properties struct {
	ProvisioningState         string                   `json:"provisioningState,omitempty"`
	PowerState                *PowerState              `json:"powerState,omitempty"`
	MaxAgentPools             int                      `json:"maxAgentPools,omitempty"`
	KubernetesVersion         string                   `json:"kubernetesVersion,omitempty"`
	CurrentKubernetesVersion  string                   `json:"currentKubernetesVersion,omitempty"`
	DNSPrefix                 string                   `json:"dnsPrefix,omitempty"`
	FQDNSubdomain             string                   `json:"fqdnSubdomain,omitempty"`
	FQDN                      string                   `json:"fqdn,omitempty"`
	PrivateFQDN               string                   `json:"privateFQDN,omitempty"`
	AzurePortalFQDN           string                   `json:"azurePortalFQDN,omitempty"`
	AgentPoolProfiles         []AgentPool              `json:"agentPoolProfiles,omitempty"`
	LinuxProfile              *LinuxProfile            `json:"linuxProfile,omitempty"`
	WindowsProfile            *WindowsProfile          `json:"windowsProfile,omitempty"`
	ServicePrincipalProfile   *ServicePrincipal        `json:"servicePrincipalProfile,omitempty"`
	AddonProfiles             map[string]Addon         `json:"addonProfiles,omitempty"`
	NodeResourceGroup         string                   `json:"nodeResourceGroup,omitempty"`
	EnableRBAC                *bool                    `json:"enableRBAC,omitempty"`
	SupportPlan               string                   `json:"supportPlan,omitempty"`
	NetworkProfile            *Network                 `json:"networkProfile,omitempty"`
	AADProfile                *AAD                     `json:"aadProfile,omitempty"`
	AutoUpgradeProfile        *AutoUpgrade             `json:"autoUpgradeProfile,omitempty"`
	AutoScalerProfile         map[string]any           `json:"autoScalerProfile,omitempty"`
	APIServerAccessProfile    *APIServerAccess         `json:"apiServerAccessProfile,omitempty"`
	IdentityProfile           map[string]KubeletObject `json:"identityProfile,omitempty"`
	DisableLocalAccounts      *bool                    `json:"disableLocalAccounts,omitempty"`
	SecurityProfile           *Security                `json:"securityProfile,omitempty"`
	StorageProfile            *Storage                 `json:"storageProfile,omitempty"`
	OIDCIssuerProfile         *OIDCIssuer              `json:"oidcIssuerProfile,omitempty"`
	WorkloadAutoScalerProfile *WorkloadAutoScaler      `json:"workloadAutoScalerProfile,omitempty"`
	PublicNetworkAccess       string                   `json:"publicNetworkAccess,omitempty"`
	BootstrapProfile          *Bootstrap               `json:"bootstrapProfile,omitempty"`
	AzureMonitorProfile       *AzureMonitor            `json:"azureMonitorProfile,omitempty"`
	MetricsProfile            *Metrics                 `json:"metricsProfile,omitempty"`
}

// AzureMonitor is the managed Prometheus, and Metrics the analysis of costs. Clients send both
// switched off (azurerm, internal/services/containers/kubernetes_cluster_resource.go); switched on
// they are refused.
type AzureMonitor struct {
	Metrics *Toggle `json:"metrics,omitempty"`
}

// Metrics holds the analysis of costs; see AzureMonitor.
type Metrics struct {
	CostAnalysis *Toggle `json:"costAnalysis,omitempty"`
}

// Bootstrap is where new nodes get their images from. Direct is the Microsoft registry, and what a
// cluster has if nothing is given; Cache, a registry of one's own, is refused.
type Bootstrap struct {
	ArtifactSource      string `json:"artifactSource,omitempty"`
	ContainerRegistryID string `json:"containerRegistryId,omitempty"`
}

// LinuxProfile is the profile of Linux nodes.
type LinuxProfile struct {
	AdminUsername string `json:"adminUsername,omitempty"`
	SSH           *SSH   `json:"ssh,omitempty"`
}

// SSH holds the SSH keys of the nodes.
type SSH struct {
	PublicKeys []SSHKey `json:"publicKeys,omitempty"`
}

// SSHKey is a public key.
type SSHKey struct {
	KeyData string `json:"keyData,omitempty"`
}

// WindowsProfile is the profile of Windows nodes. A password is refused, because this project uses
// no passwords.
type WindowsProfile struct {
	AdminUsername  string `json:"adminUsername,omitempty"`
	LicenseType    string `json:"licenseType,omitempty"`
	EnableCSIProxy *bool  `json:"enableCSIProxy,omitempty"`
}

// ServicePrincipal is the service principal of the cluster; the client ID is "msi" for a managed
// identity.
type ServicePrincipal struct {
	ClientID string `json:"clientId,omitempty"`
	Secret   string `json:"secret,omitempty"`
}

// Addon is an add-on of AKS. The identity is created by AKS and read-only.
type Addon struct {
	Enabled  bool              `json:"enabled"`
	Config   map[string]string `json:"config,omitempty"`
	Identity *KubeletObject    `json:"identity,omitempty"`
}

// AAD is the Entra integration of the API server.
type AAD struct {
	Managed             *bool    `json:"managed,omitempty"`
	EnableAzureRBAC     *bool    `json:"enableAzureRBAC,omitempty"`
	AdminGroupObjectIDs []string `json:"adminGroupObjectIDs,omitempty"`
	TenantID            string   `json:"tenantID,omitempty"`
}

// AutoUpgrade holds the upgrade channels of the cluster.
type AutoUpgrade struct {
	UpgradeChannel       string `json:"upgradeChannel,omitempty"`
	NodeOSUpgradeChannel string `json:"nodeOSUpgradeChannel,omitempty"`
}

// APIServerAccess restricts the access to the API server.
type APIServerAccess struct {
	AuthorizedIPRanges             []string `json:"authorizedIPRanges,omitempty"`
	EnablePrivateCluster           *bool    `json:"enablePrivateCluster,omitempty"`
	PrivateDNSZone                 string   `json:"privateDNSZone,omitempty"`
	EnablePrivateClusterPublicFQDN *bool    `json:"enablePrivateClusterPublicFQDN,omitempty"`
	DisableRunCommand              *bool    `json:"disableRunCommand,omitempty"`
}

// KubeletObject identifies the user-assigned identity of the kubelets or of an add-on.
type KubeletObject struct {
	ResourceID string `json:"resourceId,omitempty"`
	ClientID   string `json:"clientId,omitempty"`
	ObjectID   string `json:"objectId,omitempty"`
}

// Security is the security profile of the cluster.
type Security struct {
	WorkloadIdentity *Toggle       `json:"workloadIdentity,omitempty"`
	ImageCleaner     *ImageCleaner `json:"imageCleaner,omitempty"`
	Defender         *Defender     `json:"defender,omitempty"`
}

// Defender is Microsoft Defender for Containers.
type Defender struct {
	WorkspaceID        string  `json:"logAnalyticsWorkspaceResourceId,omitempty"`
	SecurityMonitoring *Toggle `json:"securityMonitoring,omitempty"`
}

// Toggle is a feature that can be enabled.
type Toggle struct {
	Enabled *bool `json:"enabled,omitempty"`
}

// ImageCleaner removes unused images from the nodes.
type ImageCleaner struct {
	Enabled       *bool `json:"enabled,omitempty"`
	IntervalHours *int  `json:"intervalHours,omitempty"`
}

// Storage holds the storage drivers of the cluster.
type Storage struct {
	DiskCSIDriver      *Toggle `json:"diskCSIDriver,omitempty"`
	FileCSIDriver      *Toggle `json:"fileCSIDriver,omitempty"`
	SnapshotController *Toggle `json:"snapshotController,omitempty"`
	BlobCSIDriver      *Toggle `json:"blobCSIDriver,omitempty"`
}

// OIDCIssuer is the OIDC issuer of the cluster. IssuerURL is read-only.
type OIDCIssuer struct {
	Enabled   *bool  `json:"enabled,omitempty"`
	IssuerURL string `json:"issuerURL,omitempty"`
}

// WorkloadAutoScaler holds the features for scaling workloads.
type WorkloadAutoScaler struct {
	KEDA                  *Toggle `json:"keda,omitempty"`
	VerticalPodAutoscaler *Toggle `json:"verticalPodAutoscaler,omitempty"`
}

// on reports whether an optional switch is given and true.
func on(b *bool) bool { return ptr.Deref(b, false) }

// issuerEnabled reports whether the OIDC issuer is enabled.
func (p *Properties) issuerEnabled() bool {
	return p.OIDCIssuerProfile != nil && on(p.OIDCIssuerProfile.Enabled)
}

// workloadIdentityEnabled reports whether the workload identity add-on is enabled.
func (p *Properties) workloadIdentityEnabled() bool {
	s := p.SecurityProfile
	return s != nil && s.WorkloadIdentity != nil && on(s.WorkloadIdentity.Enabled)
}

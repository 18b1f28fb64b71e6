package clusters

import (
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Cluster is the body of a stored managed cluster.
type Cluster struct {
	UID        string     `json:"uid"`
	HasRun     bool       `json:"hasRun,omitempty"`    // it has been ready once, so a new daemon brings it up again
	PoolsBusy  []string   `json:"poolsBusy,omitempty"` // pools that operations of their own work on
	SKU        SKU        `json:"sku"`
	Identity   *Identity  `json:"identity,omitempty"`
	Principal  string     `json:"principal,omitempty"` // object ID of the system-assigned identity
	Issuer     string     `json:"issuer"`              // kept from the start, shown once the operation has succeeded
	IssuerOn   *time.Time `json:"issuerOn,omitempty"`  // when the issuer was first seen to answer
	Properties Properties `json:"properties"`
}

// Document is a stored managed cluster.
type Document = resource.Document[Cluster]

// Body is a managed cluster as the API shows it.
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

// SKU of a cluster.
type SKU struct {
	Name string `json:"name,omitempty"`
	Tier string `json:"tier,omitempty"`
}

// Identity of the control plane.
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

// Properties of a managed cluster: those that the sandbox gives a meaning or that change nothing outside Azure.
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
}

// LinuxProfile of the nodes.
type LinuxProfile struct {
	AdminUsername string `json:"adminUsername,omitempty"`
	SSH           *SSH   `json:"ssh,omitempty"`
}

// SSH keys of the nodes.
type SSH struct {
	PublicKeys []SSHKey `json:"publicKeys,omitempty"`
}

// SSHKey is a public key.
type SSHKey struct {
	KeyData string `json:"keyData,omitempty"`
}

// WindowsProfile of the nodes. The password is refused: nothing in this project is a password.
type WindowsProfile struct {
	AdminUsername  string `json:"adminUsername,omitempty"`
	LicenseType    string `json:"licenseType,omitempty"`
	EnableCSIProxy *bool  `json:"enableCSIProxy,omitempty"`
}

// ServicePrincipal of the cluster; clientId is "msi" for a managed identity.
type ServicePrincipal struct {
	ClientID string `json:"clientId,omitempty"`
	Secret   string `json:"secret,omitempty"`
}

// Addon of AKS, by name. The identity is the one that AKS makes for it, and read-only.
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

// AutoUpgrade of the cluster.
type AutoUpgrade struct {
	UpgradeChannel       string `json:"upgradeChannel,omitempty"`
	NodeOSUpgradeChannel string `json:"nodeOSUpgradeChannel,omitempty"`
}

// APIServerAccess limits who reaches the API server.
type APIServerAccess struct {
	AuthorizedIPRanges             []string `json:"authorizedIPRanges,omitempty"`
	EnablePrivateCluster           *bool    `json:"enablePrivateCluster,omitempty"`
	PrivateDNSZone                 string   `json:"privateDNSZone,omitempty"`
	EnablePrivateClusterPublicFQDN *bool    `json:"enablePrivateClusterPublicFQDN,omitempty"`
	DisableRunCommand              *bool    `json:"disableRunCommand,omitempty"`
}

// KubeletObject identifies a user-assigned identity: the nodes', or an add-on's.
type KubeletObject struct {
	ResourceID string `json:"resourceId,omitempty"`
	ClientID   string `json:"clientId,omitempty"`
	ObjectID   string `json:"objectId,omitempty"`
}

// Security of the cluster.
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

// Toggle is a feature that is on or off.
type Toggle struct {
	Enabled *bool `json:"enabled,omitempty"`
}

// ImageCleaner of the nodes.
type ImageCleaner struct {
	Enabled       *bool `json:"enabled,omitempty"`
	IntervalHours *int  `json:"intervalHours,omitempty"`
}

// Storage drivers of the cluster.
type Storage struct {
	DiskCSIDriver      *Toggle `json:"diskCSIDriver,omitempty"`
	FileCSIDriver      *Toggle `json:"fileCSIDriver,omitempty"`
	SnapshotController *Toggle `json:"snapshotController,omitempty"`
	BlobCSIDriver      *Toggle `json:"blobCSIDriver,omitempty"`
}

// OIDCIssuer of the cluster. IssuerURL is read-only.
type OIDCIssuer struct {
	Enabled   *bool  `json:"enabled,omitempty"`
	IssuerURL string `json:"issuerURL,omitempty"`
}

// WorkloadAutoScaler features.
type WorkloadAutoScaler struct {
	KEDA                  *Toggle `json:"keda,omitempty"`
	VerticalPodAutoscaler *Toggle `json:"verticalPodAutoscaler,omitempty"`
}

func on(b *bool) bool { return b != nil && *b }

// issuing reports whether the issuer is switched on.
func (p *Properties) issuing() bool {
	return p.OIDCIssuerProfile != nil && on(p.OIDCIssuerProfile.Enabled)
}

// federating reports whether the workload identity add-on is switched on.
func (p *Properties) federating() bool {
	return p.SecurityProfile != nil && p.SecurityProfile.WorkloadIdentity != nil && on(p.SecurityProfile.WorkloadIdentity.Enabled)
}

package accounts

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Properties are the properties of an account. Others that the SDKs have (customer-managed keys,
// custom domains, routing, SAS and key policies, Azure Files) are refused as unknown. A nil pointer
// in a request keeps the value of an existing account.
type Properties struct {
	AccessTier                   string             `json:"accessTier,omitempty"`
	AllowBlobPublicAccess        *bool              `json:"allowBlobPublicAccess,omitempty"`
	AllowCrossTenantReplication  *bool              `json:"allowCrossTenantReplication,omitempty"`
	AllowSharedKeyAccess         *bool              `json:"allowSharedKeyAccess,omitempty"`
	DefaultToOAuthAuthentication *bool              `json:"defaultToOAuthAuthentication,omitempty"`
	DNSEndpointType              string             `json:"dnsEndpointType,omitempty"`
	Encryption                   *Encryption        `json:"encryption,omitempty"`
	IsHNSEnabled                 *bool              `json:"isHnsEnabled,omitempty"`
	IsLocalUserEnabled           *bool              `json:"isLocalUserEnabled,omitempty"`
	IsNFSV3Enabled               *bool              `json:"isNfsV3Enabled,omitempty"`
	IsSFTPEnabled                *bool              `json:"isSftpEnabled,omitempty"`
	LargeFileSharesState         string             `json:"largeFileSharesState,omitempty"`
	MinimumTLSVersion            string             `json:"minimumTlsVersion,omitempty"`
	NetworkACLs                  *blob.NetworkRules `json:"networkAcls,omitempty"`
	PublicNetworkAccess          string             `json:"publicNetworkAccess,omitempty"`
	SupportsHTTPSTrafficOnly     *bool              `json:"supportsHttpsTrafficOnly,omitempty"`

	// The following properties are read-only.
	CreationTime               *time.Time           `json:"creationTime,omitempty"`
	KeyCreationTime            map[string]time.Time `json:"keyCreationTime,omitempty"`
	PrimaryEndpoints           map[string]string    `json:"primaryEndpoints,omitempty"`
	PrimaryLocation            string               `json:"primaryLocation,omitempty"`
	PrivateEndpointConnections *[]string            `json:"privateEndpointConnections,omitempty"`
	ProvisioningState          string               `json:"provisioningState,omitempty"`
	SecondaryLocation          string               `json:"secondaryLocation,omitempty"`
	SecondaryEndpoints         map[string]string    `json:"secondaryEndpoints,omitempty"`
	StatusOfPrimary            string               `json:"statusOfPrimary,omitempty"`
	StatusOfSecondary          string               `json:"statusOfSecondary,omitempty"`
}

// Encryption is the encryption at rest. The sandbox accepts only keys of Microsoft.
type Encryption struct {
	KeySource                       string              `json:"keySource,omitempty"`
	RequireInfrastructureEncryption *bool               `json:"requireInfrastructureEncryption,omitempty"`
	Services                        map[string]*Service `json:"services,omitempty"`
}

// Service is the encryption of one of the services blob, file, queue and table.
type Service struct {
	Enabled         *bool      `json:"enabled,omitempty"`
	KeyType         string     `json:"keyType,omitempty"`
	LastEnabledTime *time.Time `json:"lastEnabledTime,omitempty"`
}

// kinds are the kinds of account with the performance that each requires; "" means any.
var kinds = map[string]string{
	"Storage": "", "StorageV2": "", "BlobStorage": "Standard", "FileStorage": "Premium", "BlockBlobStorage": "Premium",
}

var skus = []string{
	"Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS",
	"Premium_LRS", "Premium_ZRS",
}

// checkKind refuses a SKU that the kind of account cannot have
// (https://learn.microsoft.com/azure/storage/common/storage-account-overview#types-of-storage-accounts).
func checkKind(kind, sku string) error {
	performance, ok := kinds[kind]
	if !ok {
		return arm.BadRequestf("The kind '%s' is invalid. It must be Storage, StorageV2, BlobStorage, FileStorage or BlockBlobStorage.", kind).At("kind")
	}
	if !slices.Contains(skus, sku) {
		return arm.BadRequestf("The sku '%s' is invalid. It must be one of %s.", sku, strings.Join(skus, ", ")).At("sku.name")
	}
	zonal := strings.HasSuffix(sku, "ZRS")
	if performance != "" && !strings.HasPrefix(sku, performance) || (kind == "Storage" || kind == "BlobStorage") && zonal {
		return arm.BadRequestf("An account of kind '%s' cannot have the sku '%s'.", kind, sku).At("sku.name")
	}
	return nil
}

// check refuses properties that are invalid for every account. The allowed values are those of
// storage.json of azure-rest-api-specs; the texts are the sandbox's.
func (p *Properties) check() error {
	if err := cmp.Or(
		arm.Choice("properties.accessTier", p.AccessTier, "Hot", "Cool", "Cold", "Premium"),
		arm.Choice("properties.dnsEndpointType", p.DNSEndpointType, "Standard"),
		arm.Choice("properties.largeFileSharesState", p.LargeFileSharesState, "Enabled", "Disabled"),
		arm.Choice("properties.minimumTlsVersion", p.MinimumTLSVersion, "TLS1_0", "TLS1_1", "TLS1_2"),
		arm.Choice("properties.publicNetworkAccess", p.PublicNetworkAccess, "Enabled", "Disabled"),
	); err != nil {
		return err
	}
	if e := p.Encryption; e != nil {
		if err := arm.Choice("properties.encryption.keySource", e.KeySource, "Microsoft.Storage"); err != nil {
			return err
		}
		for name, s := range e.Services {
			known := slices.Contains([]string{"blob", "file", "queue", "table"}, name)
			if !known || s != nil && !ptr.Deref(s.Enabled, true) {
				return arm.BadRequestf("Encryption of the service '%s' cannot be set like this: the services are blob, file, queue and table, and encryption at rest is always on.", name).At("properties.encryption.services")
			}
		}
	}
	for name, on := range map[string]*bool{"isNfsV3Enabled": p.IsNFSV3Enabled, "isSftpEnabled": p.IsSFTPEnabled} {
		if ptr.Deref(on, false) {
			return arm.BadRequestf("The sandbox's storage accounts support HTTPS only: '%s' cannot be true.", name).At("properties." + name)
		}
	}
	return checkNetwork(p.NetworkACLs)
}

func checkNetwork(n *blob.NetworkRules) error {
	if n == nil {
		return nil
	}
	if n.DefaultAction == "" {
		return arm.BadRequestf("The property 'networkAcls.defaultAction' is required.").At("properties.networkAcls.defaultAction")
	}
	if err := arm.Choice("properties.networkAcls.defaultAction", n.DefaultAction, "Allow", "Deny"); err != nil {
		return err
	}
	for _, bypass := range strings.Split(n.Bypass, ",") {
		if err := arm.Choice("properties.networkAcls.bypass", strings.TrimSpace(bypass), "None", "Logging", "Metrics", "AzureServices"); err != nil {
			return err
		}
	}
	for _, rule := range n.IPRules {
		_, notAddress := netip.ParseAddr(rule.Value)
		_, notRange := netip.ParsePrefix(rule.Value)
		if notAddress != nil && notRange != nil {
			return arm.BadRequestf("The IP rule '%s' is neither an address nor a range in CIDR notation.", rule.Value).At("properties.networkAcls.ipRules")
		}
	}
	for _, rule := range n.VirtualNetworkRules {
		id, err := resource.ParseID(rule.ID)
		if err != nil || !strings.EqualFold(id.Type(), azure.TypeSubnet) || id.Collection() {
			return arm.BadRequestf("The virtual network rule '%s' is not the ID of a subnet.", rule.ID).At("properties.networkAcls.virtualNetworkRules")
		}
	}
	return nil
}

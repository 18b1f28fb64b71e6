package accounts

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// Properties of an account. What the SDKs know beyond these (customer-managed keys, own domains, routing, SAS and key
// policies, Azure Files) is refused as unknown. A nil pointer in a request leaves an existing account's value alone.
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

	// What follows is read-only.
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

// Encryption at rest, with Microsoft's keys: the sandbox takes no others.
type Encryption struct {
	KeySource                       string              `json:"keySource,omitempty"`
	RequireInfrastructureEncryption *bool               `json:"requireInfrastructureEncryption,omitempty"`
	Services                        map[string]*Service `json:"services,omitempty"`
}

// Service is one of blob, file, queue and table.
type Service struct {
	Enabled         *bool      `json:"enabled,omitempty"`
	KeyType         string     `json:"keyType,omitempty"`
	LastEnabledTime *time.Time `json:"lastEnabledTime,omitempty"`
}

// kinds of account with the performance that they need; "" means any.
var kinds = map[string]string{"Storage": "", "StorageV2": "", "BlobStorage": "Standard", "FileStorage": "Premium", "BlockBlobStorage": "Premium"}

var skus = []string{
	"Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS", "Premium_LRS", "Premium_ZRS",
}

// checkKind knows which redundancy goes with which kind of account
// (https://learn.microsoft.com/azure/storage/common/storage-account-overview#types-of-storage-accounts).
func checkKind(kind, sku string) error {
	performance, ok := kinds[kind]
	if !ok {
		return arm.BadRequestf("The kind '%s' is invalid. It is Storage, StorageV2, BlobStorage, FileStorage or BlockBlobStorage.", kind).At("kind")
	}
	if !slices.Contains(skus, sku) {
		return arm.BadRequestf("The sku '%s' is invalid. It is one of %s.", sku, strings.Join(skus, ", ")).At("sku.name")
	}
	zonal := strings.HasSuffix(sku, "ZRS")
	if performance != "" && !strings.HasPrefix(sku, performance) || (kind == "Storage" || kind == "BlobStorage") && zonal {
		return arm.BadRequestf("An account of kind '%s' cannot have the sku '%s'.", kind, sku).At("sku.name")
	}
	return nil
}

// check refuses what no account can have. The sentences are the sandbox's; that these values are refused is documented
// in storage.json of azure-rest-api-specs, which lists the values there are.
func (p *Properties) check() error {
	for _, choice := range []*arm.Error{
		arm.Choice("properties.accessTier", p.AccessTier, "Hot", "Cool", "Cold", "Premium"),
		arm.Choice("properties.dnsEndpointType", p.DNSEndpointType, "Standard"),
		arm.Choice("properties.largeFileSharesState", p.LargeFileSharesState, "Enabled", "Disabled"),
		arm.Choice("properties.minimumTlsVersion", p.MinimumTLSVersion, "TLS1_0", "TLS1_1", "TLS1_2"),
		arm.Choice("properties.publicNetworkAccess", p.PublicNetworkAccess, "Enabled", "Disabled"),
	} {
		if choice != nil {
			return choice
		}
	}
	if e := p.Encryption; e != nil {
		if err := arm.Choice("properties.encryption.keySource", e.KeySource, "Microsoft.Storage"); err != nil {
			return err
		}
		for name, s := range e.Services {
			if !slices.Contains([]string{"blob", "file", "queue", "table"}, name) || s != nil && s.Enabled != nil && !*s.Enabled {
				return arm.BadRequestf("Encryption of the service '%s' cannot be set so: the services are blob, file, queue and table, and encryption at rest is always on.", name).At("properties.encryption.services")
			}
		}
	}
	for name, on := range map[string]*bool{"isNfsV3Enabled": p.IsNFSV3Enabled, "isSftpEnabled": p.IsSFTPEnabled} {
		if on != nil && *on {
			return arm.BadRequestf("The sandbox's storage accounts speak HTTPS only: '%s' cannot be true.", name).At("properties." + name)
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
		if id, err := resource.ParseID(rule.ID); err != nil || !strings.EqualFold(id.Type(), "Microsoft.Network/virtualNetworks/subnets") || id.Collection() {
			return arm.BadRequestf("The virtual network rule '%s' is not the ID of a subnet.", rule.ID).At("properties.networkAcls.virtualNetworkRules")
		}
	}
	return nil
}

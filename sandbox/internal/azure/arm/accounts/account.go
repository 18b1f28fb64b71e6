package accounts

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// create returns the body of a new account with Azure's defaults: HTTPS only, TLS 1.0 accepted, no
// anonymous access
// (https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-configure), the hot tier.
func create(body Body) (blob.Account, error) {
	a := blob.Account{SKU: body.SKU.Name, Kind: body.Kind, MinTLS: "TLS1_0", HTTPSOnly: true, HNS: body.Properties.IsHNSEnabled}
	switch {
	case strings.HasPrefix(a.SKU, "Premium"):
		a.AccessTier = "Premium"
	case a.Kind == "StorageV2":
		a.AccessTier = "Hot"
	case a.Kind == "BlobStorage" && body.Properties.AccessTier == "":
		return a, arm.BadRequestf("The property 'accessTier' is required for an account of kind BlobStorage.").At("properties.accessTier")
	}
	if e := body.Properties.Encryption; e != nil && e.RequireInfrastructureEncryption != nil {
		a.DoubleEncrypted = *e.RequireInfrastructureEncryption
	}
	return change(a, body)
}

// change applies the properties of a request to an account.
func change(a blob.Account, body Body) (blob.Account, error) {
	p := body.Properties
	if a.Kind != body.Kind && body.Kind != "StorageV2" {
		return a, arm.BadRequestf("The kind of an account can only be changed to StorageV2, not from '%s' to '%s'.", a.Kind, body.Kind).At("kind")
	}
	if strings.HasPrefix(a.SKU, "Premium") != strings.HasPrefix(body.SKU.Name, "Premium") {
		return a, arm.BadRequestf("The performance of an account cannot be changed: '%s' cannot become '%s'.", a.SKU, body.SKU.Name).At("sku.name")
	}
	if p.IsHNSEnabled != nil && *p.IsHNSEnabled != (a.HNS != nil && *a.HNS) {
		return a, arm.Errorf(http.StatusBadRequest, "AccountPropertyCannotBeUpdated", "The property 'isHnsEnabled' was specified in the input, but it cannot be updated.").At("properties.isHnsEnabled")
	}
	if e := p.Encryption; e != nil && e.RequireInfrastructureEncryption != nil && *e.RequireInfrastructureEncryption != a.DoubleEncrypted {
		return a, arm.Errorf(http.StatusBadRequest, "AccountPropertyCannotBeUpdated", "The property 'requireInfrastructureEncryption' was specified in the input, but it cannot be updated.").At("properties.encryption")
	}
	a.SKU, a.Kind = body.SKU.Name, body.Kind
	a.AccessTier = cmp.Or(p.AccessTier, a.AccessTier)
	a.MinTLS = cmp.Or(p.MinimumTLSVersion, a.MinTLS)
	a.LargeFileShares = cmp.Or(p.LargeFileSharesState, a.LargeFileShares)
	a.PublicAccess = cmp.Or(p.PublicNetworkAccess, a.PublicAccess)
	a.SharedKey = cmp.Or(p.AllowSharedKeyAccess, a.SharedKey)
	a.CrossTenant = cmp.Or(p.AllowCrossTenantReplication, a.CrossTenant)
	a.OAuthByDefault = cmp.Or(p.DefaultToOAuthAuthentication, a.OAuthByDefault)
	a.LocalUsers = cmp.Or(p.IsLocalUserEnabled, a.LocalUsers)
	a.PublicBlobs = ptr.Deref(p.AllowBlobPublicAccess, a.PublicBlobs)
	a.HTTPSOnly = ptr.Deref(p.SupportsHTTPSTrafficOnly, a.HTTPSOnly)
	if p.NetworkACLs != nil {
		a.Network = network(*p.NetworkACLs)
	}
	return a, nil
}

// network returns the network rules with the values that Azure shows where the request had none.
func network(n blob.NetworkRules) *blob.NetworkRules {
	n.Bypass = cmp.Or(n.Bypass, "AzureServices")
	n.IPRules = append([]blob.IPRule{}, n.IPRules...)
	for i := range n.IPRules {
		n.IPRules[i].Action = "Allow"
	}
	n.VirtualNetworkRules = append([]blob.NetworkRule{}, n.VirtualNetworkRules...)
	for i := range n.VirtualNetworkRules {
		n.VirtualNetworkRules[i].Action, n.VirtualNetworkRules[i].State = "Allow", "Succeeded"
	}
	return &n
}

// pairs lists the paired regions, between which geo-redundant accounts are copied
// (https://learn.microsoft.com/azure/reliability/regions-paired); the two regions of a pair follow
// each other.
var pairs = strings.Fields(`eastus westus eastus2 centralus northcentralus southcentralus westus2 westcentralus westeurope northeurope
	uksouth ukwest southeastasia eastasia japaneast japanwest australiaeast australiasoutheast canadacentral canadaeast
	centralindia southindia koreacentral koreasouth`)

// secondary returns the region to which a geo-redundant account is copied; "" if the region has no
// pair.
func secondary(location string) string {
	i := slices.Index(pairs, location)
	if i < 0 {
		return ""
	}
	return pairs[i^1]
}

// endpoints returns the URLs of the services that the kind of account has.
func endpoints(name, suffix string, kind string) map[string]string {
	services := []string{"blob", "dfs", "file", "queue", "table", "web"}
	switch kind {
	case "BlockBlobStorage":
		services = []string{"blob", "dfs", "web"}
	case "FileStorage":
		services = []string{"file"}
	}
	all := map[string]string{}
	for _, s := range services {
		host := s + ".core.windows.net"
		if s == "web" {
			host = "z6.web.core.windows.net"
		}
		all[s] = "https://" + name + suffix + "." + host + "/"
	}
	return all
}

func render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[blob.Account](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	a, yes := doc.Body, true
	service := func() *Service { return &Service{Enabled: &yes, KeyType: "Account", LastEnabledTime: &doc.Created} }
	encryption := &Encryption{
		KeySource: "Microsoft.Storage", Services: map[string]*Service{"blob": service(), "file": service()},
	}
	if a.DoubleEncrypted {
		encryption.RequireInfrastructureEncryption = &yes
	}
	rules := a.Network
	if rules == nil {
		rules = network(blob.NetworkRules{DefaultAction: "Allow"})
	}
	p := &Properties{
		AccessTier: a.AccessTier, AllowBlobPublicAccess: &a.PublicBlobs, AllowCrossTenantReplication: a.CrossTenant,
		AllowSharedKeyAccess: a.SharedKey, DefaultToOAuthAuthentication: a.OAuthByDefault, Encryption: encryption,
		IsHNSEnabled: a.HNS, IsLocalUserEnabled: a.LocalUsers, LargeFileSharesState: a.LargeFileShares,
		MinimumTLSVersion: a.MinTLS, NetworkACLs: rules, PublicNetworkAccess: a.PublicAccess,
		SupportsHTTPSTrafficOnly: &a.HTTPSOnly,

		CreationTime: &doc.Created, KeyCreationTime: map[string]time.Time{"key1": doc.Created, "key2": doc.Created},
		PrimaryEndpoints: endpoints(doc.Name, "", a.Kind), PrimaryLocation: doc.Location,
		PrivateEndpointConnections: &[]string{}, ProvisioningState: doc.State, StatusOfPrimary: "available",
	}
	if pair := secondary(doc.Location); pair != "" && strings.Contains(a.SKU, "G") {
		p.SecondaryLocation, p.StatusOfSecondary = pair, "available"
		if strings.Contains(a.SKU, "RAG") {
			p.SecondaryEndpoints = endpoints(doc.Name, "-secondary", a.Kind)
			delete(p.SecondaryEndpoints, "file") // the secondary region does not serve files
		}
	}
	envelope := arm.Show(doc.Header)
	envelope.SystemData = nil
	tier, _, _ := strings.Cut(a.SKU, "_")
	return Body{Envelope: envelope, SKU: &SKU{Name: a.SKU, Tier: tier}, Kind: a.Kind, Properties: p}, nil
}

// Package registries implements the management plane of Microsoft.ContainerRegistry. Registries
// contain no images, because the sandbox's pods run none.
package registries

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"
	"time"

	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// TypeRegistry is the type token of registries.
const TypeRegistry = "Microsoft.ContainerRegistry/registries"

var versions = specs.Versions(TypeRegistry)

// Registry is the body of a stored registry.
type Registry struct {
	SKU           string      `json:"sku"`
	Admin         bool        `json:"admin,omitempty"`
	DataEndpoint  bool        `json:"dataEndpoint,omitempty"`
	Bypass        string      `json:"bypass"`
	Network       *NetworkSet `json:"network,omitempty"`
	Policies      Policies    `json:"policies"`
	PublicAccess  string      `json:"publicAccess"`
	ZoneRedundant string      `json:"zoneRedundant"`
}

// Provider serves registries.
type Provider struct {
	core *arm.Core
	typ  arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.typ = arm.Type{Name: TypeRegistry, Versions: versions, Taggable: true, Render: render, Put: p.put}
	core.Register(p.typ)
	return p
}

// Body is a registry in the form of the API.
type Body struct {
	arm.Envelope
	SKU        *SKU        `json:"sku,omitempty"`
	Properties *Properties `json:"properties,omitempty"`
}

// SKU is the pricing tier of a registry. The tier is read-only.
type SKU struct {
	Name string `json:"name,omitempty"`
	Tier string `json:"tier,omitempty"`
}

// Properties are the properties of a registry. Customer-managed keys are refused as unknown. The
// properties after zoneRedundancy are read-only.
type Properties struct {
	AdminUserEnabled         *bool       `json:"adminUserEnabled,omitempty"`
	DataEndpointEnabled      *bool       `json:"dataEndpointEnabled,omitempty"`
	NetworkRuleBypassOptions string      `json:"networkRuleBypassOptions,omitempty"`
	NetworkRuleSet           *NetworkSet `json:"networkRuleSet,omitempty"`
	Policies                 *Policies   `json:"policies,omitempty"`
	PublicNetworkAccess      string      `json:"publicNetworkAccess,omitempty"`
	ZoneRedundancy           string      `json:"zoneRedundancy,omitempty"`

	CreationDate               *time.Time        `json:"creationDate,omitempty"`
	DataEndpointHostNames      *[]string         `json:"dataEndpointHostNames,omitempty"`
	Encryption                 map[string]string `json:"encryption,omitempty"`
	LoginServer                string            `json:"loginServer,omitempty"`
	PrivateEndpointConnections *[]string         `json:"privateEndpointConnections,omitempty"`
	ProvisioningState          string            `json:"provisioningState,omitempty"`
}

// NetworkSet is the set of network rules of a registry.
type NetworkSet struct {
	DefaultAction string   `json:"defaultAction"`
	IPRules       []IPRule `json:"ipRules"`
}

// IPRule allows an address range.
type IPRule struct {
	Action string `json:"action"`
	Value  string `json:"value"`
}

// Policies are the policies of a registry.
type Policies struct {
	Quarantine *Policy `json:"quarantinePolicy,omitempty"`
	Trust      *Policy `json:"trustPolicy,omitempty"`
	Retention  *Policy `json:"retentionPolicy,omitempty"`
	Export     *Policy `json:"exportPolicy,omitempty"`
}

// Policy is one of the four policies, with the properties of all of them.
type Policy struct {
	Status          string     `json:"status,omitempty"`
	Type            string     `json:"type,omitempty"`
	Days            *int       `json:"days,omitempty"`
	LastUpdatedTime *time.Time `json:"lastUpdatedTime,omitempty"`
}

// registryName matches 5 to 50 letters and digits
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerregistry).
var registryName = regexp.MustCompile(`^[a-zA-Z0-9]{5,50}$`)

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	name := r.ID.Name()
	if !registryName.MatchString(name) {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "InvalidRegistryName",
			"The registry name '%s' is invalid. Registry names may contain only alpha numeric characters and must be between 5 and 50 characters.", name)
	}
	if body.SKU == nil || body.SKU.Name == "" {
		return arm.Response{}, arm.BadRequestf("The property 'sku.name' is required to create a registry.").At("sku.name")
	}
	if err := arm.Choice("sku.name", body.SKU.Name, "Basic", "Standard", "Premium"); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		body.Properties = &Properties{}
	}
	return arm.PutTracked(p.core, &p.typ, r, body.Envelope, func(tx *store.Tx, have *Registry) (Registry, error) {
		made := Registry{Bypass: "AzureServices", PublicAccess: "Enabled", ZoneRedundant: "Disabled"}
		if have != nil {
			made = *have
		} else {
			other, err := resource.FindByName[Registry](tx, TypeRegistry, name)
			if err != nil {
				return made, err
			}
			if other != nil {
				// Quoted in Azure/azure-cli#13951.
				return made, arm.Errorf(http.StatusConflict, "AlreadyInUse",
					"The registry DNS name %s is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability", loginServer(name))
			}
		}
		return apply(made, have != nil, body)
	})
}

func loginServer(name string) string { return strings.ToLower(name) + ".azurecr.io" }

// apply applies the properties of a request to a registry. It refuses the features of the Premium
// tier (https://learn.microsoft.com/azure/container-registry/container-registry-skus) for other
// tiers; the error code is inferred.
func apply(a Registry, exists bool, body Body) (Registry, error) {
	p := body.Properties
	if err := cmp.Or(
		arm.Choice("properties.networkRuleBypassOptions", p.NetworkRuleBypassOptions, "AzureServices", "None"),
		arm.Choice("properties.publicNetworkAccess", p.PublicNetworkAccess, "Enabled", "Disabled"),
		arm.Choice("properties.zoneRedundancy", p.ZoneRedundancy, "Enabled", "Disabled"),
	); err != nil {
		return a, err
	}
	if exists && p.ZoneRedundancy != "" && p.ZoneRedundancy != a.ZoneRedundant {
		return a, arm.BadRequestf("The zone redundancy of a registry cannot be changed.").At("properties.zoneRedundancy")
	}
	a.SKU = tier(body.SKU.Name)
	a.Admin = ptr.Deref(p.AdminUserEnabled, a.Admin)
	a.DataEndpoint = ptr.Deref(p.DataEndpointEnabled, a.DataEndpoint)
	a.Bypass = cmp.Or(p.NetworkRuleBypassOptions, a.Bypass)
	a.PublicAccess = cmp.Or(p.PublicNetworkAccess, a.PublicAccess)
	a.ZoneRedundant = cmp.Or(p.ZoneRedundancy, a.ZoneRedundant)
	if p.NetworkRuleSet != nil {
		if err := arm.Choice("properties.networkRuleSet.defaultAction", p.NetworkRuleSet.DefaultAction, "Allow", "Deny"); err != nil {
			return a, err
		}
		a.Network = p.NetworkRuleSet
	}
	if err := applyPolicies(&a.Policies, p.Policies); err != nil {
		return a, err
	}
	if a.SKU == "Premium" {
		return a, nil
	}
	for feature, used := range map[string]bool{
		"dataEndpointEnabled": a.DataEndpoint, "networkRuleSet": a.Network != nil, "zoneRedundancy": a.ZoneRedundant == "Enabled",
		"publicNetworkAccess": a.PublicAccess == "Disabled", "policies.retentionPolicy": enabled(a.Policies.Retention),
		"policies.trustPolicy": enabled(a.Policies.Trust), "policies.quarantinePolicy": enabled(a.Policies.Quarantine),
		"policies.exportPolicy": a.Policies.Export != nil && !enabled(a.Policies.Export),
	} {
		if used {
			return a, arm.Errorf(http.StatusBadRequest, "SkuNotSupported", "The property '%s' is not supported for the SKU %s. It needs Premium.", feature, a.SKU).At("properties." + feature)
		}
	}
	return a, nil
}

func enabled(p *Policy) bool { return p != nil && strings.EqualFold(p.Status, "enabled") }

// applyPolicies replaces the given policies.
func applyPolicies(have *Policies, want *Policies) error {
	if want == nil {
		return nil
	}
	check := func(name string, p *Policy) *arm.Error {
		return arm.Choice("properties.policies."+name+".status", ptr.Deref(p, Policy{}).Status, "enabled", "disabled")
	}
	if err := cmp.Or(
		check("quarantinePolicy", want.Quarantine), check("trustPolicy", want.Trust),
		check("retentionPolicy", want.Retention), check("exportPolicy", want.Export),
	); err != nil {
		return err
	}
	have.Quarantine = cmp.Or(want.Quarantine, have.Quarantine)
	have.Trust = cmp.Or(want.Trust, have.Trust)
	have.Retention = cmp.Or(want.Retention, have.Retention)
	have.Export = cmp.Or(want.Export, have.Export)
	if d := want.Retention; d != nil && d.Days != nil && (*d.Days < 0 || *d.Days > 365) {
		return arm.BadRequestf("The retention of %d days is invalid. It must be 0 to 365 days.", *d.Days).At("properties.policies.retentionPolicy.days")
	}
	return nil
}

// tier returns the name of a SKU in Azure's case.
func tier(name string) string { return strings.ToUpper(name[:1]) + strings.ToLower(name[1:]) }

func render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Registry](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	a := doc.Body
	p := &Properties{
		AdminUserEnabled: &a.Admin, DataEndpointEnabled: &a.DataEndpoint,
		NetworkRuleBypassOptions: a.Bypass, NetworkRuleSet: a.Network, PublicNetworkAccess: a.PublicAccess,
		Policies: a.Policies.withDefaults(doc.Created), ZoneRedundancy: a.ZoneRedundant,
		CreationDate: &doc.Created, DataEndpointHostNames: &[]string{}, Encryption: map[string]string{"status": "disabled"},
		LoginServer: loginServer(doc.Name), PrivateEndpointConnections: &[]string{}, ProvisioningState: doc.State,
	}
	if a.DataEndpoint {
		p.DataEndpointHostNames = &[]string{strings.ToLower(doc.Name) + "." + doc.Location + ".data.azurecr.io"}
	}
	return Body{Envelope: arm.Show(doc.Header), SKU: &SKU{Name: a.SKU, Tier: a.SKU}, Properties: p}, nil
}

// withDefaults returns the policies with Azure's defaults for those that were never set.
func (p Policies) withDefaults(created time.Time) *Policies {
	days := 7
	return &Policies{
		Quarantine: cmp.Or(p.Quarantine, &Policy{Status: "disabled"}),
		Trust:      cmp.Or(p.Trust, &Policy{Status: "disabled", Type: "Notary"}),
		Retention:  cmp.Or(p.Retention, &Policy{Status: "disabled", Days: &days, LastUpdatedTime: &created}),
		Export:     cmp.Or(p.Export, &Policy{Status: "enabled"}),
	}
}

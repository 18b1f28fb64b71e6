package networks

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Subnet is the body of a stored subnet.
type Subnet struct {
	Prefixes      []string     `json:"prefixes"`
	Many          bool         `json:"many,omitempty"` // whether the request had addressPrefixes
	Delegations   []Delegation `json:"delegations,omitempty"`
	Endpoints     []Endpoint   `json:"endpoints,omitempty"`
	PrivatePolicy string       `json:"privatePolicy"` // privateEndpointNetworkPolicies
	LinkPolicy    string       `json:"linkPolicy"`    // privateLinkServiceNetworkPolicies
	Outbound      *bool        `json:"outbound,omitempty"`
}

// SubnetBody is a subnet in the form of the API.
type SubnetBody struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Properties *SubnetProperties `json:"properties,omitempty"`
}

// SubnetProperties are the properties of a subnet. Security groups, route tables and gateways are
// refused as unknown, because the sandbox has none.
type SubnetProperties struct {
	AddressPrefix                     string       `json:"addressPrefix,omitempty"`
	AddressPrefixes                   []string     `json:"addressPrefixes,omitempty"`
	DefaultOutboundAccess             *bool        `json:"defaultOutboundAccess,omitempty"`
	Delegations                       []Delegation `json:"delegations"`
	PrivateEndpointNetworkPolicies    string       `json:"privateEndpointNetworkPolicies,omitempty"`
	PrivateLinkServiceNetworkPolicies string       `json:"privateLinkServiceNetworkPolicies,omitempty"`
	ServiceEndpoints                  []Endpoint   `json:"serviceEndpoints,omitempty"`
	ProvisioningState                 string       `json:"provisioningState,omitempty"` // read-only
}

// Delegation delegates a subnet to a service.
type Delegation struct {
	Name       string                `json:"name"`
	Properties *DelegationProperties `json:"properties,omitempty"`
}

// DelegationProperties name the service.
type DelegationProperties struct {
	ServiceName string `json:"serviceName"`
}

// Endpoint is a service endpoint of a subnet.
type Endpoint struct {
	Service   string   `json:"service"`
	Locations []string `json:"locations,omitempty"`
}

// readSubnet checks what depends on the request alone, and returns the subnet.
func readSubnet(name string, p *SubnetProperties) (Subnet, error) {
	if !subnetName.MatchString(name) {
		return Subnet{}, invalidName(name)
	}
	if p == nil || p.AddressPrefix == "" && len(p.AddressPrefixes) == 0 {
		return Subnet{}, arm.Errorf(http.StatusBadRequest, "InvalidRequestFormat", "Subnet '%s' has no address prefix.", name).At("properties.addressPrefix")
	}
	if err := cmp.Or(
		arm.Choice("properties.privateEndpointNetworkPolicies", p.PrivateEndpointNetworkPolicies,
			"Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"),
		arm.Choice("properties.privateLinkServiceNetworkPolicies", p.PrivateLinkServiceNetworkPolicies,
			"Enabled", "Disabled"),
	); err != nil {
		return Subnet{}, err
	}
	s := Subnet{
		Prefixes: p.AddressPrefixes, Many: len(p.AddressPrefixes) > 0,
		Delegations: p.Delegations, Endpoints: p.ServiceEndpoints, Outbound: p.DefaultOutboundAccess,
		PrivatePolicy: cmp.Or(p.PrivateEndpointNetworkPolicies, "Disabled"),
		LinkPolicy:    cmp.Or(p.PrivateLinkServiceNetworkPolicies, "Enabled"),
	}
	if p.AddressPrefix != "" {
		s.Prefixes, s.Many = []string{p.AddressPrefix}, false
	}
	for _, d := range p.Delegations {
		if d.Name == "" || d.Properties == nil || d.Properties.ServiceName == "" {
			return s, arm.Errorf(http.StatusBadRequest, "InvalidRequestFormat", "A delegation of subnet '%s' has no name or no service.", name).At("properties.delegations")
		}
	}
	return s, nil
}

func (p *Provider) subnetDocument(r *arm.Request, id, name string, body Subnet) resource.Document[Subnet] {
	now := p.core.Now().UTC()
	return resource.Document[Subnet]{Header: resource.Header{
		ID: id, Name: name, Type: TypeSubnet, State: resource.Succeeded,
		Created: now, Changed: now, CreatedBy: r.Caller.AppID, ChangedBy: r.Caller.AppID,
	}, Body: body}
}

// saveSubnet stores a subnet. An existing one keeps its time of creation and creator.
func saveSubnet(tx *store.Tx, doc *resource.Document[Subnet]) error {
	have, err := resource.LoadHeader(tx, doc.ID)
	if err != nil {
		return err
	}
	if have != nil {
		doc.ID, doc.Name, doc.Created, doc.CreatedBy = have.ID, have.Name, have.Created, have.CreatedBy
	}
	return resource.Save(tx, doc)
}

func (p *Provider) putSubnet(r *arm.Request) (arm.Response, error) {
	var body SubnetBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	made, err := readSubnet(r.ID.Name(), body.Properties)
	if err != nil {
		return arm.Response{}, err
	}
	status := http.StatusCreated
	networkID, _ := r.ID.Parent()
	err = p.core.Store.Update(func(tx *store.Tx) error {
		network, err := resource.Load[Network](tx, networkID)
		if err != nil {
			return err
		}
		if network == nil {
			return arm.Errorf(http.StatusNotFound, "ResourceNotFound", "The virtual network '%s' could not be found.", networkID)
		}
		space, err := parseSpace(network.Body.Prefixes)
		if err != nil {
			return err
		}
		doc := p.subnetDocument(r, network.ID+"/subnets/"+r.ID.Name(), r.ID.Name(), made)
		all, err := resource.All[Subnet](tx, network.ID, TypeSubnet)
		if err != nil {
			return err
		}
		others := slices.DeleteFunc(all, func(other resource.Document[Subnet]) bool {
			return resource.Key(other.ID) == resource.Key(doc.ID)
		})
		if len(others) < len(all) {
			status = http.StatusOK
		}
		// The subnet of the request comes last, so that the error for an overlap names it.
		if err := checkFit(network.Name, space, append(others, doc)); err != nil {
			return err
		}
		return saveSubnet(tx, &doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.subnet, r.ID.String(), status)
}

func (p *Provider) removeSubnet(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		header, err := resource.LoadHeader(tx, id)
		if err != nil || header == nil {
			return err
		}
		if err := checkUnused(tx, id, header.Name); err != nil {
			return err
		}
		return resource.RemoveTree(tx, id)
	})
}

func renderSubnet(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Subnet](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return showSubnet(*doc), nil
}

func showSubnet(doc resource.Document[Subnet]) SubnetBody {
	s := doc.Body
	p := &SubnetProperties{
		DefaultOutboundAccess: s.Outbound, Delegations: append([]Delegation{}, s.Delegations...),
		PrivateEndpointNetworkPolicies: s.PrivatePolicy, PrivateLinkServiceNetworkPolicies: s.LinkPolicy,
		ServiceEndpoints: s.Endpoints, ProvisioningState: doc.State,
	}
	if s.Many {
		p.AddressPrefixes = s.Prefixes
	} else {
		p.AddressPrefix = s.Prefixes[0]
	}
	return SubnetBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: p}
}

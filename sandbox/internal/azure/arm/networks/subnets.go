package networks

import (
	"context"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Subnet is the body of a stored subnet.
type Subnet struct {
	Prefixes      []string     `json:"prefixes"`
	Many          bool         `json:"many,omitempty"` // written as addressPrefixes
	Delegations   []Delegation `json:"delegations,omitempty"`
	Endpoints     []Endpoint   `json:"endpoints,omitempty"`
	PrivatePolicy string       `json:"privatePolicy"` // privateEndpointNetworkPolicies
	LinkPolicy    string       `json:"linkPolicy"`    // privateLinkServiceNetworkPolicies
	Outbound      *bool        `json:"outbound,omitempty"`
}

// SubnetBody is a subnet as the API shows it.
type SubnetBody struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Properties *SubnetProperties `json:"properties,omitempty"`
}

// SubnetProperties of a subnet. Security groups, route tables and gateways are refused as unknown: the sandbox has none.
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

// Delegation hands a subnet to a service.
type Delegation struct {
	Name       string                `json:"name"`
	Properties *DelegationProperties `json:"properties,omitempty"`
}

// DelegationProperties name the service.
type DelegationProperties struct {
	ServiceName string `json:"serviceName"`
}

// Endpoint lets a service be reached from a subnet.
type Endpoint struct {
	Service   string   `json:"service"`
	Locations []string `json:"locations,omitempty"`
}

// readSubnet checks what can be seen from the request alone.
func readSubnet(name string, p *SubnetProperties) (Subnet, error) {
	if !subnetName.MatchString(name) {
		return Subnet{}, invalidName(name)
	}
	if p == nil || p.AddressPrefix == "" && len(p.AddressPrefixes) == 0 {
		return Subnet{}, arm.Errorf(http.StatusBadRequest, "InvalidRequestFormat", "Subnet '%s' has no address prefix.", name).At("properties.addressPrefix")
	}
	for _, choice := range []*arm.Error{
		arm.Choice("properties.privateEndpointNetworkPolicies", p.PrivateEndpointNetworkPolicies, "Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"),
		arm.Choice("properties.privateLinkServiceNetworkPolicies", p.PrivateLinkServiceNetworkPolicies, "Enabled", "Disabled"),
	} {
		if choice != nil {
			return Subnet{}, choice
		}
	}
	s := Subnet{
		Prefixes: p.AddressPrefixes, Many: len(p.AddressPrefixes) > 0, Delegations: p.Delegations, Endpoints: p.ServiceEndpoints,
		PrivatePolicy: "Disabled", LinkPolicy: "Enabled", Outbound: p.DefaultOutboundAccess,
	}
	if p.AddressPrefix != "" {
		s.Prefixes, s.Many = []string{p.AddressPrefix}, false
	}
	if p.PrivateEndpointNetworkPolicies != "" {
		s.PrivatePolicy = p.PrivateEndpointNetworkPolicies
	}
	if p.PrivateLinkServiceNetworkPolicies != "" {
		s.LinkPolicy = p.PrivateLinkServiceNetworkPolicies
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
		ID: id, Name: name, Type: TypeSubnet, State: resource.Succeeded, Created: now, Changed: now, CreatedBy: r.Caller.AppID, ChangedBy: r.Caller.AppID,
	}, Body: body}
}

// saveSubnet stores a subnet, and keeps when it was made and by whom if it exists.
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
		others := all[:0]
		for _, other := range all {
			if resource.Key(other.ID) == resource.Key(doc.ID) {
				status = http.StatusOK
				continue
			}
			others = append(others, other)
		}
		// The new one last, so that it is the one that an overlap is blamed on.
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
		DefaultOutboundAccess: s.Outbound, Delegations: append([]Delegation{}, s.Delegations...), PrivateEndpointNetworkPolicies: s.PrivatePolicy,
		PrivateLinkServiceNetworkPolicies: s.LinkPolicy, ServiceEndpoints: s.Endpoints, ProvisioningState: doc.State,
	}
	if s.Many {
		p.AddressPrefixes = s.Prefixes
	} else {
		p.AddressPrefix = s.Prefixes[0]
	}
	return SubnetBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: p}
}

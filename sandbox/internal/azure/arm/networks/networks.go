// Package networks implements virtual networks and subnets of Microsoft.Network as far as clusters
// need them, in Azure Resource Manager only: no packets flow.
package networks

import (
	"context"
	"net/http"
	"regexp"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// Type tokens.
const (
	TypeNetwork = "Microsoft.Network/virtualNetworks"
	TypeSubnet  = TypeNetwork + "/subnets"
)

// clusterNamespace is the namespace of the only resources in the sandbox that are put into subnets.
const clusterNamespace = "Microsoft.ContainerService"

var versions = specs.Versions(TypeNetwork)

// Network is the body of a stored virtual network.
type Network struct {
	Prefixes []string `json:"prefixes"`
	DNS      []string `json:"dns,omitempty"`
	GUID     string   `json:"guid"`
}

// Provider serves virtual networks and subnets.
type Provider struct {
	core    *arm.Core
	network arm.Type
	subnet  arm.Type
}

// Register adds the provider to the core.
func Register(core *arm.Core) *Provider {
	p := &Provider{core: core}
	p.network = arm.Type{
		Name: TypeNetwork, Versions: versions, Taggable: true, Render: render, Put: p.put, Remove: p.removeNetwork,
	}
	p.subnet = arm.Type{
		Name: TypeSubnet, Versions: versions, Render: renderSubnet, Put: p.putSubnet, Remove: p.removeSubnet,
	}
	core.Register(p.network, p.subnet)
	return p
}

// Body is a virtual network in the form of the API.
type Body struct {
	arm.Envelope
	Properties *Properties `json:"properties,omitempty"`
}

// Properties are the properties of a virtual network. Those after subnets are read-only.
type Properties struct {
	AddressSpace         *AddressSpace `json:"addressSpace,omitempty"`
	DHCPOptions          *DHCPOptions  `json:"dhcpOptions,omitempty"`
	EnableDDoSProtection *bool         `json:"enableDdosProtection,omitempty"`
	Subnets              *[]SubnetBody `json:"subnets,omitempty"`

	ProvisioningState      string    `json:"provisioningState,omitempty"`
	ResourceGUID           string    `json:"resourceGuid,omitempty"`
	VirtualNetworkPeerings *[]string `json:"virtualNetworkPeerings,omitempty"`
}

// AddressSpace is the address space of a network.
type AddressSpace struct {
	AddressPrefixes []string `json:"addressPrefixes"`
}

// DHCPOptions are the DNS servers of a network.
type DHCPOptions struct {
	DNSServers []string `json:"dnsServers"`
}

// Names begin with a letter or digit and end with one or an underscore: 2 to 64 characters for a
// network, 1 to 80 for a subnet
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork).
var (
	networkName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}[a-zA-Z0-9_]$`)
	subnetName  = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,78}[a-zA-Z0-9_])?$`)
)

func invalidName(name string) *arm.Error {
	return arm.Errorf(http.StatusBadRequest, "InvalidResourceName",
		"Resource name %s is invalid. The name can be up to 80 characters long, 64 for a virtual network. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.", name)
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if !networkName.MatchString(r.ID.Name()) {
		return arm.Response{}, invalidName(r.ID.Name())
	}
	if body.Properties == nil || body.Properties.AddressSpace == nil || len(body.Properties.AddressSpace.AddressPrefixes) == 0 {
		return arm.Response{}, arm.Errorf(http.StatusBadRequest, "InvalidRequestFormat", "The property 'addressSpace.addressPrefixes' is required to create a virtual network.").At("properties.addressSpace")
	}
	if on := body.Properties.EnableDDoSProtection; on != nil && *on {
		return arm.Response{}, arm.BadRequestf("The sandbox has no DDoS protection plans: 'enableDdosProtection' cannot be true.").At("properties.enableDdosProtection")
	}
	space, err := parseSpace(body.Properties.AddressSpace.AddressPrefixes)
	if err != nil {
		return arm.Response{}, err
	}
	return arm.PutTracked(p.core, &p.network, r, body.Envelope, func(tx *store.Tx, have *Network) (Network, error) {
		made := Network{GUID: uuid.NewString()}
		if have != nil {
			made = *have
		}
		made.Prefixes = body.Properties.AddressSpace.AddressPrefixes
		if d := body.Properties.DHCPOptions; d != nil {
			made.DNS = d.DNSServers
		}
		return made, p.replaceSubnets(tx, r, space, body.Properties.Subnets)
	})
}

// replaceSubnets replaces the subnets by the list in a network's PUT. A subnet that the list lacks
// is deleted, unless it is in use. Without a list the subnets stay as they are ("Azure Virtual
// Network now supports updates without subnet property", Azure updates), and must still fit into
// the address space.
func (p *Provider) replaceSubnets(tx *store.Tx, r *arm.Request, space prefixes, list *[]SubnetBody) error {
	networkID := arm.CanonicalID(r.ID, TypeNetwork)
	have, err := resource.All[Subnet](tx, networkID, TypeSubnet)
	if err != nil {
		return err
	}
	if list == nil {
		return checkFit(r.ID.Name(), space, have)
	}
	wanted := map[string]bool{}
	var docs []resource.Document[Subnet]
	for _, body := range *list {
		made, err := readSubnet(body.Name, body.Properties)
		if err != nil {
			return err
		}
		id := networkID + "/subnets/" + body.Name
		if wanted[resource.Key(id)] {
			return arm.Errorf(http.StatusBadRequest, "DuplicateResourceName", "The subnet '%s' is in the list twice.", body.Name).At("properties.subnets")
		}
		wanted[resource.Key(id)] = true
		docs = append(docs, p.subnetDocument(r, id, body.Name, made))
	}
	for _, old := range have {
		if wanted[resource.Key(old.ID)] {
			continue
		}
		if err := checkUnused(tx, old.ID, old.Name); err != nil {
			return err
		}
		if err := resource.RemoveTree(tx, old.ID); err != nil {
			return err
		}
	}
	if err := checkFit(r.ID.Name(), space, docs); err != nil {
		return err
	}
	for i := range docs {
		if err := saveSubnet(tx, &docs[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkUnused refuses to delete a subnet that a cluster uses. Azure names the network interface;
// the sandbox names the cluster or pool.
func checkUnused(tx *store.Tx, id, name string) error {
	in, err := resource.References(tx, clusterNamespace, id)
	if err != nil || len(in) == 0 {
		return err
	}
	return arm.Errorf(http.StatusBadRequest, "InUseSubnetCannotBeDeleted",
		"Subnet %s is in use by %s and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.", name, in[0].ID)
}

func (p *Provider) removeNetwork(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		subnets, err := resource.All[Subnet](tx, id, TypeSubnet)
		if err != nil {
			return err
		}
		for _, s := range subnets {
			if err := checkUnused(tx, s.ID, s.Name); err != nil {
				return err
			}
		}
		return resource.RemoveTree(tx, id)
	})
}

func render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Network](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	subnets, err := resource.All[Subnet](tx, doc.ID, TypeSubnet)
	if err != nil {
		return nil, err
	}
	list := make([]SubnetBody, 0, len(subnets))
	for _, s := range subnets {
		list = append(list, showSubnet(s))
	}
	off := false
	p := &Properties{
		AddressSpace: &AddressSpace{AddressPrefixes: doc.Body.Prefixes}, EnableDDoSProtection: &off, Subnets: &list,
		ProvisioningState: doc.State, ResourceGUID: doc.Body.GUID, VirtualNetworkPeerings: &[]string{},
	}
	if doc.Body.DNS != nil {
		p.DHCPOptions = &DHCPOptions{DNSServers: doc.Body.DNS}
	}
	envelope := arm.Show(doc.Header)
	envelope.SystemData = nil
	return Body{Envelope: envelope, Properties: p}, nil
}

package clusters

import (
	"cmp"

	"k8s.io/utils/ptr"
)

// Network is the network profile of a cluster.
type Network struct {
	NetworkPlugin       string        `json:"networkPlugin,omitempty"`
	NetworkPluginMode   string        `json:"networkPluginMode,omitempty"`
	NetworkPolicy       string        `json:"networkPolicy,omitempty"`
	NetworkMode         string        `json:"networkMode,omitempty"`
	NetworkDataplane    string        `json:"networkDataplane,omitempty"`
	PodCIDR             string        `json:"podCidr,omitempty"`
	ServiceCIDR         string        `json:"serviceCidr,omitempty"`
	DNSServiceIP        string        `json:"dnsServiceIP,omitempty"`
	OutboundType        string        `json:"outboundType,omitempty"`
	LoadBalancerSKU     string        `json:"loadBalancerSku,omitempty"`
	LoadBalancerProfile *LoadBalancer `json:"loadBalancerProfile,omitempty"`
	NATGatewayProfile   *NATGateway   `json:"natGatewayProfile,omitempty"`
	PodCIDRs            []string      `json:"podCidrs,omitempty"`
	ServiceCIDRs        []string      `json:"serviceCidrs,omitempty"`
	IPFamilies          []string      `json:"ipFamilies,omitempty"`
}

// LoadBalancer is the profile of the load balancer of a cluster.
type LoadBalancer struct {
	ManagedOutboundIPs     *OutboundIPs `json:"managedOutboundIPs,omitempty"`
	BackendPoolType        string       `json:"backendPoolType,omitempty"`
	AllocatedOutboundPorts *int         `json:"allocatedOutboundPorts,omitempty"`
	IdleTimeoutInMinutes   *int         `json:"idleTimeoutInMinutes,omitempty"`
}

// OutboundIPs is the number of outbound addresses that AKS manages.
type OutboundIPs struct {
	Count     int `json:"count,omitempty"`
	CountIPv6 int `json:"countIPv6,omitempty"`
}

// NATGateway is the NAT gateway of a cluster with the outbound type managedNATGateway.
type NATGateway struct {
	ManagedOutboundIPProfile *NATOutboundIPs `json:"managedOutboundIPProfile,omitempty"`
	IdleTimeoutInMinutes     *int            `json:"idleTimeoutInMinutes,omitempty"`
}

// NATOutboundIPs is the number of outbound addresses that AKS manages for a NAT gateway.
type NATOutboundIPs struct {
	Count *int `json:"count,omitempty"`
}

// defaultNetwork returns the network of a cluster without a network profile: Azure CNI overlay
// (the recording that fillDefaults names).
func defaultNetwork() *Network {
	return &Network{NetworkPlugin: "azure", NetworkPluginMode: "overlay"}
}

// policyNoneSince is the first api-version that shows the network policy "none"; older ones show
// no policy.
const policyNoneSince = "2024-05-01"

// fillPolicy sets the network policy that AKS shows if none was requested.
func fillPolicy(n *Network, apiVersion string) {
	if apiVersion >= policyNoneSince {
		if in(n.NetworkPlugin, "azure") {
			n.NetworkDataplane = cmp.Or(n.NetworkDataplane, "azure")
		}
	}
}

// maxPods returns the number of pods a node that AKS sets if the request has none
// (https://learn.microsoft.com/azure/aks/quotas-skus-regions#service-quotas-and-limits; 250 with
// overlay is recorded, in the recording that fillDefaults names).
func (n *Network) maxPods(pool *AgentPool) int {
	switch {
	case in(n.NetworkPluginMode, "overlay") || in(n.NetworkPlugin, "none"):
		return 250
	case in(n.NetworkPlugin, "azure") && pool.PodSubnetID == "":
		return 30
	}
	return 110
}

// fillNetwork sets the defaults of AKS.
func fillNetwork(n *Network) {
	n.NetworkPlugin = cmp.Or(n.NetworkPlugin, "kubenet")
	if in(n.NetworkDataplane, "cilium") {
		// https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium
		n.NetworkPolicy = cmp.Or(n.NetworkPolicy, "cilium")
	}
	if in(n.NetworkPlugin, "azure") {
		n.NetworkDataplane = cmp.Or(n.NetworkDataplane, "azure")
	}
	n.LoadBalancerSKU = cmp.Or(n.LoadBalancerSKU, "standard")
	n.OutboundType = cmp.Or(n.OutboundType, "loadBalancer")
	n.ServiceCIDR = cmp.Or(n.ServiceCIDR, "10.0.0.0/16")
	n.DNSServiceIP = cmp.Or(n.DNSServiceIP, "10.0.0.10")
	if in(n.NetworkPlugin, "kubenet") || in(n.NetworkPluginMode, "overlay") {
		n.PodCIDR = cmp.Or(n.PodCIDR, "10.244.0.0/16")
	}
	if len(n.IPFamilies) == 0 {
		n.IPFamilies = []string{"IPv4"}
	}
	if len(n.ServiceCIDRs) == 0 {
		n.ServiceCIDRs = []string{n.ServiceCIDR}
	}
	if len(n.PodCIDRs) == 0 && n.PodCIDR != "" {
		n.PodCIDRs = []string{n.PodCIDR}
	}
	if n.LoadBalancerProfile == nil && in(n.OutboundType, "loadBalancer") && in(n.LoadBalancerSKU, "standard") {
		n.LoadBalancerProfile = &LoadBalancer{ManagedOutboundIPs: &OutboundIPs{Count: 1}}
	}
	if n.NATGatewayProfile == nil && in(n.OutboundType, "managedNATGateway") {
		// https://learn.microsoft.com/azure/aks/nat-gateway
		n.NATGatewayProfile = &NATGateway{
			ManagedOutboundIPProfile: &NATOutboundIPs{Count: ptr.To(1)}, IdleTimeoutInMinutes: ptr.To(4),
		}
	}
}

// changeNetwork applies a network profile. If the outbound type changes, the profile of the
// previous one is removed.
func changeNetwork(p *Properties, want *Network) {
	mergeInto(&p.NetworkProfile, want)
	if want == nil || want.OutboundType == "" {
		return
	}
	if !in(want.OutboundType, "loadBalancer") && want.LoadBalancerProfile == nil {
		p.NetworkProfile.LoadBalancerProfile = nil
	}
	if !in(want.OutboundType, "managedNATGateway") && want.NATGatewayProfile == nil {
		p.NetworkProfile.NATGatewayProfile = nil
	}
	fillNetwork(p.NetworkProfile)
}

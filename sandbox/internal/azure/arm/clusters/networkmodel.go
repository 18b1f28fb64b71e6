package clusters

// Network of a cluster.
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

// LoadBalancer of a cluster.
type LoadBalancer struct {
	ManagedOutboundIPs     *OutboundIPs `json:"managedOutboundIPs,omitempty"`
	BackendPoolType        string       `json:"backendPoolType,omitempty"`
	AllocatedOutboundPorts *int         `json:"allocatedOutboundPorts,omitempty"`
	IdleTimeoutInMinutes   *int         `json:"idleTimeoutInMinutes,omitempty"`
}

// OutboundIPs that AKS manages.
type OutboundIPs struct {
	Count     int `json:"count,omitempty"`
	CountIPv6 int `json:"countIPv6,omitempty"`
}

// NATGateway of a cluster whose outbound type is managedNATGateway.
type NATGateway struct {
	ManagedOutboundIPProfile *NATOutboundIPs `json:"managedOutboundIPProfile,omitempty"`
	IdleTimeoutInMinutes     *int            `json:"idleTimeoutInMinutes,omitempty"`
}

// NATOutboundIPs that AKS manages for a NAT gateway.
type NATOutboundIPs struct {
	Count *int `json:"count,omitempty"`
}

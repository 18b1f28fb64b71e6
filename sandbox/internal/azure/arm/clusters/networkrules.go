package clusters

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// checkAddresses refuses address ranges that
// https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning does not allow.
func checkAddresses(given *Network) error {
	if given == nil {
		return nil
	}
	n := *given
	fillNetwork(&n)
	service, err := netip.ParsePrefix(n.ServiceCIDR)
	if err != nil {
		return invalid("networkProfile.serviceCidr", "'%s' is not an address range in CIDR notation.", n.ServiceCIDR)
	}
	if service.Bits() < 12 {
		return invalid("networkProfile.serviceCidr", "The service address range '%s' must be smaller than /12.", n.ServiceCIDR)
	}
	dns, err := netip.ParseAddr(n.DNSServiceIP)
	if err != nil || net.ParseIP(n.DNSServiceIP) == nil {
		return invalid("networkProfile.dnsServiceIP", "'%s' is not an IP address.", n.DNSServiceIP)
	}
	if !service.Contains(dns) || dns == service.Masked().Addr().Next() || dns == service.Masked().Addr() {
		return invalid("networkProfile.dnsServiceIP", "The DNS service address '%s' must be within the service address range '%s' and not its first address, which is the API server's.", n.DNSServiceIP, n.ServiceCIDR)
	}
	if n.PodCIDR == "" {
		return nil
	}
	pods, err := netip.ParsePrefix(n.PodCIDR)
	if err != nil {
		return invalid("networkProfile.podCidr", "'%s' is not an address range in CIDR notation.", n.PodCIDR)
	}
	if pods.Overlaps(service) {
		return refusal("PodCidrOverlapServiceCidr", "networkProfile.podCidr", "The pod address range '%s' overlaps the service address range '%s'.", n.PodCIDR, n.ServiceCIDR)
	}
	return nil
}

// checkPlugin refuses combinations of plugin, data plane and policy that AKS does not support
// (https://learn.microsoft.com/azure/aks/concepts-network-cni-overview,
// …/azure-cni-powered-by-cilium, …/use-network-policies). The texts are inferred, and that the
// Cilium data plane does not support the policy engine of another.
func checkPlugin(n *Network, pools []AgentPool) error {
	const policy, plane = "networkProfile.networkPolicy", "networkProfile.networkDataplane"
	azureCNI, cilium := in(n.NetworkPlugin, "azure"), in(n.NetworkDataplane, "cilium")
	windows := slices.ContainsFunc(pools, func(p AgentPool) bool { return in(p.OSType, "Windows") })
	switch {
	case in(n.NetworkPluginMode, "overlay") && !azureCNI:
		return invalid("networkProfile.networkPluginMode", "The mode 'overlay' needs networkPlugin 'azure'.")
	case n.NetworkMode != "" && !azureCNI:
		return invalid("networkProfile.networkMode", "A network mode needs networkPlugin 'azure'.")
	case in(n.NetworkPlugin, "kubenet") && in(n.NetworkPolicy, "azure"):
		return refusal("NetworkPolicyAzureNotSupportedForKubenet", policy, "Network policy azure is not supported for network plugin kubenet.")
	case in(n.NetworkPlugin, "none") && !in(n.NetworkPolicy, "", "none"):
		return refusal("NetworkPolicyNotSupportedForNone", policy, "Network policy %s is not supported for network plugin none.", n.NetworkPolicy)
	case cilium && !azureCNI:
		return invalid(plane, "The data plane 'cilium' needs networkPlugin 'azure', not '%s'.", n.NetworkPlugin)
	case in(n.NetworkPolicy, "cilium") && !cilium:
		return invalid(policy, "The network policy 'cilium' needs networkDataplane 'cilium'.")
	case cilium && in(n.NetworkPolicy, "azure", "calico"):
		return invalid(policy, "The data plane 'cilium' enforces network policies itself; the policy engine is 'cilium', not '%s'.", n.NetworkPolicy)
	case cilium && windows:
		return invalid(plane, "The data plane 'cilium' is for Linux nodes only, and a pool runs Windows.")
	case windows && !azureCNI:
		return refusal("AzureCNIOnlyForWindows", "networkProfile.networkPlugin", "Windows agent pools can only be added to AKS clusters using Azure CNI, not networkPlugin '%s'.", n.NetworkPlugin)
	}
	return nil
}

// checkOutbound refuses outbound types that the subnets of the pools or the load balancer do not
// allow (https://learn.microsoft.com/azure/aks/egress-outboundtype, …/nat-gateway,
// …/use-multiple-node-pools#limitations).
func checkOutbound(n *Network, pools []AgentPool) error {
	const kind = "networkProfile.outboundType"
	custom := slices.ContainsFunc(pools, func(p AgentPool) bool { return p.VnetSubnetID != "" })
	zones := slices.ContainsFunc(pools, func(p AgentPool) bool { return len(p.AvailabilityZones) > 0 })
	publicIP := slices.ContainsFunc(pools, func(p AgentPool) bool { return on(p.EnableNodePublicIP) })
	basic := in(n.LoadBalancerSKU, "basic")
	switch {
	case basic && (!in(n.OutboundType, "loadBalancer") || n.LoadBalancerProfile != nil):
		return refusal("UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration", "networkProfile.loadBalancerSku",
			"The load balancer SKU must be Standard when a load balancer profile is provided, or the outbound type is '%s'.", n.OutboundType)
	case basic && (len(pools) > 1 || zones):
		return invalid("networkProfile.loadBalancerSku", "More than one pool, and availability zones, need the load balancer SKU 'standard'.")
	case in(n.OutboundType, "managedNATGateway") && custom:
		return refusal("ManagedNATGatewayWithCustomVNetNotAllowed", kind, "The outbound type managedNATGateway is not allowed when agent pools use a custom virtual network.")
	case in(n.OutboundType, "userAssignedNATGateway") && !custom:
		return refusal("UserAssignedNATGatewayWithManagedVNetNotAllowed", kind, "The outbound type userAssignedNATGateway needs agent pools in a custom virtual network (vnetSubnetID).")
	case in(n.OutboundType, "userDefinedRouting") && !custom:
		return invalid(kind, "The outbound type 'userDefinedRouting' needs agent pools in a subnet with a route table (vnetSubnetID).")
	case in(n.OutboundType, "userDefinedRouting") && n.LoadBalancerProfile != nil:
		return refusal("InvalidUserDefinedRoutingWithLoadBalancerProfile", "networkProfile.loadBalancerProfile", "A load balancer profile cannot be combined with the outbound type userDefinedRouting.")
	case in(n.OutboundType, "userDefinedRouting") && publicIP:
		return refusal("UDRWithNodePublicIPNotAllowed", kind, "The outbound type userDefinedRouting cannot be combined with public IP addresses of nodes.")
	case n.NATGatewayProfile != nil && !in(n.OutboundType, "managedNATGateway"):
		return invalid("networkProfile.natGatewayProfile", "A NAT gateway profile needs outboundType 'managedNATGateway', not '%s'.", n.OutboundType)
	}
	return nil
}

// checkSubnets refuses pools whose subnets cannot be combined
// (https://learn.microsoft.com/azure/aks/configure-azure-cni-dynamic-ip-allocation,
// …/use-multiple-node-pools). The texts are inferred.
func checkSubnets(n *Network, pools []AgentPool) error {
	first, inFirst := "", false
	for i, p := range pools {
		const own, pods = "agentPoolProfile.vnetSubnetID", "agentPoolProfile.podSubnetID"
		switch {
		case p.PodSubnetID != "" && (!in(n.NetworkPlugin, "azure") || in(n.NetworkPluginMode, "overlay")):
			return invalid(pods, "A subnet for pods needs networkPlugin 'azure' without the mode 'overlay'.")
		case p.PodSubnetID != "" && p.VnetSubnetID == "":
			return invalid(pods, "A subnet for pods needs a subnet for nodes (vnetSubnetID).")
		case p.PodSubnetID != "" && strings.EqualFold(p.PodSubnetID, p.VnetSubnetID):
			return invalid(pods, "The subnet for pods is the subnet for nodes; leave it out, or name another.")
		case p.PodSubnetID != "" && !strings.EqualFold(azure.ParentID(p.PodSubnetID), azure.ParentID(p.VnetSubnetID)):
			return invalid(pods, "The subnets for nodes and pods of the pool '%s' are in different virtual networks.", p.Name)
		}
		if i == 0 {
			first, inFirst = azure.ParentID(p.VnetSubnetID), p.VnetSubnetID != ""
			continue
		}
		if inFirst != (p.VnetSubnetID != "") {
			return invalid(own, "All or none of the agent pools should set a subnet.")
		}
		if !strings.EqualFold(first, azure.ParentID(p.VnetSubnetID)) {
			return invalid(own, "All agent pools of a cluster must be in one virtual network; the pool '%s' is in another.", p.Name)
		}
	}
	return nil
}

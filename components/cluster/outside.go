package cluster

// What others change in Azure. A refresh copies a property that has changed there into the
// resource's inputs, also one that the component never sets (azure-native 2.x,
// provider/pkg/provider/provider.go, Read). To the next update it would look removed: for some
// properties of a cluster that is a replacement (forceNewMap in provider/pkg/gen/replacement.go),
// for all others an update that changes nothing, because Azure keeps what a request leaves out.
// Ignored they stay as they are in Azure.

// clusterUnset are the inputs of a managed cluster that the component never sets.
var clusterUnset = []string{
	"autoScalerProfile", "azureMonitorProfile", "bootstrapProfile", "diskEncryptionSetID", "enablePodSecurityPolicy",
	"extendedLocation", "fqdnSubdomain", "httpProxyConfig", "ingressProfile", "linuxProfile", "metricsProfile",
	"nodeResourceGroupProfile", "podIdentityProfile", "privateLinkResources", "publicNetworkAccess", "serviceMeshProfile",
	"servicePrincipalProfile", "storageProfile", "upgradeSettings", "windowsProfile", "workloadAutoScalerProfile",
}

// networkUnset are the properties of a cluster's network that the component never sets.
var networkUnset = []string{
	"advancedNetworking", "ipFamilies", "loadBalancerProfile", "natGatewayProfile", "networkMode", "podCidrs", "serviceCidrs",
}

// poolUnset are the inputs of a node pool that the component never sets.
var poolUnset = []string{
	"capacityReservationGroupID", "creationData", "enableFIPS", "enableNodePublicIP", "enableUltraSSD", "gpuInstanceProfile",
	"gpuProfile", "hostGroupID", "kubeletConfig", "kubeletDiskType", "linuxOSConfig", "messageOfTheDay", "networkProfile",
	"nodePublicIPPrefixID", "powerState", "proximityPlacementGroupID", "scaleDownMode", "securityProfile", "windowsProfile",
	"workloadRuntime",
}

// ignored returns the inputs of the managed cluster whose changes the engine ignores.
func (args *ClusterArgs) ignored() []string {
	system := args.SystemPool
	if system == nil {
		system = &NodePoolArgs{}
	}
	ignored := below("agentPoolProfiles[0].", system.ignored())
	if args.DnsPrefix == nil {
		// The component made the prefix from its name. Another prefix replaces the cluster, so that
		// a component with a new name and an alias would replace it too.
		ignored = append(ignored, "dnsPrefix")
	}
	if args.Network == nil {
		// Everything in it is a default. Neither another default of a later version nor a migration
		// with "az aks update" may replace the cluster.
		ignored = append(ignored, "networkProfile")
	} else {
		ignored = append(ignored, below("networkProfile.", networkUnset)...)
	}
	return append(ignored, clusterUnset...)
}

// ignored returns the properties of a pool whose changes the engine ignores although the component
// may set them.
func (p *NodePoolArgs) ignored() []string {
	var ignored []string
	if p.autoScales() {
		ignored = append(ignored, "count") // the autoscaler's
	}
	if p.VmSize == nil {
		ignored = append(ignored, "vmSize") // AKS has chosen it; it cannot change
	}
	return ignored
}

// below returns the paths below a prefix.
func below(prefix string, paths []string) []string {
	all := make([]string, len(paths))
	for i, path := range paths {
		all[i] = prefix + path
	}
	return all
}

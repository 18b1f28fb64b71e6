package cluster

import (
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// defaultPoolName is the system pool's name.
	defaultPoolName = "system"
	// defaultVmSize has two cores and 8 GB, above AKS's minimum for system pools
	// (two cores, 4 GB).
	defaultVmSize = "Standard_D2s_v5"
	// defaultSystemCount keeps the cluster's own pods up while one node restarts.
	defaultSystemCount = 2
	// defaultUserCount is one node.
	defaultUserCount = 1

	// maxDNSPrefix is the longest DNS prefix that AKS accepts.
	maxDNSPrefix = 54
)

// managedCluster is the pure function from the component's arguments to those of
// the managed cluster.
func managedCluster(name string, resourceGroup pulumi.StringInput, args *ClusterArgs) *containerservice.ManagedClusterArgs {
	return &containerservice.ManagedClusterArgs{
		ResourceGroupName: resourceGroup,
		Location:          args.Location,
		KubernetesVersion: args.KubernetesVersion,
		DnsPrefix:         dnsPrefix(name, args),
		NodeResourceGroup: args.NodeResourceGroup,
		AgentPoolProfiles: containerservice.ManagedClusterAgentPoolProfileArray{systemPool(args)},
		EnableRBAC:        pulumi.Bool(true),
		Identity: &containerservice.ManagedClusterIdentityArgs{
			Type: containerservice.ResourceIdentityTypePtr("SystemAssigned"),
		},
		// AKS has no way back (400 OIDCIssuerFeatureCannotBeDisabled), so there is
		// no setting for it.
		OidcIssuerProfile: &containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)},
		// Said even when false: a property that is left out keeps its old value in
		// Azure, and the add-on could not be turned off.
		SecurityProfile: &containerservice.ManagedClusterSecurityProfileArgs{
			WorkloadIdentity: &containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{
				Enabled: pulumi.Bool(args.WorkloadIdentityAddon),
			},
		},
		NetworkProfile: networkProfile(),
		Sku:            sku(args),
		Tags:           args.Tags,
	}
}

// networkProfile is Azure CNI overlay with Cilium: pods have addresses of their
// own range, and network policy is enforced by the data plane. Policy is named
// because the Cilium data plane accepts no other.
// Source: learn.microsoft.com, "Configure Azure CNI Powered by Cilium in AKS".
func networkProfile() *containerservice.ContainerServiceNetworkProfileArgs {
	return &containerservice.ContainerServiceNetworkProfileArgs{
		NetworkPlugin:     pulumi.String("azure"),
		NetworkPluginMode: pulumi.String("overlay"),
		NetworkDataplane:  pulumi.String("cilium"),
		NetworkPolicy:     pulumi.String("cilium"),
		LoadBalancerSku:   pulumi.String("standard"),
		OutboundType:      pulumi.String("loadBalancer"),
		PodCidr:           pulumi.String("10.244.0.0/16"),
		ServiceCidr:       pulumi.String("10.0.0.0/16"),
		DnsServiceIP:      pulumi.String("10.0.0.10"),
	}
}

func sku(args *ClusterArgs) *containerservice.ManagedClusterSKUArgs {
	tier := args.SkuTier
	if tier == nil {
		tier = pulumi.String(TierFree)
	}
	return &containerservice.ManagedClusterSKUArgs{Name: pulumi.String("Base"), Tier: tier}
}

// systemPool is the pool that the cluster is created with.
func systemPool(args *ClusterArgs) *containerservice.ManagedClusterAgentPoolProfileArgs {
	pool := NodePoolArgs{}
	if args.SystemPool != nil {
		pool = *args.SystemPool
	}
	return &containerservice.ManagedClusterAgentPoolProfileArgs{
		Name:              pulumi.String(orDefault(pool.Name, defaultPoolName)),
		Mode:              pulumi.String(PoolModeSystem),
		Type:              pulumi.String("VirtualMachineScaleSets"),
		OsType:            pulumi.String(OSLinux),
		VmSize:            stringOr(pool.VmSize, defaultVmSize),
		Count:             intOr(pool.Count, defaultSystemCount),
		EnableAutoScaling: pulumi.Bool(pool.autoScales()),
		MinCount:          pool.MinCount,
		MaxCount:          pool.MaxCount,
		AvailabilityZones: pool.AvailabilityZones,
		NodeLabels:        pool.NodeLabels,
		NodeTaints:        pool.NodeTaints,
		OsDiskSizeGB:      pool.OsDiskSizeGB,
		MaxPods:           pool.MaxPods,
		Tags:              args.Tags,
	}
}

// agentPool is the pure function from a pool's arguments to those of its
// resource.
func agentPool(resourceGroup, cluster pulumi.StringInput, pool *NodePoolArgs, tags pulumi.StringMapInput) *containerservice.AgentPoolArgs {
	return &containerservice.AgentPoolArgs{
		ResourceGroupName: resourceGroup,
		ResourceName:      cluster,
		AgentPoolName:     pulumi.String(pool.Name),
		Mode:              pulumi.String(orDefault(pool.Mode, PoolModeUser)),
		Type:              pulumi.String("VirtualMachineScaleSets"),
		OsType:            pulumi.String(orDefault(pool.OsType, OSLinux)),
		VmSize:            stringOr(pool.VmSize, defaultVmSize),
		Count:             intOr(pool.Count, defaultUserCount),
		EnableAutoScaling: pulumi.Bool(pool.autoScales()),
		MinCount:          pool.MinCount,
		MaxCount:          pool.MaxCount,
		AvailabilityZones: pool.AvailabilityZones,
		NodeLabels:        pool.NodeLabels,
		NodeTaints:        pool.NodeTaints,
		OsDiskSizeGB:      pool.OsDiskSizeGB,
		MaxPods:           pool.MaxPods,
		Tags:              tags,
	}
}

func (p *NodePoolArgs) autoScales() bool { return p.MinCount != nil || p.MaxCount != nil }

// dnsPrefix is the given DNS prefix, or one made of the component's name: what
// AKS does not allow becomes a hyphen, and the rest is cut. It need not be
// unique, because AKS appends a hash.
func dnsPrefix(name string, args *ClusterArgs) pulumi.StringPtrInput {
	if args.DnsPrefix != nil {
		return args.DnsPrefix
	}
	prefix := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name)
	prefix = strings.TrimLeft(prefix, "-")
	prefix = strings.TrimRight(prefix[:min(len(prefix), maxDNSPrefix)], "-")
	return pulumi.String(orDefault(prefix, "aks"))
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func stringOr(in pulumi.StringPtrInput, fallback string) pulumi.StringPtrInput {
	if in == nil {
		return pulumi.String(fallback)
	}
	return in
}

func intOr(in pulumi.IntPtrInput, fallback int) pulumi.IntPtrInput {
	if in == nil {
		return pulumi.Int(fallback)
	}
	return in
}

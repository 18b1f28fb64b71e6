package cluster

import (
	"maps"
	"slices"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
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

	poolType = "VirtualMachineScaleSets"

	// spotKey and spotValue are label and taint of every spot node. AKS sets them;
	// they are said here as well, so that labels and taints of one's own do not ask
	// AKS to take them away. Source: learn.microsoft.com, "Add an Azure Spot node
	// pool to an Azure Kubernetes Service (AKS) cluster".
	spotKey   = "kubernetes.azure.com/scalesetpriority"
	spotValue = "spot"
	spotTaint = spotKey + "=" + spotValue + ":NoSchedule"
)

// systemPool is the pool that the cluster is created with.
func systemPool(args *ClusterArgs) *containerservice.ManagedClusterAgentPoolProfileArgs {
	pool := NodePoolArgs{}
	if args.SystemPool != nil {
		pool = *args.SystemPool
	}
	return &containerservice.ManagedClusterAgentPoolProfileArgs{
		Name:                   pulumi.String(orDefault(pool.Name, defaultPoolName)),
		Mode:                   pulumi.String(PoolModeSystem),
		Type:                   pulumi.String(poolType),
		OsType:                 pulumi.String(OSLinux),
		OsSKU:                  pool.sku(args.KubernetesVersion),
		VmSize:                 stringOr(pool.VmSize, defaultVmSize),
		Count:                  pool.nodes(defaultSystemCount),
		EnableAutoScaling:      pulumi.Bool(pool.autoScales()),
		MinCount:               pool.MinCount,
		MaxCount:               pool.MaxCount,
		AvailabilityZones:      pool.AvailabilityZones,
		NodeLabels:             pool.NodeLabels,
		NodeTaints:             pool.NodeTaints,
		OsDiskSizeGB:           pool.OsDiskSizeGB,
		OsDiskType:             pool.OsDiskType,
		MaxPods:                pool.MaxPods,
		VnetSubnetID:           pool.VnetSubnetId,
		PodSubnetID:            pool.PodSubnetId,
		OrchestratorVersion:    pool.OrchestratorVersion,
		EnableEncryptionAtHost: pool.EncryptionAtHost,
		UpgradeSettings:        pool.upgradeSettings(),
		Tags:                   args.Tags,
	}
}

// agentPool is the pure function from a pool's arguments to those of its
// resource.
func agentPool(resourceGroup, cluster pulumi.StringInput, pool *NodePoolArgs, args *ClusterArgs) *containerservice.AgentPoolArgs {
	a := &containerservice.AgentPoolArgs{
		ResourceGroupName:      resourceGroup,
		ResourceName:           cluster,
		AgentPoolName:          pulumi.String(pool.Name),
		Mode:                   pulumi.String(orDefault(pool.Mode, PoolModeUser)),
		Type:                   pulumi.String(poolType),
		OsType:                 pulumi.String(orDefault(pool.OsType, OSLinux)),
		OsSKU:                  pool.sku(args.KubernetesVersion),
		VmSize:                 stringOr(pool.VmSize, defaultVmSize),
		Count:                  pool.nodes(defaultUserCount),
		EnableAutoScaling:      pulumi.Bool(pool.autoScales()),
		MinCount:               pool.MinCount,
		MaxCount:               pool.MaxCount,
		AvailabilityZones:      pool.AvailabilityZones,
		NodeLabels:             pool.NodeLabels,
		NodeTaints:             pool.NodeTaints,
		OsDiskSizeGB:           pool.OsDiskSizeGB,
		OsDiskType:             pool.OsDiskType,
		MaxPods:                pool.MaxPods,
		VnetSubnetID:           pool.VnetSubnetId,
		PodSubnetID:            pool.PodSubnetId,
		OrchestratorVersion:    pool.OrchestratorVersion,
		EnableEncryptionAtHost: pool.EncryptionAtHost,
		UpgradeSettings:        pool.upgradeSettings(),
		Tags:                   args.Tags,
	}
	if a.VnetSubnetID == nil && args.SystemPool != nil {
		a.VnetSubnetID = args.SystemPool.VnetSubnetId
	}
	if pool.Spot != nil {
		a.ScaleSetPriority = pulumi.String("Spot")
		a.ScaleSetEvictionPolicy = stringOr(pool.Spot.EvictionPolicy, EvictionDelete)
		a.SpotMaxPrice = pool.Spot.MaxPrice
		if a.SpotMaxPrice == nil {
			a.SpotMaxPrice = pulumi.Float64(-1)
		}
		a.NodeLabels = spotLabels(pool.NodeLabels)
		a.NodeTaints = spotTaints(pool.NodeTaints)
	}
	return a
}

// sku is the node image. Windows Server 2022 is said, because AKS's own choice
// would change with the Kubernetes version, and containers run on their own
// Windows version only; where that image has ended, AKS chooses.
func (p *NodePoolArgs) sku(kubernetes pulumi.StringPtrInput) pulumi.StringPtrInput {
	if p.OsSku != nil || p.OsType != OSWindows {
		return p.OsSku
	}
	if v, ok := knownVersion(kubernetes); ok && v.minor >= windowsEnds[OSSkuWindows2022] {
		return nil
	}
	return pulumi.String(OSSkuWindows2022)
}

// nodes is the number of nodes: the given one, or the default, moved to between
// MinCount and MaxCount.
func (p *NodePoolArgs) nodes(byDefault int) pulumi.IntPtrInput {
	if p.Count != nil {
		return p.Count
	}
	if low, ok := known.Int(p.MinCount); ok && low > byDefault {
		return pulumi.Int(low)
	}
	if high, ok := known.Int(p.MaxCount); ok && high < byDefault {
		return pulumi.Int(high)
	}
	return pulumi.Int(byDefault)
}

func (p *NodePoolArgs) autoScales() bool { return p.MinCount != nil || p.MaxCount != nil }

func (p *NodePoolArgs) upgradeSettings() containerservice.AgentPoolUpgradeSettingsPtrInput {
	if p.MaxSurge == nil {
		return nil
	}
	return &containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: p.MaxSurge}
}

// spotLabels adds the label of spot nodes.
func spotLabels(in pulumi.StringMapInput) pulumi.StringMapInput {
	if in == nil {
		return pulumi.StringMap{spotKey: pulumi.String(spotValue)}
	}
	if given, ok := known.As[pulumi.StringMap](in); ok {
		all := maps.Clone(given)
		all[spotKey] = pulumi.String(spotValue)
		return all
	}
	return in.ToStringMapOutput().ApplyT(func(given map[string]string) map[string]string {
		all := map[string]string{spotKey: spotValue}
		maps.Copy(all, given)
		return all
	}).(pulumi.StringMapOutput)
}

// spotTaints adds the taint of spot nodes.
func spotTaints(in pulumi.StringArrayInput) pulumi.StringArrayInput {
	if in == nil {
		return pulumi.StringArray{pulumi.String(spotTaint)}
	}
	if given, ok := known.As[pulumi.StringArray](in); ok {
		return append(slices.Clone(given), pulumi.String(spotTaint))
	}
	return in.ToStringArrayOutput().ApplyT(func(given []string) []string {
		return append(slices.Clone(given), spotTaint)
	}).(pulumi.StringArrayOutput)
}

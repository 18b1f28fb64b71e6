package cluster

import (
	"cmp"
	"fmt"
	"regexp"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// NodePoolArgs describes a node pool.
type NodePoolArgs struct {
	// Name is the pool's name in Azure and in its URN: 1 to 12 lower-case letters and digits (6 for
	// Windows), starting with a letter. Required for NodePools. Default for SystemPool: "system".
	Name string `pulumi:"name"`
	// Mode is System or User. Default: System for SystemPool, User for NodePools. Pools of Windows
	// or spot nodes are always User pools.
	Mode PoolMode `pulumi:"mode,optional"`
	// OsType is Linux (the default) or Windows.
	OsType OsType `pulumi:"osType,optional"`
	// OsSku is the node image: Ubuntu (the default for Linux), AzureLinux, Windows2019 or
	// Windows2022 (the default for Windows before Kubernetes 1.35; from there on AKS chooses).
	OsSku pulumi.StringPtrInput `pulumi:"osSku,optional" enum:"OsSku"`
	// VmSize is the size of a node, such as "Standard_D4s_v5". A pool's size cannot change: another
	// one replaces a pool of NodePools, and is refused for SystemPool. Default: AKS chooses one for
	// which the subscription has quota in the region, and the pool keeps it. Source:
	// Azure/azure-powershell#27663.
	VmSize pulumi.StringPtrInput `pulumi:"vmSize,optional"`
	// Count is the number of nodes: 0 to 1000, at least 1 in a System pool. In a pool that scales
	// automatically it is the initial number, within MinCount and MaxCount: changes of it are
	// ignored, but every update of the pool sends it again. Default: 2 for SystemPool, 1 for
	// NodePools; for a pool that scales automatically none, which leaves the number to AKS.
	Count pulumi.IntPtrInput `pulumi:"count,optional" min:"0" max:"1000" unit:"nodes"`
	// MinCount lets the pool scale automatically: from MinCount to MaxCount nodes. Give both or
	// neither. Default: the pool has Count nodes.
	MinCount pulumi.IntPtrInput `pulumi:"minCount,optional" min:"0" max:"1000" unit:"nodes"`
	// MaxCount is the largest number of nodes of a pool that scales automatically; see MinCount.
	MaxCount pulumi.IntPtrInput `pulumi:"maxCount,optional" min:"1" max:"1000" unit:"nodes"`
	// AvailabilityZones are zone numbers: 1, 2 or 3. Default: none.
	AvailabilityZones pulumi.StringArrayInput `pulumi:"availabilityZones,optional" enum:"Zone"`
	// NodeLabels are Kubernetes labels of the nodes. The prefixes kubernetes.io/ and
	// kubernetes.azure.com/ are reserved. Default: none.
	NodeLabels pulumi.StringMapInput `pulumi:"nodeLabels,optional"`
	// NodeTaints are Kubernetes taints of the nodes, each "key=value:Effect". SystemPool can have
	// only CriticalAddonsOnly=true:NoSchedule. Default: none.
	NodeTaints pulumi.StringArrayInput `pulumi:"nodeTaints,optional"`
	// OsDiskSizeGB is the size of a node's disk in GB, 0 to 2048. Default: 0, the size that AKS has
	// for the VM size.
	OsDiskSizeGB pulumi.IntPtrInput `pulumi:"osDiskSizeGB,optional" min:"0" max:"2048" unit:"GB"`
	// OsDiskType is Managed or Ephemeral. Default: Ephemeral where the VM has room for it, else
	// Managed. It cannot change later.
	OsDiskType pulumi.StringPtrInput `pulumi:"osDiskType,optional" enum:"OsDiskType"`
	// MaxPods is the largest number of pods on a node, 10 to 250. Default: AKS's own, 250 with an
	// overlay network.
	MaxPods pulumi.IntPtrInput `pulumi:"maxPods,optional" min:"10" max:"250" unit:"pods"`
	// VnetSubnetId is the resource id of the nodes' subnet. All pools are in one virtual network.
	// Default: the subnet of SystemPool, and for that one a network that AKS creates.
	VnetSubnetId pulumi.StringPtrInput `pulumi:"vnetSubnetId,optional"`
	// PodSubnetId is the resource id of the pods' subnet, for the network plugin azure without
	// overlay. Default: pods get addresses of the nodes' subnet.
	PodSubnetId pulumi.StringPtrInput `pulumi:"podSubnetId,optional"`
	// Spot makes the nodes spot VMs, which Azure can take away at any time. Pods must tolerate
	// kubernetes.azure.com/scalesetpriority=spot:NoSchedule. Default: ordinary VMs.
	Spot *SpotArgs `pulumi:"spot,optional"`
	// MaxSurge is how many nodes an upgrade adds: a number, or a percentage of the pool such as
	// "33%". Default: AKS's own, 10%.
	MaxSurge pulumi.StringPtrInput `pulumi:"maxSurge,optional"`
	// OrchestratorVersion is the nodes' Kubernetes version, major.minor or major.minor.patch, not
	// above the control plane's. That of SystemPool can change only to the control plane's.
	// Default: KubernetesVersion, so that the pools are upgraded with the control plane; if that is
	// left out, the control plane's when the pool is created.
	OrchestratorVersion pulumi.StringPtrInput `pulumi:"orchestratorVersion,optional"`
	// EncryptionAtHost encrypts the VM host's temporary disks and caches, where VM size, region and
	// subscription support it. Default: false.
	EncryptionAtHost pulumi.BoolPtrInput `pulumi:"encryptionAtHost,optional"`
}

// PoolMode is a mode of a node pool.
type PoolMode string

// Modes of a node pool.
const (
	// PoolModeSystem pools run the cluster's own pods. A cluster needs one.
	PoolModeSystem PoolMode = "System"
	// PoolModeUser pools run workloads only.
	PoolModeUser PoolMode = "User"
)

var _ = arguments.Enum(PoolModeSystem, PoolModeUser)

// Zone is the number of an availability zone.
type Zone string

var _ = arguments.Enum[Zone]("1", "2", "3")

const (
	// defaultPoolName is the name of the system pool.
	defaultPoolName = "system"
	// defaultSystemCount keeps the cluster's own pods running while one node restarts.
	defaultSystemCount = azure.DefaultSystemNodes
	defaultUserCount   = azure.DefaultUserNodes
	// maxPoolNodes is the largest number of nodes of a pool. Source:
	// Microsoft.ContainerService/managedClusters/agentPools, property count.
	maxPoolNodes = 1000

	poolType = "VirtualMachineScaleSets"
)

// maxSurge matches a number or a percentage. Source: Microsoft.ContainerService,
// AgentPoolUpgradeSettings.maxSurge.
var maxSurge = regexp.MustCompile(`^([1-9][0-9]*|[1-9][0-9]?%|100%)$`)

// systemPool returns the profile of the pool that the cluster is created with.
func (args *ClusterArgs) systemPool() *containerservice.ManagedClusterAgentPoolProfileArgs {
	pool := cmp.Or(args.SystemPool, &NodePoolArgs{})
	return &containerservice.ManagedClusterAgentPoolProfileArgs{
		Name:                   pulumi.String(cmp.Or(pool.Name, defaultPoolName)),
		Mode:                   pulumi.String(PoolModeSystem),
		Type:                   pulumi.String(poolType),
		OsType:                 pulumi.String(OsLinux),
		OsSKU:                  pool.osSku(args.KubernetesVersion),
		VmSize:                 pool.VmSize,
		Count:                  pool.count(defaultSystemCount),
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
		OrchestratorVersion:    args.nodeVersion(pool),
		EnableEncryptionAtHost: pool.EncryptionAtHost,
		UpgradeSettings:        pool.upgradeSettings(),
		Tags:                   args.Tags,
	}
}

// agentPool returns the arguments of the resource of a further pool.
func (args *ClusterArgs) agentPool(at address, pool *NodePoolArgs) *containerservice.AgentPoolArgs {
	a := &containerservice.AgentPoolArgs{
		ResourceGroupName:      at.resourceGroup,
		ResourceName:           at.cluster,
		AgentPoolName:          pulumi.String(pool.Name),
		Mode:                   pulumi.String(cmp.Or(pool.Mode, PoolModeUser)),
		Type:                   pulumi.String(poolType),
		OsType:                 pulumi.String(cmp.Or(pool.OsType, OsLinux)),
		OsSKU:                  pool.osSku(args.KubernetesVersion),
		VmSize:                 pool.VmSize,
		Count:                  pool.count(defaultUserCount),
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
		OrchestratorVersion:    args.nodeVersion(pool),
		EnableEncryptionAtHost: pool.EncryptionAtHost,
		UpgradeSettings:        pool.upgradeSettings(),
		Tags:                   args.Tags,
	}
	if a.VnetSubnetID == nil && args.SystemPool != nil {
		a.VnetSubnetID = args.SystemPool.VnetSubnetId
	}
	if pool.Spot != nil {
		pool.Spot.apply(a)
	}
	return a
}

// count returns the given number of nodes, or the default. For a pool that scales automatically the
// default is none: every update of a pool, and for the system pool every update of the cluster,
// sends the number again, which is then not the one that the autoscaler has set. AKS requires none
// (Azure/AKS#1627).
func (p *NodePoolArgs) count(byDefault int) pulumi.IntPtrInput {
	if p.Count != nil || p.autoScales() {
		return p.Count
	}
	return pulumi.Int(byDefault)
}

// nodeVersion returns the Kubernetes version of a pool's nodes: its own, else the control plane's.
// Left out, the property keeps its value in Azure, and an upgrade of the control plane would leave
// the nodes behind. AKS accepts the control plane's version in an update of the cluster, and no
// other that differs from the pool's (NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged).
func (args *ClusterArgs) nodeVersion(p *NodePoolArgs) pulumi.StringPtrInput {
	if p.OrchestratorVersion != nil {
		return p.OrchestratorVersion
	}
	return args.KubernetesVersion
}

// maxNodes returns the largest number of nodes that the pool may have, or 0 if it is not known or
// out of range.
func (p *NodePoolArgs) maxNodes(byDefault int) int {
	in := p.Count
	if p.MaxCount != nil {
		in = p.MaxCount
	}
	if in == nil {
		return byDefault
	}
	most, _ := known.Int(in)
	if most > maxPoolNodes {
		return 0
	}
	return most
}

func (p *NodePoolArgs) autoScales() bool { return p.MinCount != nil || p.MaxCount != nil }

func (p *NodePoolArgs) upgradeSettings() containerservice.AgentPoolUpgradeSettingsPtrInput {
	if p.MaxSurge == nil {
		return nil
	}
	return &containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: p.MaxSurge}
}

// checkPools checks the pools, each by itself and against the others.
func (args *ClusterArgs) checkPools(l *problem.List) {
	systemName := defaultPoolName
	if p := args.SystemPool; p != nil {
		systemName = cmp.Or(p.Name, defaultPoolName)
		p.checkAsSystemPool(l)
		args.checkPool(l, "systemPool", p)
	}

	owners := map[string]problem.Path{systemName: "the system pool"}
	for i := range args.NodePools {
		p, path := &args.NodePools[i], problem.Path("nodePools").Index(i)
		l.AddError(path+".name", azure.ValidatePoolName(p.Name, p.OsType == OsWindows))
		if owner, taken := owners[p.Name]; taken && p.Name != "" {
			l.Add(path+".name", fmt.Sprintf("%s is called %q already", owner, p.Name), "give every pool of a cluster a different name")
		} else {
			owners[p.Name] = path
		}
		if p.OsType == OsWindows && p.Mode == PoolModeSystem {
			l.Add(path+".mode", fmt.Sprintf("a %s pool cannot be a %s pool", OsWindows, PoolModeSystem), fmt.Sprintf("AKS's own pods run on %s", OsLinux))
		}
		if p.Spot != nil && p.Mode == PoolModeSystem {
			l.Add(path+".spot", fmt.Sprintf("a %s pool cannot have spot nodes", PoolModeSystem), "Azure takes them away at any time")
		}
		args.checkPool(l, path, p)
	}
}

// checkAsSystemPool checks the rules for the pool that the cluster is created with.
func (p *NodePoolArgs) checkAsSystemPool(l *problem.List) {
	l.AddError("systemPool.name", azure.ValidatePoolName(cmp.Or(p.Name, defaultPoolName), false))
	if p.Mode != "" && p.Mode != PoolModeSystem {
		l.Add("systemPool.mode", fmt.Sprintf("the pool that the cluster is created with is a %s pool, not %q", PoolModeSystem, p.Mode), "AKS needs one to run its own pods")
	}
	if p.OsType != "" && p.OsType != OsLinux {
		l.Add("systemPool.osType", fmt.Sprintf("a system pool runs %s, not %q", OsLinux, p.OsType), "make a pool of nodePools for the others")
	}
	if p.Spot != nil {
		l.Add("systemPool.spot", "the pool that the cluster is created with cannot have spot nodes", "put them into nodePools")
	}
	taints, _ := known.As[pulumi.StringArray](p.NodeTaints)
	for i, in := range taints {
		if taint, ok := known.String(in); ok && taint != criticalTaint {
			l.Add(problem.Path("systemPool.nodeTaints").Index(i), fmt.Sprintf("the system pool can have no taint but %s", criticalTaint), "AKS's own pods tolerate no other")
		}
	}
}

func (args *ClusterArgs) checkPool(l *problem.List, path problem.Path, p *NodePoolArgs) {
	p.checkCounts(l, path, path == "systemPool" || p.Mode == PoolModeSystem)
	p.checkOsSku(l, path, args.KubernetesVersion)
	p.checkLabelsAndTaints(l, path)
	if surge, ok := known.String(p.MaxSurge); ok && !maxSurge.MatchString(surge) {
		l.Add(path+".maxSurge", fmt.Sprintf("%q is neither a number of nodes of at least 1 nor a percentage from 1%% to 100%%", surge), "write \"1\" or \"33%\", for example")
	}
	checkVersion(l, path+".orchestratorVersion", p.OrchestratorVersion)
	nodes, nodesOK := knownVersion(p.OrchestratorVersion)
	control, controlOK := knownVersion(args.KubernetesVersion)
	if nodesOK && controlOK && isNewer(nodes, control) {
		l.Add(path+".orchestratorVersion", "nodes cannot be newer than the control plane, which kubernetesVersion sets", "raise that, or leave orchestratorVersion out")
	}
	p.checkSpot(l, path)
}

func (p *NodePoolArgs) checkCounts(l *problem.List, path problem.Path, system bool) {
	count, countOK := known.Int(p.Count)
	minimum, minOK := known.Int(p.MinCount)
	maximum, maxOK := known.Int(p.MaxCount)
	noNode := func(at problem.Path) {
		l.Add(at, fmt.Sprintf("0 is outside 1 to %d nodes", maxPoolNodes), fmt.Sprintf("use 1 to %d", maxPoolNodes))
	}
	if system && countOK && count == 0 {
		noNode(path + ".count")
	}
	if system && minOK && minimum == 0 {
		noNode(path + ".minCount")
	}
	if (p.MinCount == nil) != (p.MaxCount == nil) {
		l.Add(path+".minCount", "minCount and maxCount belong together", "give both to let the pool scale by itself, or neither")
	}
	if minOK && maxOK && minimum > maximum {
		l.Add(path+".minCount", fmt.Sprintf("minCount %d is above maxCount %d", minimum, maximum), "exchange the two")
		return
	}
	if countOK && (minOK && count < minimum || maxOK && count > maximum) {
		l.Add(path+".count", fmt.Sprintf("count %d is not between minCount and maxCount", count), "AKS would refuse the pool")
	}
}

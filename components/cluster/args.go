package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Pool modes. Source: Microsoft.ContainerService/managedClusters/agentPools,
// property mode.
const (
	// PoolModeSystem pools run the cluster's own pods; a cluster needs one.
	PoolModeSystem = "System"
	// PoolModeUser pools run workloads only.
	PoolModeUser = "User"
)

// Operating systems of a pool's nodes.
const (
	OSLinux   = "Linux"
	OSWindows = "Windows"
)

// SKU tiers of the control plane. Source: Microsoft.ContainerService/managedClusters,
// property sku.tier.
const (
	TierFree     = "Free"
	TierStandard = "Standard"
	TierPremium  = "Premium"
)

// ClusterArgs describes a Cluster. Every field is optional. Field names follow
// Pulumi's Go SDKs (TenantId, not TenantID).
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type ClusterArgs struct {
	// ResourceGroupName is an existing resource group. Nil creates one.
	ResourceGroupName pulumi.StringPtrInput `pulumi:"resourceGroupName,optional"`
	// Location is an Azure region, such as "westeurope". Default: the provider's
	// location setting, else the resource group's region. It cannot change later:
	// another value replaces the cluster.
	Location pulumi.StringPtrInput `pulumi:"location,optional"`
	// KubernetesVersion is major.minor or major.minor.patch, such as "1.34".
	// Default: AKS's own default. Minor versions cannot be skipped on upgrade.
	KubernetesVersion pulumi.StringPtrInput `pulumi:"kubernetesVersion,optional"`
	// DnsPrefix is the first part of the API server's host name: 1 to 54 letters,
	// digits and hyphens, starting and ending with a letter or digit. AKS appends
	// a hash, so that it need not be unique. Default: the component's name, cut
	// to what is allowed. It cannot change later.
	DnsPrefix pulumi.StringPtrInput `pulumi:"dnsPrefix,optional"`
	// NodeResourceGroup is the name of the resource group that AKS makes for the
	// nodes. Default: MC_<resource group>_<cluster>_<location>. It cannot change
	// later.
	NodeResourceGroup pulumi.StringPtrInput `pulumi:"nodeResourceGroup,optional"`
	// SystemPool is the pool that the cluster is created with. Default: a pool
	// "system" of two Standard_D2s_v5 nodes.
	SystemPool *NodePoolArgs `pulumi:"systemPool,optional"`
	// NodePools are further pools, each a resource of its own, so that they can
	// come and go without touching the cluster. Their names must differ from each
	// other's and the system pool's.
	NodePools []NodePoolArgs `pulumi:"nodePools,optional"`
	// SkuTier is the control plane's tier: Free (the default, without an
	// availability agreement), Standard or Premium.
	SkuTier pulumi.StringPtrInput `pulumi:"skuTier,optional"`
	// WorkloadIdentityAddon installs the mutating webhook as AKS's managed add-on,
	// in kube-system, instead of WebhookRelease. The two must not stand side by
	// side: their cluster-scoped names are the same. It decides the graph's
	// shape, so it is a plain value. Default: false.
	WorkloadIdentityAddon bool `pulumi:"workloadIdentityAddon,optional"`
	// Tags go to every resource that Azure can tag.
	Tags pulumi.StringMapInput `pulumi:"tags,optional"`
}

// NodePoolArgs describes a node pool.
type NodePoolArgs struct {
	// Name is the pool's name in Azure and part of its URN: 1 to 12 lower-case
	// letters and digits (6 for Windows), starting with a letter. Required for
	// NodePools; the system pool's default is "system".
	Name string `pulumi:"name"`
	// Mode is PoolModeSystem or PoolModeUser. Default: System for the system
	// pool, User for the others. Windows pools are always User pools.
	Mode string `pulumi:"mode,optional"`
	// OsType is OSLinux (the default) or OSWindows.
	OsType string `pulumi:"osType,optional"`
	// VmSize is the size of a node. Default: Standard_D2s_v5.
	VmSize pulumi.StringPtrInput `pulumi:"vmSize,optional"`
	// Count is the number of nodes, or the initial number when the pool scales by
	// itself: 0 to 1000, at least 1 in a system pool. Default: 2 for the system
	// pool, 1 for the others.
	Count pulumi.IntPtrInput `pulumi:"count,optional"`
	// MinCount and MaxCount make the pool scale by itself between these numbers
	// of nodes; give both or neither.
	MinCount pulumi.IntPtrInput `pulumi:"minCount,optional"`
	// MaxCount: see MinCount.
	MaxCount pulumi.IntPtrInput `pulumi:"maxCount,optional"`
	// AvailabilityZones are zone numbers, such as "1". Default: none.
	AvailabilityZones pulumi.StringArrayInput `pulumi:"availabilityZones,optional"`
	// NodeLabels are Kubernetes labels of the pool's nodes.
	NodeLabels pulumi.StringMapInput `pulumi:"nodeLabels,optional"`
	// NodeTaints are Kubernetes taints, each "key=value:Effect".
	NodeTaints pulumi.StringArrayInput `pulumi:"nodeTaints,optional"`
	// OsDiskSizeGB is the size of a node's disk in GB, 0 to 2048. Default: what
	// AKS gives the VM size.
	OsDiskSizeGB pulumi.IntPtrInput `pulumi:"osDiskSizeGB,optional"`
	// MaxPods is the largest number of pods on a node, 10 to 250. Default: AKS's
	// own, 250 with an overlay network.
	MaxPods pulumi.IntPtrInput `pulumi:"maxPods,optional"`
}

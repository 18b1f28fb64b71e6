package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NodePoolArgs describes a node pool.
type NodePoolArgs struct {
	// Name is the pool's name in Azure and part of its URN: 1 to 12 lower-case
	// letters and digits (6 for Windows), starting with a letter. Required for
	// NodePools; the system pool's default is "system".
	Name string `pulumi:"name"`
	// Mode is System or User. Default: System for the system pool, User for the
	// others. Windows and spot pools are always User pools.
	Mode string `pulumi:"mode,optional" enum:"System,User"`
	// OsType is Linux (the default) or Windows.
	OsType string `pulumi:"osType,optional" enum:"Linux,Windows"`
	// OsSku is the node image: Ubuntu (the default for Linux), AzureLinux,
	// Windows2019 or Windows2022 (the default for Windows before Kubernetes 1.35;
	// from there on AKS chooses).
	OsSku pulumi.StringPtrInput `pulumi:"osSku,optional" enum:"Ubuntu,AzureLinux,Windows2019,Windows2022"`
	// VmSize is the size of a node. Default: Standard_D2s_v5.
	VmSize pulumi.StringPtrInput `pulumi:"vmSize,optional"`
	// Count is the number of nodes, or the initial number when the pool scales by
	// itself: 0 to 1000, at least 1 in a system pool. Default: 2 for the system
	// pool, 1 for the others, and within MinCount and MaxCount. Changes to an
	// initial number are ignored: AKS has set another one meanwhile.
	Count pulumi.IntPtrInput `pulumi:"count,optional" min:"0" max:"1000" unit:"nodes"`
	// MinCount and MaxCount make the pool scale by itself between these numbers
	// of nodes; give both or neither.
	MinCount pulumi.IntPtrInput `pulumi:"minCount,optional" min:"0" max:"1000" unit:"nodes"`
	// MaxCount: see MinCount.
	MaxCount pulumi.IntPtrInput `pulumi:"maxCount,optional" min:"1" max:"1000" unit:"nodes"`
	// AvailabilityZones are zone numbers, "1" to "3". Default: none.
	AvailabilityZones pulumi.StringArrayInput `pulumi:"availabilityZones,optional" enum:"1,2,3"`
	// NodeLabels are Kubernetes labels of the pool's nodes. The prefixes
	// kubernetes.io/ and kubernetes.azure.com/ are reserved.
	NodeLabels pulumi.StringMapInput `pulumi:"nodeLabels,optional"`
	// NodeTaints are Kubernetes taints, each "key=value:Effect". The system pool can
	// only have CriticalAddonsOnly=true:NoSchedule.
	NodeTaints pulumi.StringArrayInput `pulumi:"nodeTaints,optional"`
	// OsDiskSizeGB is the size of a node's disk in GB, 0 to 2048; 0 is the default
	// and means what AKS gives the VM size.
	OsDiskSizeGB pulumi.IntPtrInput `pulumi:"osDiskSizeGB,optional" min:"0" max:"2048" unit:"GB"`
	// OsDiskType is Managed or Ephemeral. Default: Ephemeral where the VM has room
	// for it, else Managed. It cannot change later.
	OsDiskType pulumi.StringPtrInput `pulumi:"osDiskType,optional" enum:"Managed,Ephemeral"`
	// MaxPods is the largest number of pods on a node, 10 to 250. Default: AKS's
	// own, 250 with an overlay network.
	MaxPods pulumi.IntPtrInput `pulumi:"maxPods,optional" min:"10" max:"250" unit:"pods"`
	// VnetSubnetId is the resource id of the nodes' subnet. Default: the system
	// pool's; and for that a network that AKS makes. All pools are in one virtual
	// network.
	VnetSubnetId pulumi.StringPtrInput `pulumi:"vnetSubnetId,optional"`
	// PodSubnetId is the resource id of the pods' subnet, for the plugin azure
	// without overlay. Default: pods get addresses of the nodes' subnet.
	PodSubnetId pulumi.StringPtrInput `pulumi:"podSubnetId,optional"`
	// Spot makes the nodes spot VMs, which Azure can take away at any time. Pods
	// must tolerate kubernetes.azure.com/scalesetpriority=spot:NoSchedule.
	Spot *SpotArgs `pulumi:"spot,optional"`
	// MaxSurge is how many nodes an upgrade adds: a number or a percentage of the
	// pool, such as "33%". Default: AKS's own, 10%.
	MaxSurge pulumi.StringPtrInput `pulumi:"maxSurge,optional"`
	// OrchestratorVersion is the nodes' Kubernetes version, major.minor or
	// major.minor.patch, not above the control plane's. Default: the control
	// plane's when the pool is created.
	OrchestratorVersion pulumi.StringPtrInput `pulumi:"orchestratorVersion,optional"`
	// EncryptionAtHost encrypts the VM host's temporary disks and caches. The VM
	// size, the region and the subscription must allow it, so that the default is
	// false.
	EncryptionAtHost pulumi.BoolPtrInput `pulumi:"encryptionAtHost,optional"`
}

// SpotArgs describes a pool of spot VMs. None of it can change later.
type SpotArgs struct {
	// MaxPrice is the highest price of a node in US dollars an hour, with at most
	// five decimal places. Default: -1, up to the price of an ordinary VM.
	MaxPrice pulumi.Float64PtrInput `pulumi:"maxPrice,optional"`
	// EvictionPolicy is Delete (the default) or Deallocate, which keeps the node
	// and its quota.
	EvictionPolicy pulumi.StringPtrInput `pulumi:"evictionPolicy,optional" enum:"Delete,Deallocate"`
}

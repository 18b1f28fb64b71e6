package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ClusterArgs describes a Cluster. Every field is optional. Field names follow
// Pulumi's Go SDKs (TenantId, not TenantID).
//
// The tags enum, min and max are what an editor's schema shows, and what Validate
// checks, in one place.
//
// There is no switch for the OIDC issuer: it is always on. AKS cannot turn it off
// again (400 OIDCIssuerFeatureCannotBeDisabled), and every federation rests on it.
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type ClusterArgs struct {
	// ResourceGroupName is an existing resource group. Nil creates one.
	ResourceGroupName pulumi.StringPtrInput `pulumi:"resourceGroupName,optional"`
	// ResourceName is the cluster's name in Azure: 1 to 63 letters, digits, hyphens
	// and underscores, starting and ending with a letter or digit. Default:
	// autonamed, so that no two environments clash. Another value replaces the
	// cluster; and whatever else replaces it needs another value too, because the new
	// cluster is created before the old one is deleted.
	ResourceName pulumi.StringPtrInput `pulumi:"resourceName,optional"`
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
	// nodes, at most 80 characters. Default: MC_<resource group>_<cluster>_<location>.
	// It cannot change later.
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
	SkuTier pulumi.StringPtrInput `pulumi:"skuTier,optional" enum:"Free,Standard,Premium"`
	// SupportPlan is KubernetesOfficial (the default) or AKSLongTermSupport, which
	// needs the tier Premium.
	SupportPlan pulumi.StringPtrInput `pulumi:"supportPlan,optional" enum:"KubernetesOfficial,AKSLongTermSupport"`
	// UpgradeChannel upgrades Kubernetes by itself: none (the default), patch,
	// stable, rapid or node-image. With stable and rapid leave KubernetesVersion
	// out, with patch write major.minor only: what AKS has upgraded, no "up" may
	// ask back.
	UpgradeChannel pulumi.StringPtrInput `pulumi:"upgradeChannel,optional" enum:"none,patch,stable,rapid,node-image"`
	// NodeOsUpgradeChannel keeps the nodes' operating system up to date: None,
	// Unmanaged, SecurityPatch or NodeImage (the default, AKS's own since API
	// 2023-06-01).
	NodeOsUpgradeChannel pulumi.StringPtrInput `pulumi:"nodeOsUpgradeChannel,optional" enum:"None,Unmanaged,SecurityPatch,NodeImage"`
	// MaintenanceWindows say when AKS may change the cluster by itself; each name
	// once. Default: any time.
	MaintenanceWindows []MaintenanceWindowArgs `pulumi:"maintenanceWindows,optional"`
	// ControlPlaneIdentityId is the resource id of a user-assigned identity for the
	// control plane. Nil gives it a system-assigned one. A subnet, route table or
	// private DNS zone of your own needs one that may use it (Network Contributor,
	// Private DNS Zone Contributor) before the cluster is created.
	ControlPlaneIdentityId pulumi.StringPtrInput `pulumi:"controlPlaneIdentityId,optional"`
	// KubeletIdentity is the identity with which nodes pull images. Nil lets AKS
	// create one in the node resource group.
	KubeletIdentity *KubeletIdentityArgs `pulumi:"kubeletIdentity,optional"`
	// ContainerRegistries are registries from which nodes may pull: each gives the
	// kubelet identity the role AcrPull.
	ContainerRegistries []ContainerRegistryArgs `pulumi:"containerRegistries,optional"`
	// Network is the cluster's network. Default: Azure CNI overlay with Cilium. In
	// azure-native 2.x any change to it replaces the cluster.
	Network *NetworkArgs `pulumi:"network,optional"`
	// ApiServer says who can reach the API server. Default: everybody, with
	// credentials; commands through Azure's "run command" are off.
	ApiServer *ApiServerArgs `pulumi:"apiServer,optional"`
	// Entra lets people and programs into the cluster with their Entra identities.
	// It cannot be turned off again. Default: Kubernetes credentials only.
	Entra *EntraArgs `pulumi:"entra,optional"`
	// DisableLocalAccounts takes away the certificate credentials, so that every
	// call has an Entra identity. Needs Entra. It decides which credentials work,
	// so it is a plain value. Default: false.
	DisableLocalAccounts bool `pulumi:"disableLocalAccounts,optional"`
	// Credentials is how the Kubernetes provider gets in: user (the default without
	// Entra), admin, or kubelogin (the default when Kubelogin is given). With Entra
	// it has to be one of the latter two.
	Credentials string `pulumi:"credentials,optional" enum:"user,admin,kubelogin"`
	// Kubelogin configures the credentials mode kubelogin, and is required for it.
	Kubelogin *KubeloginArgs `pulumi:"kubelogin,optional"`
	// WorkloadIdentityAddon installs the mutating webhook as AKS's managed add-on,
	// in kube-system, instead of WebhookRelease. The two must not stand side by
	// side: their cluster-scoped names are the same. It decides the graph's
	// shape, so it is a plain value. Default: false.
	WorkloadIdentityAddon bool `pulumi:"workloadIdentityAddon,optional"`
	// AddOns are AKS's other managed add-ons. What is left out is turned off.
	AddOns *AddOnsArgs `pulumi:"addOns,optional"`
	// Tags go to every resource that Azure can tag.
	Tags pulumi.StringMapInput `pulumi:"tags,optional"`
}

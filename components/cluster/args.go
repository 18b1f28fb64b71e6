package cluster

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// ClusterArgs describes a Cluster. Every field is optional.
//
// Fields of plain types decide which resources there are, or which other fields apply. All others
// are inputs, which may be outputs of other resources.
//
// The OIDC issuer has no field: it is always on. AKS cannot turn it off again (400
// OIDCIssuerFeatureCannotBeDisabled), and no workload can be federated without it.
//
//nolint:revive // the stutter keeps the name that the multi-language schema shows
type ClusterArgs struct {
	// ResourceGroupName is an existing resource group. Default: a new one.
	ResourceGroupName pulumi.StringPtrInput `pulumi:"resourceGroupName,optional"`
	// ClusterName is the cluster's name in Azure: 1 to 63 letters, digits, hyphens and underscores,
	// starting and ending with a letter or digit. Default: autonamed, so that the clusters of
	// several stacks have different names. Another name replaces the cluster. A cluster with a
	// given name can be replaced only together with its name, because the new cluster is created
	// before the old one is deleted.
	ClusterName pulumi.StringPtrInput `pulumi:"clusterName,optional"`
	// Location is an Azure region, such as "westeurope". Default: the provider's location setting,
	// else the resource group's region. Another location replaces the cluster.
	Location pulumi.StringPtrInput `pulumi:"location,optional"`
	// KubernetesVersion is major.minor or major.minor.patch, one that AKS offers in the region ("az
	// aks get-versions"). A newer one upgrades the control plane and then, one after another, the
	// pools that have no OrchestratorVersion of their own. An upgrade cannot skip a minor version.
	// Default: AKS's own when the cluster is created.
	KubernetesVersion pulumi.StringPtrInput `pulumi:"kubernetesVersion,optional"`
	// DnsPrefix is the first part of the API server's host name: 1 to 54 letters, digits and
	// hyphens, starting and ending with a letter or digit. AKS appends a hash, so that it need not
	// be unique. Default: the component's name, cut to what is allowed. Another prefix replaces the
	// cluster.
	DnsPrefix pulumi.StringPtrInput `pulumi:"dnsPrefix,optional"`
	// NodeResourceGroup is the name of the resource group that AKS creates for the nodes, at most
	// 80 characters. Default: MC_<resource group>_<cluster>_<location>. Another name replaces the
	// cluster.
	NodeResourceGroup pulumi.StringPtrInput `pulumi:"nodeResourceGroup,optional"`
	// SystemPool is the pool that the cluster is created with. Default: a pool "system" of two
	// nodes.
	SystemPool *NodePoolArgs `pulumi:"systemPool,optional"`
	// NodePools are further pools. Each is a resource, which can be added and removed without a
	// change to the cluster. They are created and changed one after another, in the order of the
	// list. No two pools have the same name. Default: none.
	NodePools []NodePoolArgs `pulumi:"nodePools,optional"`
	// SkuTier is the control plane's tier: Free (the default, without an availability agreement),
	// Standard or Premium.
	SkuTier pulumi.StringPtrInput `pulumi:"skuTier,optional" enum:"SkuTier"`
	// SupportPlan is KubernetesOfficial (the default) or AKSLongTermSupport, which needs the tier
	// Premium.
	SupportPlan pulumi.StringPtrInput `pulumi:"supportPlan,optional" enum:"SupportPlan"`
	// UpgradeChannel lets AKS upgrade Kubernetes: none (the default), patch, stable, rapid or
	// node-image. Leave KubernetesVersion out with stable and rapid, and write major.minor with
	// patch, so that no update asks AKS for a lower version than the one that it has upgraded to.
	UpgradeChannel pulumi.StringPtrInput `pulumi:"upgradeChannel,optional" enum:"UpgradeChannel"`
	// NodeOsUpgradeChannel keeps the nodes' operating system up to date: None, Unmanaged,
	// SecurityPatch or NodeImage (the default, as AKS's own since API version 2023-06-01).
	NodeOsUpgradeChannel pulumi.StringPtrInput `pulumi:"nodeOsUpgradeChannel,optional" enum:"NodeOsUpgradeChannel"`
	// MaintenanceWindows limit when AKS changes the cluster automatically, each name once. Default:
	// at any time.
	MaintenanceWindows []MaintenanceWindowArgs `pulumi:"maintenanceWindows,optional"`
	// ControlPlaneIdentityId is the resource id of a user-assigned identity for the control plane.
	// Default: a system-assigned identity. An existing subnet, route table or private DNS zone
	// needs a user-assigned one that has access to it (Network Contributor, Private DNS Zone
	// Contributor) before the cluster is created.
	ControlPlaneIdentityId pulumi.StringPtrInput `pulumi:"controlPlaneIdentityId,optional"`
	// KubeletIdentity is the identity with which nodes pull images. Default: AKS creates one in the
	// node resource group.
	KubeletIdentity *KubeletIdentityArgs `pulumi:"kubeletIdentity,optional"`
	// ContainerRegistries are registries from which nodes pull images: the kubelet identity gets
	// the role AcrPull on each. Default: none.
	ContainerRegistries []ContainerRegistryArgs `pulumi:"containerRegistries,optional"`
	// Network is the cluster's network. In azure-native 2.x any change to it replaces the cluster.
	// Default: Azure CNI overlay with Cilium; a cluster that has another network keeps it.
	Network *NetworkArgs `pulumi:"network,optional"`
	// ApiServer limits who can reach the API server. Default: everybody with credentials. Azure's
	// "run command" is off.
	ApiServer *ApiServerArgs `pulumi:"apiServer,optional"`
	// Entra lets people and programs sign in to the cluster with their Entra identities. It cannot
	// be turned off again. Default: Kubernetes credentials only.
	Entra *EntraArgs `pulumi:"entra,optional"`
	// DisableLocalAccounts turns the certificate credentials off, so that every call has an Entra
	// identity. It needs Entra. Default: false.
	DisableLocalAccounts bool `pulumi:"disableLocalAccounts,optional"`
	// Credentials is the way in which the Kubernetes provider signs in: user (the default without
	// Entra), admin, or kubelogin (the default with Kubelogin). With Entra it is admin or
	// kubelogin.
	Credentials CredentialMode `pulumi:"credentials,optional"`
	// Kubelogin configures the credentials kubelogin, which require it.
	Kubelogin *KubeloginArgs `pulumi:"kubelogin,optional"`
	// WorkloadIdentityAddon installs the mutating webhook as AKS's managed add-on, in kube-system,
	// instead of a WebhookRelease. A cluster cannot have both, because their cluster-scoped objects
	// have the same names. Default: false.
	WorkloadIdentityAddon bool `pulumi:"workloadIdentityAddon,optional"`
	// Addons are AKS's other managed add-ons. What is left out is turned off, unless it is among
	// addons.unmanaged.
	Addons *AddonsArgs `pulumi:"addons,optional"`
	// Protect lets the engine refuse every update that would delete or replace the cluster, or its
	// resource group if the component makes one. Pools and everything else can change. The resource
	// option Protect would protect all of them. Default: false; in a stack file true, unless the
	// stack is named local or local-….
	Protect bool `pulumi:"protect,optional"`
	// Tags are given to every resource that can have tags in Azure. Default: none.
	Tags pulumi.StringMapInput `pulumi:"tags,optional"`
}

const (
	// maxDNSPrefix is the longest DNS prefix that AKS accepts.
	maxDNSPrefix = 54
	// maxNodeResourceGroup is the longest name of a node resource group. Source:
	// learn.microsoft.com, "Frequently asked questions about AKS".
	maxNodeResourceGroup = 80
)

// Validate reports all problems with the arguments of the cluster of that name, as far as their
// values are known, in one error that unwraps to *errors.InputPropertiesError. It registers
// nothing. NewCluster calls it.
func (args *ClusterArgs) Validate(name string) error {
	if args == nil {
		return nil
	}
	var l problem.List
	arguments.Check(&l, "", args)
	args.checkNames(&l)
	args.checkVersions(&l)
	args.checkPools(&l)
	args.checkNetwork(&l)
	args.checkRanges(&l)
	args.checkAPIServer(&l)
	args.checkIdentities(&l)
	args.checkRegistries(&l)
	args.checkAccess(&l)
	args.checkAddons(&l)
	args.checkMaintenance(&l)
	return arguments.Err("cluster", name, &l)
}

// checkNames checks the names of the cluster and of its resource groups.
func (args *ClusterArgs) checkNames(l *problem.List) {
	if group, ok := known.String(args.ResourceGroupName); ok {
		l.AddError("resourceGroupName", problem.Or(azure.ValidateResourceName(azure.TypeResourceGroup, group), "leave it out to create one"))
	}
	checkName(l, "clusterName", azure.TypeManagedCluster, args.ClusterName)
	if prefix, ok := known.String(args.DnsPrefix); ok {
		l.AddError("dnsPrefix", azure.ValidateDNSPrefix(prefix))
	}
	checkName(l, "nodeResourceGroup", azure.TypeResourceGroup, args.NodeResourceGroup)
	if group, ok := known.String(args.NodeResourceGroup); ok && utf8.RuneCountInString(group) > maxNodeResourceGroup {
		l.Add("nodeResourceGroup", fmt.Sprintf("the name has %d characters", utf8.RuneCountInString(group)), fmt.Sprintf("AKS allows at most %d", maxNodeResourceGroup))
	}
}

// checkName checks the name of a resource of that type, if it is known.
func checkName(l *problem.List, path problem.Path, resourceType string, in any) {
	if name, ok := known.String(in); ok {
		l.AddError(path, azure.ValidateResourceName(resourceType, name))
	}
}

// checkID checks the id of a resource of that type, if it is known.
func checkID(l *problem.List, path problem.Path, in any, resourceType string) {
	if id, ok := known.String(in); ok {
		l.AddError(path, azure.ValidateResourceID(id, resourceType))
	}
}

// checkGUID checks the id of something in Entra, if it is known.
func checkGUID(l *problem.List, path problem.Path, in any) {
	if id, ok := known.String(in); ok && !azure.IsGUID(id) {
		l.Add(path, fmt.Sprintf("%q is not a GUID", id), "give the id, not the name")
	}
}

// managedCluster returns the arguments of the managed cluster of the component of that name.
//
// It sets every property that can be turned off again, because a property that a request leaves out
// keeps its value in Azure.
func (args *ClusterArgs) managedCluster(name string, resourceGroup pulumi.StringInput) *containerservice.ManagedClusterArgs {
	return &containerservice.ManagedClusterArgs{
		ResourceGroupName:      resourceGroup,
		ResourceName:           args.ClusterName,
		Location:               args.Location,
		KubernetesVersion:      args.KubernetesVersion,
		DnsPrefix:              args.dnsPrefix(name),
		NodeResourceGroup:      args.NodeResourceGroup,
		AgentPoolProfiles:      containerservice.ManagedClusterAgentPoolProfileArray{args.systemPool()},
		EnableRBAC:             pulumi.Bool(true),
		Identity:               args.controlPlaneIdentity(),
		IdentityProfile:        args.KubeletIdentity.profile(),
		OidcIssuerProfile:      &containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)},
		SecurityProfile:        args.securityProfile(),
		AddonProfiles:          args.Addons.profiles(),
		NetworkProfile:         args.networkProfile(),
		ApiServerAccessProfile: args.ApiServer.profile(),
		AadProfile:             args.Entra.profile(),
		DisableLocalAccounts:   pulumi.Bool(args.DisableLocalAccounts),
		AutoUpgradeProfile:     args.upgradeProfile(),
		Sku: &containerservice.ManagedClusterSKUArgs{
			Name: pulumi.String("Base"),
			Tier: inputs.StringOr(args.SkuTier, TierFree),
		},
		SupportPlan: inputs.StringOr(args.SupportPlan, SupportOfficial),
		Tags:        args.Tags,
	}
}

// dnsPrefix returns the given DNS prefix, or the component's name, in which a hyphen replaces what
// AKS does not allow, cut to the length that AKS allows.
func (args *ClusterArgs) dnsPrefix(name string) pulumi.StringPtrInput {
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
	return pulumi.String(cmp.Or(prefix, "aks"))
}

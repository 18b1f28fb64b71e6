package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// EntraArgs lets Entra identities into the cluster. Somebody must be let in:
// AdminGroupObjectIds, AzureRbac or both.
type EntraArgs struct {
	// AdminGroupObjectIds are the object ids (GUIDs) of Entra groups whose members
	// administer the cluster.
	AdminGroupObjectIds pulumi.StringArrayInput `pulumi:"adminGroupObjectIds,optional"`
	// AzureRbac lets Azure role assignments decide who may do what in the cluster,
	// such as "Azure Kubernetes Service RBAC Cluster Admin". A deployer that uses
	// kubelogin needs one before the first "up" reaches the cluster, so that the
	// default is false.
	AzureRbac pulumi.BoolPtrInput `pulumi:"azureRbac,optional"`
	// TenantId is the Entra tenant, a GUID. Default: the subscription's.
	TenantId pulumi.StringPtrInput `pulumi:"tenantId,optional"`
}

// KubeloginArgs configures the credentials mode kubelogin. The program kubelogin
// must be on the PATH of whoever deploys; nothing of its login is stored.
type KubeloginArgs struct {
	// Login is azurecli, workloadidentity, spn (with its secret in the deployer's
	// environment) or msi. Required.
	Login string `pulumi:"login" enum:"azurecli,workloadidentity,spn,msi"`
	// ClientId is the client id (GUID) of the identity to use, for every login but
	// azurecli. Default: AZURE_CLIENT_ID, or the machine's own identity for msi.
	ClientId pulumi.StringPtrInput `pulumi:"clientId,optional"`
	// ServerId is the application id of AKS's Entra server. Default: the one that
	// the kubeconfig names, else 6dae42f8-4368-4678-94ff-3960e28e3630, the same in
	// every tenant.
	ServerId pulumi.StringPtrInput `pulumi:"serverId,optional"`
}

// KubeletIdentityArgs is a user-assigned identity for the nodes. AKS wants all
// three of its ids, needs ControlPlaneIdentityId beside it, and replaces the nodes
// if it changes.
type KubeletIdentityArgs struct {
	// IdentityId is the identity's resource id. Required.
	IdentityId pulumi.StringInput `pulumi:"identityId"`
	// ClientId is its client id, a GUID. Required.
	ClientId pulumi.StringInput `pulumi:"clientId"`
	// ObjectId is its principal id, a GUID. Required.
	ObjectId pulumi.StringInput `pulumi:"objectId"`
	// ControlPlanePrincipalId is the principal id (GUID) of ControlPlaneIdentityId,
	// which must be Managed Identity Operator of the kubelet identity before the
	// cluster is created. If it is given, the component makes that assignment
	// first; else it is the caller's to make.
	ControlPlanePrincipalId pulumi.StringPtrInput `pulumi:"controlPlanePrincipalId,optional"`
}

// ContainerRegistryArgs names a registry from which nodes may pull images.
type ContainerRegistryArgs struct {
	// Key names the registry in URNs: 1 to 63 letters, digits, hyphens and
	// underscores, each key once. Required.
	Key string `pulumi:"key"`
	// Id is the registry's resource id. The deployer must be allowed to assign
	// roles on it. Required.
	Id pulumi.StringInput `pulumi:"id"`
}

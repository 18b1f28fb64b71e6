package cluster

import (
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// EntraArgs lets Entra identities sign in to the cluster: members of AdminGroupObjectIds, those
// that AzureRbac permits, or both. One of the two is required.
type EntraArgs struct {
	// AdminGroupObjectIds are the object ids (GUIDs) of Entra groups whose members administer the
	// cluster. Default: none.
	AdminGroupObjectIds pulumi.StringArrayInput `pulumi:"adminGroupObjectIds,optional"`
	// AzureRbac grants access to the cluster by Azure role assignments, such as "Azure Kubernetes
	// Service RBAC Cluster Admin". A deployer that uses kubelogin needs such a role before the
	// first update. Default: false.
	AzureRbac pulumi.BoolPtrInput `pulumi:"azureRbac,optional"`
	// TenantId is the Entra tenant, a GUID. Default: the subscription's.
	TenantId pulumi.StringPtrInput `pulumi:"tenantId,optional"`
}

// KubeletIdentityArgs names a user-assigned identity for the nodes. AKS requires all three of its
// ids, needs ControlPlaneIdentityId with it, and replaces the nodes if it changes.
type KubeletIdentityArgs struct {
	// IdentityId is the identity's resource id. Required.
	IdentityId pulumi.StringInput `pulumi:"identityId"`
	// ClientId is the identity's client id, a GUID. Required.
	ClientId pulumi.StringInput `pulumi:"clientId"`
	// ObjectId is the identity's principal id, a GUID. Required.
	ObjectId pulumi.StringInput `pulumi:"objectId"`
	// ControlPlanePrincipalId is the principal id (GUID) of ControlPlaneIdentityId, which needs the
	// role Managed Identity Operator on the kubelet identity before the cluster is created. The
	// component assigns that role if the id is given. Default: the caller assigns it.
	ControlPlanePrincipalId pulumi.StringPtrInput `pulumi:"controlPlanePrincipalId,optional"`
}

// nodeIdentityKey is the key of the kubelet identity in AKS's identity profile.
const nodeIdentityKey = "kubeletidentity"

// profile returns the managed integration, in which AKS runs the server application. AKS has no
// other any more. Source: learn.microsoft.com, "Enable managed identity authentication on AKS with
// Microsoft Entra ID".
func (e *EntraArgs) profile() containerservice.ManagedClusterAADProfilePtrInput {
	if e == nil {
		return nil
	}
	return &containerservice.ManagedClusterAADProfileArgs{
		Managed:             pulumi.Bool(true),
		EnableAzureRBAC:     inputs.BoolOr(e.AzureRbac, false),
		AdminGroupObjectIDs: e.AdminGroupObjectIds,
		TenantID:            e.TenantId,
	}
}

func (args *ClusterArgs) controlPlaneIdentity() *containerservice.ManagedClusterIdentityArgs {
	if args.ControlPlaneIdentityId == nil {
		return &containerservice.ManagedClusterIdentityArgs{
			Type: containerservice.ResourceIdentityTypePtr("SystemAssigned"),
		}
	}
	return &containerservice.ManagedClusterIdentityArgs{
		Type:                   containerservice.ResourceIdentityTypePtr("UserAssigned"),
		UserAssignedIdentities: pulumi.StringArray{inputs.String(args.ControlPlaneIdentityId)},
	}
}

// profile returns nil where AKS creates the kubelet identity.
func (k *KubeletIdentityArgs) profile() containerservice.UserAssignedIdentityMapInput {
	if k == nil {
		return nil
	}
	return containerservice.UserAssignedIdentityMap{
		nodeIdentityKey: &containerservice.UserAssignedIdentityArgs{
			ResourceId: inputs.StringPtr(k.IdentityId),
			ClientId:   inputs.StringPtr(k.ClientId),
			ObjectId:   inputs.StringPtr(k.ObjectId),
		},
	}
}

// take replaces what Azure reports about the kubelet identity by the identity that is given, which
// is known without the cluster.
func (s *status) take(k *KubeletIdentityArgs) {
	if k == nil {
		return
	}
	s.kubeletIdentityID = k.IdentityId.ToStringOutput()
	s.kubeletClientID = k.ClientId.ToStringOutput()
	s.kubeletObjectID = k.ObjectId.ToStringOutput()
}

// checkAccess checks who can sign in, and whether the Kubernetes provider can.
//
// Sources: learn.microsoft.com, "Manage local accounts with AKS-managed Microsoft Entra
// integration" (admin credentials are local accounts), "Use Azure role-based access control for
// Kubernetes authorization" (needs Entra).
func (args *ClusterArgs) checkAccess(l *problem.List) {
	args.Entra.check(l)
	if args.DisableLocalAccounts && args.Entra == nil {
		l.Add("disableLocalAccounts", "without Entra nobody could get in any more", "give entra too")
	}
	checkKubelogin(l, args.Credentials, args.Kubelogin)
	switch mode := credentialMode(args.Credentials, args.Kubelogin); {
	case mode == CredentialsKubelogin && args.Entra == nil:
		l.Add("credentials", fmt.Sprintf("%s gets Entra tokens, and the cluster is not integrated with Entra", CredentialsKubelogin), fmt.Sprintf("give entra, or choose %s", CredentialsUser))
	case mode == CredentialsAdmin && args.DisableLocalAccounts:
		l.Add("credentials", fmt.Sprintf("%s is a local account, and disableLocalAccounts takes those away", CredentialsAdmin), fmt.Sprintf("choose %s", CredentialsKubelogin))
	case mode == CredentialsUser && args.Entra != nil:
		l.AddError("credentials", errDeviceCode(args.DisableLocalAccounts))
	}
}

func (e *EntraArgs) check(l *problem.List) {
	if e == nil {
		return
	}
	checkGUID(l, "entra.tenantId", e.TenantId)
	groups, groupsKnown := known.As[pulumi.StringArray](e.AdminGroupObjectIds)
	for i, in := range groups {
		checkGUID(l, problem.Path("entra.adminGroupObjectIds").Index(i), in)
	}
	noGroup := e.AdminGroupObjectIds == nil || groupsKnown && len(groups) == 0
	rbac, rbacKnown := known.Bool(e.AzureRbac)
	if noGroup && (e.AzureRbac == nil || rbacKnown && !rbac) {
		l.Add("entra", "nobody is let in", "give adminGroupObjectIds, azureRbac or both")
	}
}

// checkIdentities checks the identities of control plane and nodes. Source: learn.microsoft.com,
// "Use a managed identity in Azure Kubernetes Service (AKS)", bring your own kubelet managed
// identity.
func (args *ClusterArgs) checkIdentities(l *problem.List) {
	checkID(l, "controlPlaneIdentityId", args.ControlPlaneIdentityId, azure.TypeUserAssignedIdentity)
	k := args.KubeletIdentity
	if k == nil {
		return
	}
	checkID(l, "kubeletIdentity.identityId", k.IdentityId, azure.TypeUserAssignedIdentity)
	checkGUID(l, "kubeletIdentity.clientId", k.ClientId)
	checkGUID(l, "kubeletIdentity.objectId", k.ObjectId)
	checkGUID(l, "kubeletIdentity.controlPlanePrincipalId", k.ControlPlanePrincipalId)
	if args.ControlPlaneIdentityId == nil {
		l.Add("kubeletIdentity", "a system-assigned control plane cannot be allowed to use it before the cluster is created", "give controlPlaneIdentityId too")
	}
}

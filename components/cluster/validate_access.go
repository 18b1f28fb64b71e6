package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// validateIdentities checks the cluster's own identities and its registries.
//
// Source: learn.microsoft.com, "Use a managed identity in Azure Kubernetes Service
// (AKS)", bring your own kubelet managed identity.
func (args *ClusterArgs) validateIdentities(l *problem.List) {
	checkID(l, "controlPlaneIdentityId", args.ControlPlaneIdentityId, azure.TypeUserAssignedIdentity)
	if k := args.KubeletIdentity; k != nil {
		checkID(l, "kubeletIdentity.identityId", k.IdentityId, azure.TypeUserAssignedIdentity)
		checkGUID(l, "kubeletIdentity.clientId", k.ClientId)
		checkGUID(l, "kubeletIdentity.objectId", k.ObjectId)
		checkGUID(l, "kubeletIdentity.controlPlanePrincipalId", k.ControlPlanePrincipalId)
		if args.ControlPlaneIdentityId == nil {
			l.Add("kubeletIdentity", "a system-assigned control plane cannot be allowed to use it before the cluster is created", "give controlPlaneIdentityId too")
		}
	}

	keys, ids := map[string]problem.Path{}, map[string]problem.Path{}
	for i := range args.ContainerRegistries {
		r, path := &args.ContainerRegistries[i], problem.Path("containerRegistries").Index(i)
		l.AddError(path+".key", azure.ValidateKey(r.Key))
		if other, taken := keys[r.Key]; taken {
			l.Add(path+".key", fmt.Sprintf("%s has the key %q already", other, r.Key), "give each registry one of its own")
		}
		keys[r.Key] = path
		checkID(l, path+".id", r.Id, azure.TypeContainerRegistry)
		id, ok := known.String(r.Id)
		if !ok {
			continue
		}
		if other, taken := ids[folded(id)]; taken {
			l.Add(path+".id", fmt.Sprintf("%s is the same registry", other), "Azure refuses a second assignment of one role")
		}
		ids[folded(id)] = path
	}
}

// validateAccess checks who gets in, and whether the Kubernetes provider does.
//
// Sources: learn.microsoft.com, "Manage local accounts with AKS-managed Microsoft
// Entra integration" (admin credentials end with local accounts), "Use Azure
// role-based access control for Kubernetes authorization" (needs Entra).
func (args *ClusterArgs) validateAccess(l *problem.List) {
	args.checkEntra(l)
	if args.DisableLocalAccounts && args.Entra == nil {
		l.Add("disableLocalAccounts", "without Entra nobody could get in any more", "give entra too")
	}
	validateKubelogin(l, args.Credentials, args.Kubelogin)
	switch mode := credentialsMode(args.Credentials, args.Kubelogin); {
	case mode == CredentialsKubelogin && args.Entra == nil:
		l.Add("credentials", fmt.Sprintf("%s gets Entra tokens, and the cluster is not integrated with Entra", CredentialsKubelogin), fmt.Sprintf("give entra, or choose %s", CredentialsUser))
	case mode == CredentialsAdmin && args.DisableLocalAccounts:
		l.Add("credentials", fmt.Sprintf("%s is a local account, and disableLocalAccounts takes those away", CredentialsAdmin), fmt.Sprintf("choose %s", CredentialsKubelogin))
	case mode == CredentialsUser && args.Entra != nil:
		l.AddError("credentials", errDeviceCode(args.DisableLocalAccounts))
	}
}

func (args *ClusterArgs) checkEntra(l *problem.List) {
	e := args.Entra
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

func validateKubelogin(l *problem.List, mode string, k *KubeloginArgs) {
	if k == nil {
		if mode == CredentialsKubelogin {
			l.Add("kubelogin", fmt.Sprintf("credentials %s needs a login that works without a person", CredentialsKubelogin), "give kubelogin.login")
		}
		return
	}
	if mode != "" && mode != CredentialsKubelogin {
		l.Add("kubelogin", fmt.Sprintf("credentials %s does not use kubelogin", mode), "leave one of the two out")
	}
	if k.Login == "" {
		l.Add("kubelogin.login", "login is required", "device code, kubelogin's own default, waits for a person")
	}
	if k.Login == LoginAzureCLI && k.ClientId != nil {
		l.Add("kubelogin.clientId", fmt.Sprintf("the login %s uses whoever signed in with \"az login\"", LoginAzureCLI), "leave it out")
	}
	checkGUID(l, "kubelogin.clientId", k.ClientId)
	checkGUID(l, "kubelogin.serverId", k.ServerId)
}

func checkID(l *problem.List, path problem.Path, in any, resourceType string) {
	if id, ok := known.String(in); ok {
		l.AddError(path, azure.ValidateResourceID(id, resourceType))
	}
}

func checkGUID(l *problem.List, path problem.Path, in any) {
	if id, ok := known.String(in); ok && !azure.IsGUID(id) {
		l.Add(path, fmt.Sprintf("%q is not a GUID", id), "give the id, not the name")
	}
}

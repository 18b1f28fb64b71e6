package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// validateIdentities checks the cluster's own identities and its registries.
//
// Source: learn.microsoft.com, "Use a managed identity in Azure Kubernetes Service
// (AKS)", bring your own kubelet managed identity.
func (args *ClusterArgs) validateIdentities(l *problems.List) {
	checkID(l, "controlPlaneIdentityId", args.ControlPlaneIdentityId, azure.TypeUserAssignedIdentity)
	if k := args.KubeletIdentity; k != nil {
		checkID(l, "kubeletIdentity.identityId", k.IdentityId, azure.TypeUserAssignedIdentity)
		checkGUID(l, "kubeletIdentity.clientId", k.ClientId)
		checkGUID(l, "kubeletIdentity.objectId", k.ObjectId)
		checkGUID(l, "kubeletIdentity.controlPlanePrincipalId", k.ControlPlanePrincipalId)
		if args.ControlPlaneIdentityId == nil {
			l.Addf("kubeletIdentity", "a system-assigned control plane cannot be allowed to use it before the cluster is created: give controlPlaneIdentityId too")
		}
	}

	keys, ids := map[string]string{}, map[string]string{}
	for i := range args.ContainerRegistries {
		r, path := &args.ContainerRegistries[i], index("containerRegistries", i)
		l.Add(path+".key", azure.ValidateKey(r.Key))
		if other, taken := keys[r.Key]; taken {
			l.Addf(path+".key", "%s has the key %q already: give each registry one of its own", other, r.Key)
		}
		keys[r.Key] = path
		checkID(l, path+".id", r.Id, azure.TypeContainerRegistry)
		id, ok := known.String(r.Id)
		if !ok {
			continue
		}
		if other, taken := ids[folded(id)]; taken {
			l.Addf(path+".id", "%s is the same registry: Azure refuses a second assignment of one role", other)
		}
		ids[folded(id)] = path
	}
}

// validateAccess checks who gets in, and whether the Kubernetes provider does.
//
// Sources: learn.microsoft.com, "Manage local accounts with AKS-managed Microsoft
// Entra integration" (admin credentials end with local accounts), "Use Azure
// role-based access control for Kubernetes authorization" (needs Entra).
func (args *ClusterArgs) validateAccess(l *problems.List) {
	args.checkEntra(l)
	if args.DisableLocalAccounts && args.Entra == nil {
		l.Addf("disableLocalAccounts", "without Entra nobody could get in any more: give entra too")
	}
	validateKubelogin(l, args.Credentials, args.Kubelogin)
	switch mode := credentialsMode(args.Credentials, args.Kubelogin); {
	case mode == CredentialsKubelogin && args.Entra == nil:
		l.Addf("credentials", "%s gets Entra tokens, and the cluster is not integrated with Entra: give entra, or choose %s", CredentialsKubelogin, CredentialsUser)
	case mode == CredentialsAdmin && args.DisableLocalAccounts:
		l.Addf("credentials", "%s is a local account, and disableLocalAccounts takes those away: choose %s", CredentialsAdmin, CredentialsKubelogin)
	case mode == CredentialsUser && args.Entra != nil:
		l.Add("credentials", errDeviceCode(args.DisableLocalAccounts))
	}
}

func (args *ClusterArgs) checkEntra(l *problems.List) {
	e := args.Entra
	if e == nil {
		return
	}
	checkGUID(l, "entra.tenantId", e.TenantId)
	groups, groupsKnown := known.As[pulumi.StringArray](e.AdminGroupObjectIds)
	for i, in := range groups {
		checkGUID(l, index("entra.adminGroupObjectIds", i), in)
	}
	noGroup := e.AdminGroupObjectIds == nil || groupsKnown && len(groups) == 0
	rbac, rbacKnown := known.Bool(e.AzureRbac)
	if noGroup && (e.AzureRbac == nil || rbacKnown && !rbac) {
		l.Addf("entra", "nobody is let in: give adminGroupObjectIds, azureRbac or both")
	}
}

func validateKubelogin(l *problems.List, mode string, k *KubeloginArgs) {
	if k == nil {
		if mode == CredentialsKubelogin {
			l.Addf("kubelogin", "credentials %s needs a login that works without a person: give kubelogin.login", CredentialsKubelogin)
		}
		return
	}
	if mode != "" && mode != CredentialsKubelogin {
		l.Addf("kubelogin", "credentials %s does not use kubelogin: leave one of the two out", mode)
	}
	if k.Login == "" {
		l.Addf("kubelogin.login", "login is required: device code, kubelogin's own default, waits for a person")
	}
	if k.Login == LoginAzureCLI && k.ClientId != nil {
		l.Addf("kubelogin.clientId", "the login %s uses whoever signed in with \"az login\": leave it out", LoginAzureCLI)
	}
	checkGUID(l, "kubelogin.clientId", k.ClientId)
	checkGUID(l, "kubelogin.serverId", k.ServerId)
}

func checkID(l *problems.List, path string, in any, resourceType string) {
	if id, ok := known.String(in); ok {
		l.Add(path, azure.ValidateResourceID(id, resourceType))
	}
}

func checkGUID(l *problems.List, path string, in any) {
	if id, ok := known.String(in); ok && !azure.IsGUID(id) {
		l.Addf(path, "%q is not a GUID: give the id, not the name", id)
	}
}

package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidAccess(t *testing.T) {
	groups := &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{pulumi.String(guid)}}
	login := &cluster.KubeloginArgs{Login: cluster.LoginAzureCLI}
	checkInvalid(t, invalidCases{
		"Entra, and nobody is let in": {
			Args: &cluster.ClusterArgs{Entra: &cluster.EntraArgs{}, Credentials: cluster.CredentialsAdmin},
			Want: []pulumitest.Problem{{Path: "entra", Text: "adminGroupObjectIds, azureRbac or both"}},
		},
		"an empty list lets nobody in either": {
			Args: &cluster.ClusterArgs{
				Entra:       &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{}, AzureRbac: pulumi.Bool(false)},
				Credentials: cluster.CredentialsAdmin,
			},
			Want: []pulumitest.Problem{{Path: "entra", Text: "nobody is let in"}},
		},
		"ids that are none": {
			Args: &cluster.ClusterArgs{
				Entra:       &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{pulumi.String(guid), pulumi.String("admins")}, TenantId: pulumi.String("contoso")},
				Credentials: cluster.CredentialsAdmin,
			},
			Want: []pulumitest.Problem{
				{Path: "entra.tenantId", Text: "not a GUID"},
				{Path: "entra.adminGroupObjectIds[1]", Text: "not a GUID"},
			},
		},
		"no local accounts, and no Entra": {
			Args: &cluster.ClusterArgs{DisableLocalAccounts: true},
			Want: []pulumitest.Problem{{Path: "disableLocalAccounts", Text: "give entra too"}},
		},
		"user credentials and Entra: device code": {
			Args: &cluster.ClusterArgs{Entra: groups},
			Want: []pulumitest.Problem{{Path: "credentials", Text: `or "admin"`}},
		},
		"user credentials and Entra alone: one way is left": {
			Args: &cluster.ClusterArgs{Entra: groups, DisableLocalAccounts: true, Credentials: cluster.CredentialsUser},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "device code"}},
		},
		"admin credentials are a local account": {
			Args: &cluster.ClusterArgs{Entra: groups, DisableLocalAccounts: true, Credentials: cluster.CredentialsAdmin},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "choose kubelogin"}},
		},
		"kubelogin without Entra": {
			Args: &cluster.ClusterArgs{Kubelogin: login},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "give entra"}},
		},
		"kubelogin without a login": {
			Args: &cluster.ClusterArgs{Entra: groups, Credentials: cluster.CredentialsKubelogin},
			Want: []pulumitest.Problem{{Path: "kubelogin", Text: "give kubelogin.login"}},
		},
		"kubelogin with its own default, device code": {
			Args: &cluster.ClusterArgs{Entra: groups, Kubelogin: &cluster.KubeloginArgs{}},
			Want: []pulumitest.Problem{{Path: "kubelogin.login", Text: "waits for a person"}},
		},
		"a login that waits for a person": {
			Args: &cluster.ClusterArgs{Entra: groups, Kubelogin: &cluster.KubeloginArgs{Login: "devicecode"}},
			Want: []pulumitest.Problem{{Path: "kubelogin.login", Text: "azurecli, workloadidentity, spn, msi"}},
		},
		"a mode that does not exist": {
			Args: &cluster.ClusterArgs{Credentials: "root"},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "user, admin, kubelogin"}},
		},
		"two ways in at once": {
			Args: &cluster.ClusterArgs{Entra: groups, Credentials: cluster.CredentialsAdmin, Kubelogin: login},
			Want: []pulumitest.Problem{{Path: "kubelogin", Text: "leave one of the two out"}},
		},
		"the Azure CLI has its own identity": {
			Args: &cluster.ClusterArgs{Entra: groups, Kubelogin: &cluster.KubeloginArgs{Login: cluster.LoginAzureCLI, ClientId: pulumi.String(guid), ServerId: pulumi.String("x")}},
			Want: []pulumitest.Problem{
				{Path: "kubelogin.clientId", Text: "leave it out"},
				{Path: "kubelogin.serverId", Text: "not a GUID"},
			},
		},
	})
}

func TestInvalidIdentities(t *testing.T) {
	checkInvalid(t, invalidCases{
		"ids of something else": {
			Args: &cluster.ClusterArgs{
				ControlPlaneIdentityId: pulumi.String(subnet),
				KubeletIdentity: &cluster.KubeletIdentityArgs{
					IdentityId: pulumi.String("nodes"), ClientId: pulumi.String("c"), ObjectId: pulumi.String("o"), ControlPlanePrincipalId: pulumi.String("p"),
				},
			},
			Want: []pulumitest.Problem{
				{Path: "controlPlaneIdentityId", Text: "Microsoft.ManagedIdentity/userAssignedIdentities"},
				{Path: "kubeletIdentity.identityId", Text: "not a resource id"},
				{Path: "kubeletIdentity.clientId", Text: "not a GUID"},
				{Path: "kubeletIdentity.objectId", Text: "not a GUID"},
				{Path: "kubeletIdentity.controlPlanePrincipalId", Text: "not a GUID"},
			},
		},
		"all three ids of the nodes' identity": {
			Args: &cluster.ClusterArgs{ControlPlaneIdentityId: pulumi.String(control), KubeletIdentity: &cluster.KubeletIdentityArgs{}},
			Want: []pulumitest.Problem{
				{Path: "kubeletIdentity.identityId", Text: "is required"},
				{Path: "kubeletIdentity.clientId", Text: "is required"},
				{Path: "kubeletIdentity.objectId", Text: "is required"},
			},
		},
		"a control plane that cannot be let use it": {
			Args: &cluster.ClusterArgs{KubeletIdentity: &cluster.KubeletIdentityArgs{IdentityId: pulumi.String(nodes), ClientId: pulumi.String(guid), ObjectId: pulumi.String(guid)}},
			Want: []pulumitest.Problem{{Path: "kubeletIdentity", Text: "give controlPlaneIdentityId too"}},
		},
	})
}

package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestAccessParameters(t *testing.T) {
	groups := pulumi.StringArray{pulumi.String(testGUID)}
	checkParameters(t, map[string]parameterCase{
		"Entra": {
			reason: "the integration is always the managed one",
			args: ClusterArgs{
				Entra:                &EntraArgs{AdminGroupObjectIds: groups, AzureRbac: pulumi.Bool(true), TenantId: pulumi.String(testGUID)},
				DisableLocalAccounts: true,
				Kubelogin:            &KubeloginArgs{Login: LoginWorkloadIdentity},
			},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.AadProfile = &containerservice.ManagedClusterAADProfileArgs{
					Managed: pulumi.Bool(true), EnableAzureRBAC: pulumi.Bool(true), AdminGroupObjectIDs: groups, TenantID: pulumi.String(testGUID),
				}
				m.DisableLocalAccounts = pulumi.Bool(true)
			},
		},
		"AdminGroups": {
			reason: "Azure RBAC is off unless asked for",
			args:   ClusterArgs{Entra: &EntraArgs{AdminGroupObjectIds: groups}, Credentials: CredentialsAdmin},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.AadProfile = &containerservice.ManagedClusterAADProfileArgs{
					Managed: pulumi.Bool(true), EnableAzureRBAC: pulumi.Bool(false), AdminGroupObjectIDs: groups,
				}
			},
		},
		"Identities": {
			reason: "given identities reach control plane and nodes",
			args: ClusterArgs{
				ControlPlaneIdentityId: pulumi.String(testIdentity),
				KubeletIdentity:        &KubeletIdentityArgs{IdentityId: pulumi.String(testKubelet), ClientId: pulumi.String(testGUID), ObjectId: pulumi.String(testGUID)},
			},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.Identity = &containerservice.ManagedClusterIdentityArgs{
					Type:                   containerservice.ResourceIdentityTypePtr("UserAssigned"),
					UserAssignedIdentities: pulumi.StringArray{pulumi.String(testIdentity)},
				}
				m.IdentityProfile = containerservice.UserAssignedIdentityMap{
					"kubeletidentity": &containerservice.UserAssignedIdentityArgs{
						ResourceId: pulumi.String(testKubelet), ClientId: pulumi.String(testGUID), ObjectId: pulumi.String(testGUID),
					},
				}
			},
		},
	})
}

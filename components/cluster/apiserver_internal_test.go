package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestAPIServerProfile(t *testing.T) {
	ranges := pulumi.StringArray{pulumi.String("203.0.113.0/24"), pulumi.String("0.0.0.0/32")}
	zone := pulumi.String(testGroupID + "Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io")
	checkParameters(t, map[string]parameterCase{
		"Ranges": {
			reason: "a public API server for some",
			args:   ClusterArgs{ApiServer: &ApiServerArgs{AuthorizedIpRanges: ranges, DisableRunCommand: pulumi.Bool(false)}},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.ApiServerAccessProfile = &containerservice.ManagedClusterAPIServerAccessProfileArgs{
					EnablePrivateCluster: pulumi.Bool(false), AuthorizedIPRanges: ranges, DisableRunCommand: pulumi.Bool(false),
				}
			},
		},
		"Private": {
			reason: "a private API server with a zone of one's own",
			args: ClusterArgs{
				ControlPlaneIdentityId: pulumi.String(testIdentity),
				ApiServer:              &ApiServerArgs{Private: true, PrivateDnsZone: zone, PublicFqdn: pulumi.Bool(false)},
			},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.Identity = &containerservice.ManagedClusterIdentityArgs{
					Type:                   containerservice.ResourceIdentityTypePtr("UserAssigned"),
					UserAssignedIdentities: pulumi.StringArray{pulumi.String(testIdentity)},
				}
				m.ApiServerAccessProfile = &containerservice.ManagedClusterAPIServerAccessProfileArgs{
					EnablePrivateCluster: pulumi.Bool(true), PrivateDNSZone: zone, EnablePrivateClusterPublicFQDN: pulumi.Bool(false),
					DisableRunCommand: pulumi.Bool(true),
				}
			},
		},
	})
}

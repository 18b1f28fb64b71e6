package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func apiServer(a cluster.ApiServerArgs) *cluster.ClusterArgs {
	return &cluster.ClusterArgs{ApiServer: &a}
}

func TestInvalidAPIServers(t *testing.T) {
	zone := pulumi.String(idPrefix + "Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io")
	many := pulumi.StringArray{}
	for range 201 {
		many = append(many, pulumi.String("203.0.113.0/24"))
	}
	checkInvalid(t, invalidCases{
		"private settings of a public API server": {
			Args: apiServer(cluster.ApiServerArgs{PrivateDnsZone: pulumi.String("system"), PublicFqdn: pulumi.Bool(true)}),
			Want: []pulumitest.Problem{
				{Path: "apiServer.privateDnsZone", Text: "set apiServer.private"},
				{Path: "apiServer.publicFqdn", Text: "set apiServer.private"},
			},
		},
		"authorised ranges of a private API server": {
			Args: apiServer(cluster.ApiServerArgs{Private: true, AuthorizedIpRanges: pulumi.StringArray{pulumi.String("203.0.113.0/24")}}),
			Want: []pulumitest.Problem{{Path: "apiServer.authorizedIpRanges", Text: "public API server only"}},
		},
		"a private API server without any name": {
			Args: apiServer(cluster.ApiServerArgs{Private: true, PrivateDnsZone: pulumi.String("none"), PublicFqdn: pulumi.Bool(false)}),
			Want: []pulumitest.Problem{{Path: "apiServer.publicFqdn", Text: "the only one"}},
		},
		"a zone that is neither a word nor an id": {
			Args: &cluster.ClusterArgs{
				ControlPlaneIdentityId: pulumi.String(control),
				ApiServer:              &cluster.ApiServerArgs{Private: true, PrivateDnsZone: pulumi.String("privatelink.westeurope.azmk8s.io")},
			},
			Want: []pulumitest.Problem{{Path: "apiServer.privateDnsZone", Text: `or write "system" or "none"`}},
		},
		"a zone that nobody may write to": {
			Args: apiServer(cluster.ApiServerArgs{Private: true, PrivateDnsZone: zone}),
			Want: []pulumitest.Problem{{Path: "apiServer.privateDnsZone", Text: "give controlPlaneIdentityId"}},
		},
		"ranges that cannot be those of callers": {
			Args: apiServer(cluster.ApiServerArgs{AuthorizedIpRanges: pulumi.StringArray{
				pulumi.String("203.0.113.7"), pulumi.String("0.0.0.0/0"), pulumi.String("10.0.0.0/8"), pulumi.String("203.0.113.0/24"), pulumi.String("0.0.0.0/32"),
			}}),
			Want: []pulumitest.Problem{
				{Path: "apiServer.authorizedIpRanges[0]", Text: "203.0.113.7/32"},
				{Path: "apiServer.authorizedIpRanges[1]", Text: "allows everybody"},
				{Path: "apiServer.authorizedIpRanges[2]", Text: "the cluster's pods"},
				{Path: "apiServer.authorizedIpRanges[2]", Text: "the cluster's services"},
			},
		},
		"no range means everybody": {
			Args: apiServer(cluster.ApiServerArgs{AuthorizedIpRanges: pulumi.StringArray{}}),
			Want: []pulumitest.Problem{{Path: "apiServer.authorizedIpRanges", Text: "allows everybody"}},
		},
		"more ranges than AKS accepts": {
			Args: apiServer(cluster.ApiServerArgs{AuthorizedIpRanges: many}),
			Want: []pulumitest.Problem{{Path: "apiServer.authorizedIpRanges", Text: "201 ranges"}},
		},
	})
}

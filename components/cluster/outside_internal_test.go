package cluster

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// everything sets every argument that decides whether a property is set.
func everything() *ClusterArgs {
	pool := NodePoolArgs{
		Name: "all", OsSku: pulumi.String("AzureLinux"), VmSize: pulumi.String("Standard_D4s_v5"), Count: pulumi.Int(3),
		MinCount: pulumi.Int(2), MaxCount: pulumi.Int(4), AvailabilityZones: pulumi.StringArray{pulumi.String("1")},
		NodeLabels: pulumi.StringMap{"a": pulumi.String("b")}, NodeTaints: pulumi.StringArray{pulumi.String("a=b:NoSchedule")},
		OsDiskSizeGB: pulumi.Int(128), OsDiskType: pulumi.String("Ephemeral"), MaxPods: pulumi.Int(110), MaxSurge: pulumi.String("33%"),
		VnetSubnetId: pulumi.String(testNetwork + "nodes"), PodSubnetId: pulumi.String(testNetwork + "pods"),
		OrchestratorVersion: pulumi.String("1.2"), EncryptionAtHost: pulumi.Bool(true), Spot: &SpotArgs{},
	}
	return &ClusterArgs{
		ClusterName: pulumi.String("a"), Location: pulumi.String("westeurope"), KubernetesVersion: pulumi.String("1.2"),
		NodeResourceGroup: pulumi.String("nodes"), ControlPlaneIdentityId: pulumi.String(testIdentity),
		KubeletIdentity: &KubeletIdentityArgs{IdentityId: pulumi.String(testKubelet), ClientId: pulumi.String(testGUID), ObjectId: pulumi.String(testGUID)},
		Network:         &NetworkArgs{}, Entra: &EntraArgs{AzureRbac: pulumi.Bool(true)}, NodePools: []NodePoolArgs{pool},
		Tags: pulumi.StringMap{"a": pulumi.String("b")},
	}
}

// A property is either one that the component sets, or one whose changes by others are ignored. A
// new version of the SDK that has another one fails here.
func TestWhatTheComponentNeverSetsIsIgnored(t *testing.T) {
	args := everything()
	cluster := args.managedCluster("shop", pulumi.String("group"))
	for what, tc := range map[string]struct {
		set   any
		unset []string
	}{
		"a cluster": {cluster, clusterUnset},
		"a network": {cluster.NetworkProfile.(*containerservice.ContainerServiceNetworkProfileArgs), networkUnset},
		"a pool":    {args.agentPool(testAddress, &args.NodePools[0]), poolUnset},
	} {
		set := reflect.ValueOf(tc.set).Elem()
		var never []string
		for i := range set.NumField() {
			if set.Field(i).IsNil() {
				name := set.Type().Field(i).Name
				never = append(never, strings.ToLower(name[:1])+name[1:])
			}
		}
		slices.Sort(never)
		want := slices.Sorted(slices.Values(tc.unset))
		if !slices.Equal(never, want) {
			t.Errorf("the component never sets these properties of %s:\n%v\nand ignores\n%v", what, never, want)
		}
	}
}

// A network that the caller describes is meant; one that only defaults describe stays as it is.
func TestTheNetworkIsIgnoredWhereNobodyDescribesIt(t *testing.T) {
	if got := (&ClusterArgs{}).ignored(); !slices.Contains(got, "networkProfile") {
		t.Errorf("a network of defaults is not ignored: %v", got)
	}
	given := (&ClusterArgs{Network: &NetworkArgs{Policy: PolicyCalico}}).ignored()
	if slices.Contains(given, "networkProfile") || !slices.Contains(given, "networkProfile.loadBalancerProfile") {
		t.Errorf("of a network that is given, all is ignored or nothing: %v", given)
	}
}

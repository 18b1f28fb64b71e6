package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestSystemPool(t *testing.T) {
	checkParameters(t, map[string]parameterCase{
		"Everything": {
			reason: "every argument reaches its property",
			args: ClusterArgs{
				KubernetesVersion: pulumi.String("1.4"),
				SystemPool: &NodePoolArgs{
					Name: "sys", VmSize: pulumi.String("Standard_D4s_v5"), OsSku: pulumi.String("AzureLinux"), Count: pulumi.Int(3),
					MinCount: pulumi.Int(2), MaxCount: pulumi.Int(4), AvailabilityZones: pulumi.StringArray{pulumi.String("1")},
					NodeLabels: pulumi.StringMap{"a": pulumi.String("b")}, NodeTaints: pulumi.StringArray{pulumi.String("CriticalAddonsOnly=true:NoSchedule")},
					OsDiskSizeGB: pulumi.Int(128), OsDiskType: pulumi.String("Ephemeral"), MaxPods: pulumi.Int(110), MaxSurge: pulumi.String("33%"),
					VnetSubnetId: pulumi.String(testNetwork + "nodes"), OrchestratorVersion: pulumi.String("1.3"), EncryptionAtHost: pulumi.Bool(true),
				},
			},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.KubernetesVersion = pulumi.String("1.4")
				m.AgentPoolProfiles = containerservice.ManagedClusterAgentPoolProfileArray{
					&containerservice.ManagedClusterAgentPoolProfileArgs{
						Name: pulumi.String("sys"), Mode: pulumi.String("System"), Type: pulumi.String("VirtualMachineScaleSets"), OsType: pulumi.String("Linux"),
						OsSKU: pulumi.String("AzureLinux"), VmSize: pulumi.String("Standard_D4s_v5"), Count: pulumi.Int(3), EnableAutoScaling: pulumi.Bool(true),
						MinCount: pulumi.Int(2), MaxCount: pulumi.Int(4), AvailabilityZones: pulumi.StringArray{pulumi.String("1")},
						NodeLabels: pulumi.StringMap{"a": pulumi.String("b")}, NodeTaints: pulumi.StringArray{pulumi.String("CriticalAddonsOnly=true:NoSchedule")},
						OsDiskSizeGB: pulumi.Int(128), OsDiskType: pulumi.String("Ephemeral"), MaxPods: pulumi.Int(110),
						UpgradeSettings: &containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: pulumi.String("33%")},
						VnetSubnetID:    pulumi.String(testNetwork + "nodes"), OrchestratorVersion: pulumi.String("1.3"), EnableEncryptionAtHost: pulumi.Bool(true),
					},
				}
			},
		},
	})
}

// Carries R27.
func TestAgentPool(t *testing.T) {
	tags := pulumi.StringMap{"env": pulumi.String("dev")}
	windows := ClusterArgs{Network: &NetworkArgs{Dataplane: DataplaneAzure}}
	defaults := func(name string) *containerservice.AgentPoolArgs {
		return &containerservice.AgentPoolArgs{
			ResourceGroupName: pulumi.String("group"), ResourceName: pulumi.String("aks"), AgentPoolName: pulumi.String(name),
			Mode: pulumi.String("User"), Type: pulumi.String("VirtualMachineScaleSets"), OsType: pulumi.String("Linux"),
			Count: pulumi.Int(1), EnableAutoScaling: pulumi.Bool(false), Tags: tags,
		}
	}
	cases := map[string]struct {
		reason  string
		cluster ClusterArgs
		pool    NodePoolArgs
		want    func(*containerservice.AgentPoolArgs)
	}{
		"Defaults": {
			reason: "a pool with a name only has one Linux node for workloads",
			pool:   NodePoolArgs{Name: "apps"},
			want:   func(*containerservice.AgentPoolArgs) {},
		},
		"Windows": {
			reason:  "every argument reaches its property, and the Windows version is said",
			cluster: windows,
			pool: NodePoolArgs{
				Name: "win", OsType: "Windows", Mode: "User", VmSize: pulumi.String("Standard_D8s_v5"), Count: pulumi.Int(0),
				MinCount: pulumi.Int(0), MaxCount: pulumi.Int(9), AvailabilityZones: pulumi.StringArray{pulumi.String("2")},
				NodeLabels: pulumi.StringMap{"x": pulumi.String("y")}, NodeTaints: pulumi.StringArray{pulumi.String("os=windows:NoSchedule")},
				OsDiskSizeGB: pulumi.Int(256), OsDiskType: pulumi.String("Managed"), MaxPods: pulumi.Int(50), MaxSurge: pulumi.String("1"),
				OrchestratorVersion: pulumi.String("1.3"), EncryptionAtHost: pulumi.Bool(true),
			},
			want: func(p *containerservice.AgentPoolArgs) {
				p.OsType, p.OsSKU, p.VmSize, p.Count = pulumi.String("Windows"), pulumi.String("Windows2022"), pulumi.String("Standard_D8s_v5"), pulumi.Int(0)
				p.EnableAutoScaling, p.MinCount, p.MaxCount = pulumi.Bool(true), pulumi.Int(0), pulumi.Int(9)
				p.AvailabilityZones = pulumi.StringArray{pulumi.String("2")}
				p.NodeLabels = pulumi.StringMap{"x": pulumi.String("y")}
				p.NodeTaints = pulumi.StringArray{pulumi.String("os=windows:NoSchedule")}
				p.OsDiskSizeGB, p.OsDiskType, p.MaxPods = pulumi.Int(256), pulumi.String("Managed"), pulumi.Int(50)
				p.UpgradeSettings = &containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: pulumi.String("1")}
				p.OrchestratorVersion, p.EnableEncryptionAtHost = pulumi.String("1.3"), pulumi.Bool(true)
			},
		},
		"WindowsLater": {
			reason:  "where Windows Server 2022 has ended, AKS chooses",
			cluster: ClusterArgs{Network: windows.Network, KubernetesVersion: pulumi.String("1.99")},
			pool:    NodePoolArgs{Name: "win", OsType: "Windows"},
			want: func(p *containerservice.AgentPoolArgs) {
				p.OsType, p.OrchestratorVersion = pulumi.String("Windows"), pulumi.String("1.99")
			},
		},
		"Spot": {
			reason: "a spot pool says what AKS puts onto its nodes",
			pool:   NodePoolArgs{Name: "spot", Spot: &SpotArgs{}},
			want: func(p *containerservice.AgentPoolArgs) {
				p.ScaleSetPriority, p.ScaleSetEvictionPolicy, p.SpotMaxPrice = pulumi.String("Spot"), pulumi.String("Delete"), pulumi.Float64(-1)
				p.NodeLabels = pulumi.StringMap{"kubernetes.azure.com/scalesetpriority": pulumi.String("spot")}
				p.NodeTaints = pulumi.StringArray{pulumi.String("kubernetes.azure.com/scalesetpriority=spot:NoSchedule")}
			},
		},
		"SpotSettings": {
			reason: "a spot pool's own labels and taints stay",
			pool: NodePoolArgs{
				Name: "spot", Spot: &SpotArgs{MaxPrice: pulumi.Float64(0.98765), EvictionPolicy: pulumi.String("Deallocate")},
				NodeLabels: pulumi.StringMap{"a": pulumi.String("b")}, NodeTaints: pulumi.StringArray{pulumi.String("c=d:NoExecute")},
			},
			want: func(p *containerservice.AgentPoolArgs) {
				p.ScaleSetPriority, p.ScaleSetEvictionPolicy, p.SpotMaxPrice = pulumi.String("Spot"), pulumi.String("Deallocate"), pulumi.Float64(0.98765)
				p.NodeLabels = pulumi.StringMap{"a": pulumi.String("b"), "kubernetes.azure.com/scalesetpriority": pulumi.String("spot")}
				p.NodeTaints = pulumi.StringArray{pulumi.String("c=d:NoExecute"), pulumi.String("kubernetes.azure.com/scalesetpriority=spot:NoSchedule")}
			},
		},
		"SystemsSubnet": {
			reason:  "a pool is in the system pool's subnet unless it has its own",
			cluster: ClusterArgs{SystemPool: &NodePoolArgs{VnetSubnetId: pulumi.String(testNetwork + "nodes")}},
			pool:    NodePoolArgs{Name: "apps"},
			want:    func(p *containerservice.AgentPoolArgs) { p.VnetSubnetID = pulumi.String(testNetwork + "nodes") },
		},
		"OwnSubnets": {
			reason:  "a pool's own subnets",
			cluster: ClusterArgs{Network: &NetworkArgs{PluginMode: ModeNone}, SystemPool: &NodePoolArgs{VnetSubnetId: pulumi.String(testNetwork + "nodes")}},
			pool:    NodePoolArgs{Name: "apps", VnetSubnetId: pulumi.String(testNetwork + "apps"), PodSubnetId: pulumi.String(testNetwork + "pods")},
			want: func(p *containerservice.AgentPoolArgs) {
				p.VnetSubnetID, p.PodSubnetID = pulumi.String(testNetwork+"apps"), pulumi.String(testNetwork+"pods")
			},
		},
		"Scales": {
			reason: "the number of nodes of a pool that scales is the autoscaler's",
			pool:   NodePoolArgs{Name: "apps", MinCount: pulumi.Int(3), MaxCount: pulumi.Int(5)},
			want: func(p *containerservice.AgentPoolArgs) {
				p.Count, p.EnableAutoScaling, p.MinCount, p.MaxCount = nil, pulumi.Bool(true), pulumi.Int(3), pulumi.Int(5)
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.cluster.NodePools = []NodePoolArgs{tc.pool}
			tc.cluster.Tags = tags
			if err := tc.cluster.Validate("shop"); err != nil {
				t.Fatal(err)
			}
			want := defaults(tc.pool.Name)
			tc.want(want)
			got := tc.cluster.agentPool(testAddress, &tc.pool)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// A number that every update sends again would undo what the autoscaler has done.
func TestAPoolThatScalesHasNoDefaultNumber(t *testing.T) {
	scales := NodePoolArgs{MinCount: pulumi.Int(3), MaxCount: pulumi.Int(5)}
	if got := scales.count(defaultSystemCount); got != nil {
		t.Errorf("count = %v", got)
	}
	scales.Count = pulumi.Int(4)
	if got := scales.count(defaultSystemCount); got != pulumi.Int(4) {
		t.Errorf("a given count = %v", got)
	}
}

// A newer version of the control plane reaches the nodes.
func TestPoolsFollowTheVersionOfTheControlPlane(t *testing.T) {
	for reason, tc := range map[string]struct{ control, own, want pulumi.StringPtrInput }{
		"a pool without a version follows":        {pulumi.String("1.5"), nil, pulumi.String("1.5")},
		"a pool's own version stays":              {pulumi.String("1.5"), pulumi.String("1.4"), pulumi.String("1.4")},
		"AKS's own version is left to AKS":        {nil, nil, nil},
		"an own version below AKS's own is given": {nil, pulumi.String("1.4"), pulumi.String("1.4")},
	} {
		pool := NodePoolArgs{Name: "apps", OrchestratorVersion: tc.own}
		args := ClusterArgs{KubernetesVersion: tc.control, SystemPool: &NodePoolArgs{OrchestratorVersion: tc.own}}
		if got := args.agentPool(testAddress, &pool).OrchestratorVersion; got != tc.want {
			t.Errorf("%s: a further pool has %v", reason, got)
		}
		if got := args.systemPool().OrchestratorVersion; got != tc.want {
			t.Errorf("%s: the system pool has %v", reason, got)
		}
	}
}

package cluster

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/names"
)

func TestManagedCluster(t *testing.T) {
	defaults := func() *containerservice.ManagedClusterArgs {
		return &containerservice.ManagedClusterArgs{
			ResourceGroupName: pulumi.String("group"),
			DnsPrefix:         pulumi.String("shop"),
			AgentPoolProfiles: containerservice.ManagedClusterAgentPoolProfileArray{
				&containerservice.ManagedClusterAgentPoolProfileArgs{
					Name:              pulumi.String("system"),
					Mode:              pulumi.String("System"),
					Type:              pulumi.String("VirtualMachineScaleSets"),
					OsType:            pulumi.String("Linux"),
					VmSize:            pulumi.String("Standard_D2s_v5"),
					Count:             pulumi.Int(2),
					EnableAutoScaling: pulumi.Bool(false),
				},
			},
			EnableRBAC:        pulumi.Bool(true),
			Identity:          &containerservice.ManagedClusterIdentityArgs{Type: containerservice.ResourceIdentityTypePtr("SystemAssigned")},
			OidcIssuerProfile: &containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)},
			SecurityProfile: &containerservice.ManagedClusterSecurityProfileArgs{
				WorkloadIdentity: &containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{Enabled: pulumi.Bool(false)},
			},
			NetworkProfile: &containerservice.ContainerServiceNetworkProfileArgs{
				NetworkPlugin:     pulumi.String("azure"),
				NetworkPluginMode: pulumi.String("overlay"),
				NetworkDataplane:  pulumi.String("cilium"),
				NetworkPolicy:     pulumi.String("cilium"),
				LoadBalancerSku:   pulumi.String("standard"),
				OutboundType:      pulumi.String("loadBalancer"),
				PodCidr:           pulumi.String("10.244.0.0/16"),
				ServiceCidr:       pulumi.String("10.0.0.0/16"),
				DnsServiceIP:      pulumi.String("10.0.0.10"),
			},
			Sku: &containerservice.ManagedClusterSKUArgs{Name: pulumi.String("Base"), Tier: pulumi.String("Free")},
		}
	}
	tags := pulumi.StringMap{"env": pulumi.String("dev")}

	cases := map[string]struct {
		reason string
		args   ClusterArgs
		want   func(*containerservice.ManagedClusterArgs)
	}{
		"Defaults": {
			reason: "without arguments there is a small cluster with an issuer and no add-on",
			want:   func(*containerservice.ManagedClusterArgs) {},
		},
		"Everything": {
			reason: "every argument reaches its property",
			args: ClusterArgs{
				Location:              pulumi.String("northeurope"),
				KubernetesVersion:     pulumi.String("1.33.2"),
				DnsPrefix:             pulumi.String("prefix"),
				NodeResourceGroup:     pulumi.String("nodes"),
				SkuTier:               pulumi.String("Premium"),
				WorkloadIdentityAddon: true,
				Tags:                  tags,
				SystemPool: &NodePoolArgs{
					Name: "sys", VmSize: pulumi.String("Standard_D4s_v5"), Count: pulumi.Int(3),
					MinCount: pulumi.Int(2), MaxCount: pulumi.Int(4),
					AvailabilityZones: pulumi.StringArray{pulumi.String("1")},
					NodeLabels:        pulumi.StringMap{"a": pulumi.String("b")},
					NodeTaints:        pulumi.StringArray{pulumi.String("CriticalAddonsOnly=true:NoSchedule")},
					OsDiskSizeGB:      pulumi.Int(128), MaxPods: pulumi.Int(110),
				},
			},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.Location = pulumi.String("northeurope")
				m.KubernetesVersion = pulumi.String("1.33.2")
				m.DnsPrefix = pulumi.String("prefix")
				m.NodeResourceGroup = pulumi.String("nodes")
				m.Sku = &containerservice.ManagedClusterSKUArgs{Name: pulumi.String("Base"), Tier: pulumi.String("Premium")}
				m.SecurityProfile = &containerservice.ManagedClusterSecurityProfileArgs{
					WorkloadIdentity: &containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{Enabled: pulumi.Bool(true)},
				}
				m.Tags = tags
				m.AgentPoolProfiles = containerservice.ManagedClusterAgentPoolProfileArray{
					&containerservice.ManagedClusterAgentPoolProfileArgs{
						Name:              pulumi.String("sys"),
						Mode:              pulumi.String("System"),
						Type:              pulumi.String("VirtualMachineScaleSets"),
						OsType:            pulumi.String("Linux"),
						VmSize:            pulumi.String("Standard_D4s_v5"),
						Count:             pulumi.Int(3),
						EnableAutoScaling: pulumi.Bool(true),
						MinCount:          pulumi.Int(2),
						MaxCount:          pulumi.Int(4),
						AvailabilityZones: pulumi.StringArray{pulumi.String("1")},
						NodeLabels:        pulumi.StringMap{"a": pulumi.String("b")},
						NodeTaints:        pulumi.StringArray{pulumi.String("CriticalAddonsOnly=true:NoSchedule")},
						OsDiskSizeGB:      pulumi.Int(128),
						MaxPods:           pulumi.Int(110),
						Tags:              tags,
					},
				}
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			want := defaults()
			tc.want(want)
			got := managedCluster("shop", pulumi.String("group"), &tc.args)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAgentPool(t *testing.T) {
	tags := pulumi.StringMap{"env": pulumi.String("dev")}
	cases := map[string]struct {
		reason string
		pool   NodePoolArgs
		want   *containerservice.AgentPoolArgs
	}{
		"Defaults": {
			reason: "a pool with a name only has one Linux node for workloads",
			pool:   NodePoolArgs{Name: "apps"},
			want: &containerservice.AgentPoolArgs{
				ResourceGroupName: pulumi.String("group"), ResourceName: pulumi.String("aks"), AgentPoolName: pulumi.String("apps"),
				Mode: pulumi.String("User"), Type: pulumi.String("VirtualMachineScaleSets"), OsType: pulumi.String("Linux"),
				VmSize: pulumi.String("Standard_D2s_v5"), Count: pulumi.Int(1), EnableAutoScaling: pulumi.Bool(false), Tags: tags,
			},
		},
		"Everything": {
			reason: "every argument reaches its property",
			pool: NodePoolArgs{
				Name: "win", OsType: "Windows", Mode: "User", VmSize: pulumi.String("Standard_D8s_v5"), Count: pulumi.Int(0),
				MinCount: pulumi.Int(0), MaxCount: pulumi.Int(9), AvailabilityZones: pulumi.StringArray{pulumi.String("2")},
				NodeLabels: pulumi.StringMap{"x": pulumi.String("y")}, NodeTaints: pulumi.StringArray{pulumi.String("os=windows:NoSchedule")},
				OsDiskSizeGB: pulumi.Int(256), MaxPods: pulumi.Int(50),
			},
			want: &containerservice.AgentPoolArgs{
				ResourceGroupName: pulumi.String("group"), ResourceName: pulumi.String("aks"), AgentPoolName: pulumi.String("win"),
				Mode: pulumi.String("User"), Type: pulumi.String("VirtualMachineScaleSets"), OsType: pulumi.String("Windows"),
				VmSize: pulumi.String("Standard_D8s_v5"), Count: pulumi.Int(0), EnableAutoScaling: pulumi.Bool(true),
				MinCount: pulumi.Int(0), MaxCount: pulumi.Int(9), AvailabilityZones: pulumi.StringArray{pulumi.String("2")},
				NodeLabels: pulumi.StringMap{"x": pulumi.String("y")}, NodeTaints: pulumi.StringArray{pulumi.String("os=windows:NoSchedule")},
				OsDiskSizeGB: pulumi.Int(256), MaxPods: pulumi.Int(50), Tags: tags,
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := agentPool(pulumi.String("group"), pulumi.String("aks"), &tc.pool, tags)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDNSPrefixIsAlwaysLegal(t *testing.T) {
	legal := regexp.MustCompile(`^[a-zA-Z0-9]`)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		prefix := string(dnsPrefix(name, &ClusterArgs{}).(pulumi.String))
		if err := names.ValidateDNSPrefix(prefix); err != nil || !legal.MatchString(prefix) {
			t.Fatalf("name %q: %v", name, err)
		}
	})
}

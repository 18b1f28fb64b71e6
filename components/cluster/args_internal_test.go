package cluster

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

const (
	testGUID     = "11111111-2222-4333-8444-555555555555"
	testGroupID  = "/subscriptions/" + testGUID + "/resourceGroups/g/providers/"
	testIdentity = testGroupID + "Microsoft.ManagedIdentity/userAssignedIdentities/control"
	testKubelet  = testGroupID + "Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
	testNetwork  = testGroupID + "Microsoft.Network/virtualNetworks/net/subnets/"
	testLogs     = testGroupID + "Microsoft.OperationalInsights/workspaces/logs"
)

var testAddress = address{resourceGroup: pulumi.String("group"), cluster: pulumi.String("aks")}

// defaultParameters returns those of a cluster "shop" without arguments.
func defaultParameters() *containerservice.ManagedClusterArgs {
	off := func() *containerservice.ManagedClusterAddonProfileArgs {
		return &containerservice.ManagedClusterAddonProfileArgs{Enabled: pulumi.Bool(false)}
	}
	return &containerservice.ManagedClusterArgs{
		ResourceGroupName: pulumi.String("group"),
		DnsPrefix:         pulumi.String("shop"),
		AgentPoolProfiles: containerservice.ManagedClusterAgentPoolProfileArray{
			&containerservice.ManagedClusterAgentPoolProfileArgs{
				Name:              pulumi.String("system"),
				Mode:              pulumi.String("System"),
				Type:              pulumi.String("VirtualMachineScaleSets"),
				OsType:            pulumi.String("Linux"),
				Count:             pulumi.Int(2),
				EnableAutoScaling: pulumi.Bool(false),
			},
		},
		EnableRBAC:        pulumi.Bool(true),
		Identity:          &containerservice.ManagedClusterIdentityArgs{Type: containerservice.ResourceIdentityTypePtr("SystemAssigned")},
		OidcIssuerProfile: &containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)},
		SecurityProfile: &containerservice.ManagedClusterSecurityProfileArgs{
			WorkloadIdentity: &containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{Enabled: pulumi.Bool(false)},
			Defender: &containerservice.ManagedClusterSecurityProfileDefenderArgs{
				SecurityMonitoring: &containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs{Enabled: pulumi.Bool(false)},
			},
			ImageCleaner: &containerservice.ManagedClusterSecurityProfileImageCleanerArgs{Enabled: pulumi.Bool(false)},
		},
		AddonProfiles: containerservice.ManagedClusterAddonProfileMap{
			"azurepolicy": off(), "azureKeyvaultSecretsProvider": off(), "omsagent": off(),
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
		ApiServerAccessProfile: &containerservice.ManagedClusterAPIServerAccessProfileArgs{
			EnablePrivateCluster: pulumi.Bool(false),
			DisableRunCommand:    pulumi.Bool(true),
		},
		DisableLocalAccounts: pulumi.Bool(false),
		AutoUpgradeProfile: &containerservice.ManagedClusterAutoUpgradeProfileArgs{
			UpgradeChannel: pulumi.String("none"), NodeOSUpgradeChannel: pulumi.String("NodeImage"),
		},
		Sku:         &containerservice.ManagedClusterSKUArgs{Name: pulumi.String("Base"), Tier: pulumi.String("Free")},
		SupportPlan: pulumi.String("KubernetesOfficial"),
	}
}

// parameterCase is a set of arguments, and how its parameters differ from the defaults.
type parameterCase struct {
	reason string
	args   ClusterArgs
	want   func(*containerservice.ManagedClusterArgs)
}

// checkParameters also checks that Validate accepts the arguments: parameters of what is refused
// would prove nothing.
func checkParameters(t *testing.T, cases map[string]parameterCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if err := tc.args.Validate("shop"); err != nil {
				t.Fatal(err)
			}
			want := defaultParameters()
			tc.want(want)
			got := tc.args.managedCluster("shop", pulumi.String("group"))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// Carries R3.
func TestManagedCluster(t *testing.T) {
	tags := pulumi.StringMap{"env": pulumi.String("dev")}
	checkParameters(t, map[string]parameterCase{
		"Defaults": {
			reason: "without arguments there is a small cluster with an issuer and no add-on",
			want:   func(*containerservice.ManagedClusterArgs) {},
		},
		"Names": {
			reason: "names, version and tier reach their properties",
			args: ClusterArgs{
				ClusterName: pulumi.String("shop_1"), Location: pulumi.String("northeurope"), KubernetesVersion: pulumi.String("1.3.2"),
				DnsPrefix: pulumi.String("prefix"), NodeResourceGroup: pulumi.String("nodes"), SkuTier: pulumi.String("Premium"),
				SupportPlan: pulumi.String("AKSLongTermSupport"), Tags: tags,
			},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.ResourceName = pulumi.String("shop_1")
				m.Location = pulumi.String("northeurope")
				m.KubernetesVersion = pulumi.String("1.3.2")
				m.DnsPrefix = pulumi.String("prefix")
				m.NodeResourceGroup = pulumi.String("nodes")
				m.Sku = &containerservice.ManagedClusterSKUArgs{Name: pulumi.String("Base"), Tier: pulumi.String("Premium")}
				m.SupportPlan = pulumi.String("AKSLongTermSupport")
				m.Tags = tags
				pool := m.AgentPoolProfiles.(containerservice.ManagedClusterAgentPoolProfileArray)[0].(*containerservice.ManagedClusterAgentPoolProfileArgs)
				pool.Tags, pool.OrchestratorVersion = tags, pulumi.String("1.3.2")
			},
		},
		"Addon": {
			reason: "the webhook's add-on is a switch",
			args:   ClusterArgs{WorkloadIdentityAddon: true},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.SecurityProfile.(*containerservice.ManagedClusterSecurityProfileArgs).WorkloadIdentity = &containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{Enabled: pulumi.Bool(true)}
			},
		},
	})
}

// Carries R16.
func TestDNSPrefixIsAlwaysLegal(t *testing.T) {
	legal := regexp.MustCompile(`^[a-zA-Z0-9]`)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		prefix := string((&ClusterArgs{}).dnsPrefix(name).(pulumi.String))
		if err := azure.ValidateDNSPrefix(prefix); err != nil || !legal.MatchString(prefix) {
			t.Fatalf("name %q: %v", name, err)
		}
	})
}

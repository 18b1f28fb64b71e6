package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestVersions(t *testing.T) {
	for reason, tc := range map[string]struct {
		v, w string
		want bool
	}{
		"a newer minor":                  {"1.5", "1.4.4", true},
		"an older minor":                 {"1.3.9", "1.4", false},
		"the same":                       {"1.4.1", "1.4.1", false},
		"a newer patch":                  {"1.4.2", "1.4.1", true},
		"a patch that one does not say":  {"1.4.2", "1.4", false},
		"numbers, not texts":             {"1.9", "1.10", false},
		"another major":                  {"2.0", "1.4", true},
		"more digits than a number has":  {"1.99999999999999999999", "1.4", true},
		"an older major, a newer minor ": {"1.99", "2.0", false},
	} {
		if got := isNewer("v"+tc.v, "v"+tc.w); got != tc.want {
			t.Errorf("%s: %s newer than %s = %t", reason, tc.v, tc.w, got)
		}
	}
}

func TestUpgradeProfile(t *testing.T) {
	checkParameters(t, map[string]parameterCase{
		"Channels": {
			reason: "both upgrade channels reach their properties",
			args:   ClusterArgs{UpgradeChannel: pulumi.String("patch"), NodeOsUpgradeChannel: pulumi.String("SecurityPatch"), KubernetesVersion: pulumi.String("1.4")},
			want: func(m *containerservice.ManagedClusterArgs) {
				m.KubernetesVersion = pulumi.String("1.4")
				m.AgentPoolProfiles.(containerservice.ManagedClusterAgentPoolProfileArray)[0].(*containerservice.ManagedClusterAgentPoolProfileArgs).OrchestratorVersion = pulumi.String("1.4")
				m.AutoUpgradeProfile = &containerservice.ManagedClusterAutoUpgradeProfileArgs{
					UpgradeChannel: pulumi.String("patch"), NodeOSUpgradeChannel: pulumi.String("SecurityPatch"),
				}
			},
		},
	})
}

package webhook_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// What is an output is checked when it resolves, in words of the same quality, and before there is
// a release.
func TestWhatIsKnownLaterFailsLater(t *testing.T) {
	text := func(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }
	number := func(n int) pulumi.IntOutput { return pulumi.Int(n).ToIntOutput() }
	type args = webhook.WebhookReleaseArgs
	cases := map[string]struct {
		args args
		want string
	}{
		"a cluster with the add-on on": {
			args: args{WorkloadIdentityAddon: pulumi.Bool(true).ToBoolOutput()},
			want: `workloadIdentityAddon of webhook release "shop": AKS's add-on runs the webhook in this cluster`,
		},
		"a cluster with the add-on on, as an optional output": {
			args: args{WorkloadIdentityAddon: pulumi.Bool(true).ToBoolPtrOutput()},
			want: "switch the cluster's add-on off",
		},
		"a tenant that is a domain": {
			args: args{TenantId: text("contoso.com")},
			want: `tenantId of webhook release "shop": "contoso.com" is not a tenant`,
		},
		"no replicas": {
			args: args{Replicas: number(0)},
			want: `replicas of webhook release "shop": 0 replicas would never serve`,
		},
		"a registry with a scheme": {
			args: args{ImageRegistry: text("https://mirror.example.com")},
			want: `imageRegistry of webhook release "shop"`,
		},
		"a wait of no time": {
			args: args{TimeoutSeconds: number(0)},
			want: `timeoutSeconds of webhook release "shop": 0 seconds are too few`,
		},
		"a level that the webhook does not know": {
			args: args{LogLevel: text("loud")},
			want: `logLevel of webhook release "shop": "loud" is not allowed: use one of warning, info, debug, trace, all`,
		},
		"the port of the webhook itself": {
			args: args{MetricsAddress: text(":9443")},
			want: `metricsAddress of webhook release "shop": port 9443 is taken`,
		},
		"an effect that taints do not have": {
			args: args{Tolerations: []webhook.TolerationArgs{{Key: text("a"), Effect: text("NoExec")}}},
			want: `tolerations[0].effect of webhook release "shop": "NoExec" is not allowed`,
		},
		"a skew of nothing": {
			args: args{TopologySpread: []webhook.TopologySpreadArgs{{TopologyKey: text("a"), MaxSkew: number(0)}}},
			want: `topologySpread[0].maxSkew of webhook release "shop": 0 is below 1`,
		},
		"a priority class without a name": {
			args: args{PriorityClassName: text("Very High")},
			want: `priorityClassName of webhook release "shop"`,
		},
		"memory in thousandths of a byte": {
			args: args{Resources: &webhook.ResourcesArgs{MemoryLimit: text("64m")}},
			want: `resources.memoryLimit of webhook release "shop": "64m" is less than 1Mi`,
		},
		"a request above its limit": {
			args: args{Resources: &webhook.ResourcesArgs{MemoryRequest: text("64Mi")}},
			want: "resources.memoryRequest: the request of 64Mi is above the limit of 30Mi",
		},
		"a request above its limit in the caller's values": {
			args: args{Values: pulumi.Map{"resources": pulumi.Map{"requests": pulumi.Map{"cpu": pulumi.Int(1)}}}},
			want: "resources.cpuRequest: the request of 1 is above the limit of 100m",
		},
		"a budget of all replicas": {
			args: args{Replicas: number(3), PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MinAvailable: pulumi.Int(3)}},
			want: "podDisruptionBudget.minAvailable: 3 of 3 replicas would block every node drain",
		},
		"a budget that is an output": {
			args: args{PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MinAvailable: text("100%")}},
			want: "podDisruptionBudget.minAvailable: 100% of the pods",
		},
		"a budget of 0%": {
			args: args{PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MaxUnavailable: text("0%")}},
			want: "podDisruptionBudget.maxUnavailable: 0% would block every node drain",
		},
		"a second kind of budget in the caller's values": {
			args: args{Values: pulumi.Map{"podDisruptionBudget": pulumi.Map{"maxUnavailable": pulumi.Int(1)}}},
			want: "podDisruptionBudget: minAvailable (the chart's own is 1) and maxUnavailable meet in the values",
		},
		"fewer replicas than the budget in the values of a stack file": {
			args: args{Values: pulumi.ToMap(map[string]any{"replicaCount": 1.0})},
			want: "podDisruptionBudget.minAvailable: 1 of 1 replicas would block every node drain",
		},
		"a budget of the only replica in the values of a stack file": {
			args: args{Replicas: pulumi.Int(1), Values: pulumi.ToMap(map[string]any{"podDisruptionBudget": map[string]any{"minAvailable": 1.0}})},
			want: "podDisruptionBudget.minAvailable: 1 of 1 replicas would block every node drain",
		},
		"a second kind of budget beside the argument's": {
			args: args{
				PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MinAvailable: pulumi.Int(1)},
				Values:              pulumi.Map{"podDisruptionBudget": pulumi.Map{"maxUnavailable": pulumi.Int(1)}},
			},
			want: "meet in the values",
		},
		"another tenant in values that are an output": {
			args: args{Values: pulumi.Map{"azureTenantID": pulumi.String("x")}.ToMapOutput()},
			want: "values of webhook release \"shop\": azureTenantID has an argument of its own: leave it out",
		},
		"a label that locks the webhook out, in an output": {
			args: args{PodLabels: pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}.ToStringMapOutput()},
			want: `podLabels["azure.workload.identity/use"]: with`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.args.TenantId == nil {
				tc.args.TenantId = tenant()
			}
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return build(&tc.args)(ctx, "shop") }, pulumitest.Options{})
			if r.Err == nil || !strings.Contains(r.Err.Error(), tc.want) {
				t.Errorf("error = %v, want %q", r.Err, tc.want)
			}
			if releases := r.ByType(releaseType); len(releases) > 0 {
				t.Error("the release was registered all the same")
			}
		})
	}
}

// A preview that does not know yet whether the add-on is on shows every property of the release all
// the same.
func TestTheAddonHidesNothingInAPreview(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return withOutputs(func(out pulumi.StringOutput) *webhook.WebhookReleaseArgs {
			return &webhook.WebhookReleaseArgs{TenantId: tenant(), WorkloadIdentityAddon: addonFrom(out, true)}
		})(ctx, "shop")
	}, pulumitest.Options{DryRun: true, RootTypes: []string{groupType}})
	if in := r.Get(t, releaseType, "shop-release").Inputs; in.ContainsUnknowns() {
		t.Errorf("inputs are unknown: %v", in)
	}
}

// The update after that preview stops before there is a release.
//
// Carries R3.
func TestAnAddonThatTurnsOutToBeOnStopsTheRelease(t *testing.T) {
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
		return withOutputs(func(out pulumi.StringOutput) *webhook.WebhookReleaseArgs {
			return &webhook.WebhookReleaseArgs{TenantId: tenantFrom(out, pulumitest.TenantID), WorkloadIdentityAddon: addonFrom(out, true)}
		})(ctx, "shop")
	}, groupAtRoot)
	if r.Err == nil || !strings.Contains(r.Err.Error(), "AKS's add-on runs the webhook") {
		t.Errorf("error = %v", r.Err)
	}
	if releases := r.ByType(releaseType); len(releases) > 0 {
		t.Error("the release was registered all the same")
	}
}

package webhook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const releaseType = "kubernetes:helm.sh/v3:Release"

// build registers a webhook in a cluster of its own, which a test's provider stands for.
func build(args *webhook.WebhookReleaseArgs) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		cluster, err := pulumitest.NewProvider(ctx, "kubernetes", name+"-cluster")
		if err != nil {
			return err
		}
		w, err := webhook.NewWebhookRelease(ctx, name, args, append(opts, pulumi.Provider(cluster))...)
		if err != nil {
			return err
		}
		ctx.Export(name+".namespace", w.Namespace)
		ctx.Export(name+".releaseName", w.ReleaseName)
		ctx.Export(name+".version", w.Version)
		ctx.Export(name+".appVersion", w.AppVersion)
		ctx.Export(name+".status", w.Status)
		return nil
	}
}

func tenant() pulumi.StringInput { return pulumi.String(pulumitest.TenantID) }

// inputs returns those of the Helm release that an update registers.
func inputs(t *testing.T, args webhook.WebhookReleaseArgs) map[string]any {
	t.Helper()
	args.TenantId = tenant()
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(&args)(ctx, "shop") }, pulumitest.Options{})
	return r.Get(t, releaseType, "shop-release").Inputs.Mappable()
}

// group is a resource whose outputs an update knows and a preview does not: it stands for the
// cluster in whose outputs an argument has its source.
type group struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

const groupType = "azure-native:resources:ResourceGroup"

// withOutputs builds a webhook whose arguments come from a resource's outputs.
func withOutputs(args func(name pulumi.StringOutput) *webhook.WebhookReleaseArgs) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		var g group
		if err := ctx.RegisterResource(groupType, name+"-aks", pulumi.Map{}, &g, opts...); err != nil {
			return err
		}
		return build(args(g.Name))(ctx, name, opts...)
	}
}

var groupAtRoot = pulumitest.Options{RootTypes: []string{groupType}}

// tenantFrom and addonFrom depend on an output.
func tenantFrom(out pulumi.StringOutput, tenant string) pulumi.StringOutput {
	return out.ApplyT(func(string) string { return tenant }).(pulumi.StringOutput)
}

func addonFrom(out pulumi.StringOutput, on bool) pulumi.BoolOutput {
	return out.ApplyT(func(string) bool { return on }).(pulumi.BoolOutput)
}

// Carries R4.
func TestGraph(t *testing.T) {
	cases := map[string]struct {
		reason string
		build  pulumitest.Build
	}{
		"defaults": {
			reason: "a release with nothing but a tenant waits for its provider only",
			build:  build(&webhook.WebhookReleaseArgs{TenantId: tenant()}),
		},
		"full": {
			reason: "no setting adds a resource",
			build:  build(everything()),
		},
		"cluster": {
			reason: "what comes from the cluster makes the release wait for it, what is only checked as well",
			build: withOutputs(func(out pulumi.StringOutput) *webhook.WebhookReleaseArgs {
				return &webhook.WebhookReleaseArgs{TenantId: tenantFrom(out, pulumitest.TenantID), WorkloadIdentityAddon: addonFrom(out, false)}
			}),
		},
		"guarded": {
			reason: "the add-on's state is no property of the release, and yet waited for",
			build: withOutputs(func(out pulumi.StringOutput) *webhook.WebhookReleaseArgs {
				return &webhook.WebhookReleaseArgs{TenantId: tenant(), WorkloadIdentityAddon: addonFrom(out, false)}
			}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Matrix(t, groupAtRoot, []string{"azure-native"}, tc.build)
			t.Log(tc.reason)
			pulumitest.Golden(t, name, r.Graph())
		})
	}
}

func TestAdoptingIsAnImportUnderTheReleasesId(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   webhook.WebhookReleaseArgs
		want   string
	}{
		"NotAsked":  {reason: "an existing release is an error of Helm's", args: webhook.WebhookReleaseArgs{}, want: ""},
		"Defaults":  {reason: "the names of the chart's own documentation", args: webhook.WebhookReleaseArgs{Adopt: true}, want: "azure-workload-identity-system/workload-identity-webhook"},
		"Elsewhere": {reason: "whatever it was called", args: webhook.WebhookReleaseArgs{Adopt: true, Namespace: "wi", ReleaseName: "azwi"}, want: "wi/azwi"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.args.TenantId = tenant()
			r := pulumitest.Matrix(t, pulumitest.Options{}, nil, build(&tc.args))
			if got := r.Get(t, releaseType, "one-release").Request.GetImportId(); got != tc.want {
				t.Errorf("%s: import id %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// Once adopted, the argument can go without an update.
func TestAdoptingChangesNoProperty(t *testing.T) {
	if diff := cmp.Diff(inputs(t, webhook.WebhookReleaseArgs{}), inputs(t, webhook.WebhookReleaseArgs{Adopt: true})); diff != "" {
		t.Errorf("-without +with:\n%s", diff)
	}
}

func TestOutputs(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return build(&webhook.WebhookReleaseArgs{TenantId: tenant()})(ctx, "shop")
	}, pulumitest.Options{})
	want := map[string]any{
		"shop.namespace": webhook.DefaultNamespace, "shop.releaseName": "workload-identity-webhook",
		"shop.version": webhook.ChartVersion, "shop.appVersion": webhook.AppVersion, "shop.status": "deployed",
	}
	got := map[string]any{}
	for key, e := range r.Exports {
		got[key] = e.Value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUnknownTenantLeavesTheOtherValuesKnown(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		later := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
		return build(&webhook.WebhookReleaseArgs{TenantId: later})(ctx, "shop")
	}, pulumitest.Options{DryRun: true})
	values := r.Get(t, releaseType, "shop-release").Inputs["values"]
	if !values.IsObject() || !values.ObjectValue()["azureTenantID"].IsComputed() {
		t.Fatalf("values = %v", values)
	}
	if got := values.ObjectValue()["replicaCount"]; !got.DeepEquals(resource.NewProperty(2.0)) {
		t.Errorf("replicaCount = %v, want it known", got)
	}
}

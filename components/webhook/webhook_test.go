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

// build registers a webhook in a cluster of its own, which a test's provider
// stands for.
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

func TestGraph(t *testing.T) {
	r := pulumitest.Matrix(t, pulumitest.Options{}, []string{"azure-native"}, build(&webhook.WebhookReleaseArgs{TenantId: tenant()}))
	pulumitest.Golden(t, "defaults", r.Graph())
}

func TestRelease(t *testing.T) {
	// want is what every release says; values and the place of the chart differ.
	want := func(values map[string]any, rest map[string]any) map[string]any {
		m := map[string]any{
			"atomic": true, "cleanupOnFail": true, "compat": "true", "createNamespace": true, "skipAwait": false,
			"name": "workload-identity-webhook", "namespace": "azure-workload-identity-system", "timeout": 600.0,
			"chart": "workload-identity-webhook", "version": "1.6.0",
			"repositoryOpts": map[string]any{"repo": "https://azure.github.io/azure-workload-identity/charts"},
			"values":         values,
		}
		for key, value := range rest {
			if value == nil {
				delete(m, key)
				continue
			}
			m[key] = value
		}
		return m
	}
	base := func(more map[string]any) map[string]any {
		m := map[string]any{"azureTenantID": pulumitest.TenantID, "azureEnvironment": "AzurePublicCloud", "replicaCount": 2.0}
		for key, value := range more {
			m[key] = value
		}
		return m
	}

	cases := map[string]struct {
		reason string
		args   webhook.WebhookReleaseArgs
		want   map[string]any
	}{
		"Defaults": {
			reason: "the pinned chart, awaited, in a namespace of its own",
			want:   want(base(nil), nil),
		},
		"Everything": {
			reason: "every argument reaches its chart value",
			args: webhook.WebhookReleaseArgs{
				Cloud: "AzureUSGovernment", Version: "1.5.1", Repository: "https://mirror.example.com/charts", Namespace: "webhook",
				ExistingNamespace: true, Replicas: pulumi.Int(3), ImageRegistry: pulumi.String("mirror.example.com/mcr"),
				NodeSelector: pulumi.StringMap{"pool": pulumi.String("system")}, LogLevel: "debug", TimeoutSeconds: 60,
				Tolerations: []webhook.TolerationArgs{{Key: pulumi.String("CriticalAddonsOnly"), Operator: pulumi.String("Exists"), TolerationSeconds: pulumi.Int(5)}},
			},
			want: want(base(map[string]any{
				"azureEnvironment": "AzureUSGovernment", "replicaCount": 3.0, "logLevel": "debug",
				"image":        map[string]any{"repository": "mirror.example.com/mcr/oss/azure/workload-identity/webhook"},
				"nodeSelector": map[string]any{"pool": "system"},
				"tolerations":  []any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists", "tolerationSeconds": 5.0}},
			}), map[string]any{
				"createNamespace": false, "namespace": "webhook", "timeout": 60.0, "version": "1.5.1",
				"repositoryOpts": map[string]any{"repo": "https://mirror.example.com/charts"},
			}),
		},
		"LocalChart": {
			reason: "a chart on disk brings its version and needs no repository",
			args:   webhook.WebhookReleaseArgs{Chart: "./charts/workload-identity-webhook"},
			want: want(base(nil), map[string]any{
				"chart": "./charts/workload-identity-webhook", "version": nil, "repositoryOpts": nil,
			}),
		},
		"OCIChart": {
			reason: "an OCI reference keeps the pinned version and needs no repository",
			args:   webhook.WebhookReleaseArgs{Chart: "oci://mirror.example.com/charts/workload-identity-webhook"},
			want: want(base(nil), map[string]any{
				"chart": "oci://mirror.example.com/charts/workload-identity-webhook", "repositoryOpts": nil,
			}),
		},
		"ValuesLast": {
			reason: "extra values win, and maps are merged by key",
			args: webhook.WebhookReleaseArgs{
				NodeSelector:  pulumi.StringMap{"kubernetes.io/os": pulumi.String("linux")},
				ImageRegistry: pulumi.String("mirror.example.com"),
				Values: pulumi.Map{
					"replicaCount": pulumi.Int(5),
					"image":        pulumi.Map{"pullPolicy": pulumi.String("Always")},
					"nodeSelector": pulumi.Map{"pool": pulumi.String("system")},
					"podLabels":    pulumi.Map{"team": pulumi.String("platform")},
				},
			},
			want: want(base(map[string]any{
				"replicaCount": 5.0,
				"image":        map[string]any{"repository": "mirror.example.com/oss/azure/workload-identity/webhook", "pullPolicy": "Always"},
				"nodeSelector": map[string]any{"kubernetes.io/os": "linux", "pool": "system"},
				"podLabels":    map[string]any{"team": "platform"},
			}), nil),
		},
		"ValuesFromAnOutput": {
			reason: "values that are known only later are merged then",
			args: webhook.WebhookReleaseArgs{
				NodeSelector: pulumi.StringMap{"a": pulumi.String("1")},
				Values: pulumi.Map{
					"logLevel":     pulumi.String("info"),
					"nodeSelector": pulumi.StringMap{"b": pulumi.String("2")},
				}.ToMapOutput(),
			},
			want: want(base(map[string]any{"logLevel": "info", "nodeSelector": map[string]any{"a": "1", "b": "2"}}), nil),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			args := tc.args
			args.TenantId = tenant()
			r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(&args)(ctx, "shop") }, pulumitest.Options{})
			got := r.Get(t, releaseType, "shop-release").Inputs.Mappable()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
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

func TestWhatDependsOnReleaseWaitsForTheHelmRelease(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		cluster, err := pulumitest.NewProvider(ctx, "kubernetes", "cluster")
		if err != nil {
			return err
		}
		w, err := webhook.NewWebhookRelease(ctx, "shop", &webhook.WebhookReleaseArgs{TenantId: tenant()}, pulumi.Provider(cluster))
		if err != nil {
			return err
		}
		return ctx.RegisterResource("kubernetes:core/v1:Namespace", "later", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("later")},
		}, &pulumi.CustomResourceState{}, pulumi.Provider(cluster), pulumi.DependsOn([]pulumi.Resource{w.Release}))
	}, pulumitest.Options{RootTypes: []string{"kubernetes:core/v1:Namespace"}})
	if !r.Reaches(r.Get(t, "kubernetes:core/v1:Namespace", "later"), r.Get(t, releaseType, "shop-release")) {
		t.Errorf("what depends on the component does not wait for the webhook:\n%s", r.Graph())
	}
}

func TestInvalidArguments(t *testing.T) {
	type args = *webhook.WebhookReleaseArgs
	pulumitest.Invalid(t, map[string]pulumitest.InvalidCase[args]{
		"without a tenant the chart cannot be installed": {
			Args: nil,
			Want: []pulumitest.Problem{{Path: "tenantId", Text: "tenantId output"}},
		},
		"a tenant is not a domain": {
			Args: &webhook.WebhookReleaseArgs{TenantId: pulumi.String("contoso.com")},
			Want: []pulumitest.Problem{{Path: "tenantId", Text: "not its domain"}},
		},
		"a cloud that does not exist": {
			Args: &webhook.WebhookReleaseArgs{TenantId: tenant(), Cloud: "AzureMoon"},
			Want: []pulumitest.Problem{{Path: "cloud", Text: "AzurePublicCloud, AzureUSGovernment, AzureChinaCloud"}},
		},
		"a range is not a pinned version": {
			Args: &webhook.WebhookReleaseArgs{TenantId: tenant(), Version: "^1.6"},
			Want: []pulumitest.Problem{{Path: "version", Text: `"1.6.0"`}},
		},
		"a local chart has no repository": {
			Args: &webhook.WebhookReleaseArgs{TenantId: tenant(), Chart: "./chart", Repository: "https://example.com"},
			Want: []pulumitest.Problem{{Path: "repository", Text: "exclude each other"}},
		},
		"an OCI registry is no repository": {
			Args: &webhook.WebhookReleaseArgs{TenantId: tenant(), Repository: "oci://example.com/charts"},
			Want: []pulumitest.Problem{{Path: "repository", Text: "goes into chart"}},
		},
		"kube-system is the add-on's": {
			Args: &webhook.WebhookReleaseArgs{TenantId: tenant(), Namespace: "kube-system"},
			Want: []pulumitest.Problem{{Path: "namespace", Text: "add-on"}},
		},
		"everything else wrong at once": {
			Args: &webhook.WebhookReleaseArgs{
				TenantId: tenant(), Namespace: "Web_Hook", Replicas: pulumi.Int(0), ImageRegistry: pulumi.String("https://mirror/"),
				LogLevel: "loud", TimeoutSeconds: -1,
			},
			Want: []pulumitest.Problem{
				{Path: "namespace", Text: "lower-case"},
				{Path: "replicas", Text: "at least 1"},
				{Path: "imageRegistry", Text: "without scheme"},
				{Path: "logLevel", Text: "error, warning, info, debug, trace"},
				{Path: "timeoutSeconds", Text: "600"},
			},
		},
	}, func(ctx *pulumi.Context, a args) error {
		_, err := webhook.NewWebhookRelease(ctx, "shop", a)
		return err
	})
}

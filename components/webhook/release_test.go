package webhook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// Carries R4.
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

// The outputs come from the Helm release, so that whatever uses one waits too.
func TestWhatUsesAnOutputWaitsForTheHelmRelease(t *testing.T) {
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
			"metadata": pulumi.Map{"name": pulumi.String("later"), "labels": pulumi.StringMap{"webhook": w.AppVersion}},
		}, &pulumi.CustomResourceState{}, pulumi.Provider(cluster))
	}, pulumitest.Options{RootTypes: []string{"kubernetes:core/v1:Namespace"}})
	if !r.Reaches(r.Get(t, "kubernetes:core/v1:Namespace", "later"), r.Get(t, releaseType, "shop-release")) {
		t.Errorf("what uses an output does not wait for the webhook:\n%s", r.Graph())
	}
}

// replacedBy are the properties whose change replaces a Helm release; any other change is an
// upgrade. Source: Diff in provider/pkg/provider/helm_release.go of pulumi-kubernetes v4.30.0
// (forceNewFields).
var replacedBy = []string{"name", "namespace"}

func TestWhatAChangeDoesToTheRelease(t *testing.T) {
	type args = webhook.WebhookReleaseArgs
	cases := map[string]struct {
		args     args
		replaced bool
		changed  []string
	}{
		"another chart version is an upgrade": {args: args{Version: "1.6.1"}, changed: []string{"version"}},
		"a mirror is an upgrade":              {args: args{Repository: "https://mirror.example.com/charts"}, changed: []string{"repositoryOpts"}},
		"a chart on disk is an upgrade":       {args: args{Chart: "./charts/workload-identity-webhook"}, changed: []string{"chart", "repositoryOpts", "version"}},
		"more replicas are an upgrade":        {args: args{Replicas: pulumi.Int(3)}, changed: []string{"values"}},
		"a cloud is an upgrade":               {args: args{Cloud: "AzureChinaCloud"}, changed: []string{"values"}},
		"another namespace is a replacement":  {args: args{Namespace: "wi"}, changed: []string{"namespace"}, replaced: true},
		"another name is a replacement":       {args: args{ReleaseName: "azwi"}, changed: []string{"name"}, replaced: true},
	}
	before := inputs(t, args{})
	for reason, tc := range cases {
		t.Run(reason, func(t *testing.T) {
			after := inputs(t, tc.args)
			var changed []string
			for _, key := range []string{"chart", "name", "namespace", "repositoryOpts", "values", "version"} {
				if !cmp.Equal(before[key], after[key]) {
					changed = append(changed, key)
				}
			}
			if diff := cmp.Diff(tc.changed, changed); diff != "" {
				t.Errorf("changed properties (-want +got):\n%s", diff)
			}
			replaced := false
			for _, key := range replacedBy {
				replaced = replaced || !cmp.Equal(before[key], after[key])
			}
			if replaced != tc.replaced {
				t.Errorf("replaced is %t, want %t", replaced, tc.replaced)
			}
		})
	}
}

// Two releases at once would fight over the chart's cluster-scoped names, so that the old one goes
// first, and the physical name stays what it was.
func TestAReplacedReleaseIsDeletedFirst(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return build(&webhook.WebhookReleaseArgs{TenantId: tenant()})(ctx, "shop")
	}, pulumitest.Options{})
	request := r.Get(t, releaseType, "shop-release").Request
	if !request.GetDeleteBeforeReplace() || !request.GetDeleteBeforeReplaceDefined() {
		t.Error("a replacement would be installed beside the old release")
	}
}

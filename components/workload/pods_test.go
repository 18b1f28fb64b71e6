package workload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// pod is the spec of pods with one container.
func pod(env corev1.EnvVarArray) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{Containers: corev1.ContainerArray{corev1.ContainerArgs{Name: pulumi.String("web"), Env: env}}}
}

// injection is the hash that a workload gives its pods.
func injection(t *testing.T, change func(*workload.FederatedWorkloadArgs)) string {
	t.Helper()
	r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := minimal(c)
		change(args)
		return args
	})
	return r.Exports["podAnnotations"].Value.(map[string]string)[azwi.AnnotationInjection]
}

func TestTenantAnnotation(t *testing.T) {
	const other = "00000000-0000-4000-8000-00000000dddd"
	cases := map[string]struct {
		tenant   pulumi.StringPtrInput
		annotate bool
		want     string
	}{
		"the same tenant needs none":                            {tenant: pulumi.String(pulumitest.TenantID)},
		"the same tenant in another case needs none":            {tenant: pulumi.String(strings.ToUpper(pulumitest.TenantID))},
		"no tenant to compare with means the same":              {},
		"the identity's own tenant where the webhook's differs": {tenant: pulumi.String(other), want: pulumitest.TenantID},
		"on request": {annotate: true, want: pulumitest.TenantID},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := minimal(c)
				args.TenantId, args.ServiceAccount.AnnotateTenant = tc.tenant, pulumi.Bool(tc.annotate)
				return args
			})
			annotations := r.Exports["serviceAccountAnnotations"].Value.(map[string]string)
			got, present := annotations[azwi.AnnotationTenantID]
			if got != tc.want || present != (tc.want != "") {
				t.Errorf("tenant annotation = %q (present: %t), want %q", got, present, tc.want)
			}
		})
	}
}

// What decides about an annotation may be known only later.
func TestAnnotationsThatAreDecidedLater(t *testing.T) {
	const expiration = "azure.workload.identity/service-account-token-expiration"
	client := pulumitest.GUID("shop-identity", "client")
	seconds := func(n int) pulumi.IntPtrInput { return pulumi.Int(n).ToIntOutput() }
	yes := func(b bool) pulumi.BoolPtrInput { return pulumi.Bool(b).ToBoolOutput() }
	for reason, tc := range map[string]struct {
		settings workload.ServiceAccountArgs
		want     map[string]string
		err      string
	}{
		"an expiration":            {settings: workload.ServiceAccountArgs{TokenExpirationSeconds: seconds(7200)}, want: map[string]string{expiration: "7200"}},
		"an expiration of nothing": {settings: workload.ServiceAccountArgs{TokenExpirationSeconds: seconds(0)}},
		"an expiration that the webhook denies": {
			settings: workload.ServiceAccountArgs{TokenExpirationSeconds: seconds(60)},
			err:      `serviceAccount.tokenExpirationSeconds of workload "shop": token expiration 60 is outside 3600 to 86400`,
		},
		"a tenant":    {settings: workload.ServiceAccountArgs{AnnotateTenant: yes(true)}, want: map[string]string{azwi.AnnotationTenantID: pulumitest.TenantID}},
		"no tenant":   {settings: workload.ServiceAccountArgs{AnnotateTenant: yes(false)}},
		"both":        {settings: workload.ServiceAccountArgs{AnnotateTenant: yes(true), TokenExpirationSeconds: seconds(3600)}, want: map[string]string{azwi.AnnotationTenantID: pulumitest.TenantID, expiration: "3600"}},
		"one of both": {settings: workload.ServiceAccountArgs{AnnotateTenant: pulumi.Bool(true), TokenExpirationSeconds: seconds(3600)}, want: map[string]string{azwi.AnnotationTenantID: pulumitest.TenantID, expiration: "3600"}},
	} {
		t.Run(reason, func(t *testing.T) {
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
				return build(func(c *fakeCluster) *workload.FederatedWorkloadArgs {
					args := minimal(c)
					args.ServiceAccount = &tc.settings
					return args
				})(ctx, "shop")
			}, options())
			if tc.err != "" {
				if r.Err == nil || !strings.Contains(r.Err.Error(), tc.err) {
					t.Errorf("error = %v, want %q", r.Err, tc.err)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			want := map[string]string{azwi.AnnotationClientID: client}
			for key, value := range tc.want {
				want[key] = value
			}
			if diff := cmp.Diff(want, r.Exports["serviceAccountAnnotations"].Value); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAutomountOfTheKubernetesToken(t *testing.T) {
	for reason, tc := range map[string]struct {
		given pulumi.BoolPtrInput
		want  bool
	}{
		"off by default":      {nil, false},
		"on":                  {pulumi.Bool(true), true},
		"on, as known later":  {pulumi.Bool(true).ToBoolOutput(), true},
		"off, as known later": {pulumi.Bool(false).ToBoolPtrOutput(), false},
	} {
		r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
			args := minimal(c)
			args.ServiceAccount.AutomountServiceAccountToken = tc.given
			return args
		})
		if got := r.Get(t, accountType, "shop-account-main.shop.web").Inputs["automountServiceAccountToken"].BoolValue(); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
		if values := r.Exports["helmValues"].Value.(string); !strings.Contains(values, fmt.Sprintf("automount: %t\n", tc.want)) {
			t.Errorf("%s: Helm values are\n%s", reason, values)
		}
	}
}

// The webhook takes AZURE_TENANT_ID out of pods whose service account has an
// empty tenant.
func TestAnEmptyTenantIsNeverWritten(t *testing.T) {
	for name, tc := range map[string]struct {
		tenant   pulumi.StringPtrInput
		annotate bool
		fails    bool
	}{
		"on request":           {annotate: true, fails: true},
		"where tenants differ": {tenant: pulumi.String(pulumitest.TenantID), fails: true},
		"without a comparison": {},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Fakes.Calls = map[string]pulumitest.FakeCall{
				"azuread:index/getServicePrincipal:getServicePrincipal": func(resource.PropertyMap) (resource.PropertyMap, error) {
					return resource.PropertyMap{"objectId": resource.NewProperty(theirObject), "applicationTenantId": resource.NewProperty("")}, nil
				},
			}
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
				return build(func(c *fakeCluster) *workload.FederatedWorkloadArgs {
					args := existingApplication(c)
					args.TenantId, args.ServiceAccount.AnnotateTenant = tc.tenant, pulumi.Bool(tc.annotate)
					return args
				})(ctx, "shop")
			}, o)
			if tc.fails {
				if r.Err == nil || !strings.Contains(r.Err.Error(), "AZURE_TENANT_ID") {
					t.Errorf("error = %v, want one about AZURE_TENANT_ID", r.Err)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if value, present := r.Exports["serviceAccountAnnotations"].Value.(map[string]string)[azwi.AnnotationTenantID]; present {
				t.Errorf("the annotation is %q", value)
			}
		})
	}
}

// One setting decides about credentials and pods, and azure.Cloud about the
// webhook, so that they agree.
//
// Carries R27.
func TestOneCloudEverywhere(t *testing.T) {
	for _, cloud := range azure.Clouds() {
		r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
			args := minimal(c)
			args.Cloud = cloud
			args.Federations = workload.Accounts("shop/web", "shop/mine", "shop/later")
			args.Federations[1].Audience = pulumi.String("api://mine")
			args.Federations[2].Audience = pulumi.String("api://later").ToStringOutput()
			return args
		})
		for name, want := range map[string]string{"web": cloud.Audience(), "mine": "api://mine", "later": "api://later"} {
			got := r.Get(t, credentialType, "shop-credential-main.shop."+name).Inputs.Mappable()["audiences"]
			if diff := cmp.Diff([]any{want}, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", cloud, name, diff)
			}
		}
		annotations := r.Exports["serviceAccountAnnotations"].Value.(map[string]string)
		want := map[string]string{azwi.AnnotationInjection: azwi.InjectionHash(annotations, cloud.Audience(), cloud.AuthorityHost())}
		if diff := cmp.Diff(want, r.Exports["podAnnotations"].Value); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cloud, diff)
		}
	}
}

func TestPodsRestartWhenWhatIsInjectedChanges(t *testing.T) {
	before := injection(t, func(*workload.FederatedWorkloadArgs) {})
	for reason, tc := range map[string]struct {
		change   func(*workload.FederatedWorkloadArgs)
		restarts bool
	}{
		"another expiration":  {func(a *workload.FederatedWorkloadArgs) { a.ServiceAccount.TokenExpirationSeconds = pulumi.Int(7200) }, true},
		"a tenant":            {func(a *workload.FederatedWorkloadArgs) { a.ServiceAccount.AnnotateTenant = pulumi.Bool(true) }, true},
		"another cloud":       {func(a *workload.FederatedWorkloadArgs) { a.Cloud = "AzureChinaCloud" }, true},
		"the cloud spelt out": {func(a *workload.FederatedWorkloadArgs) { a.Cloud = "AzurePublicCloud" }, false},
		"the same tenant":     {func(a *workload.FederatedWorkloadArgs) { a.TenantId = pulumi.String(pulumitest.TenantID) }, false},
		"somebody's annotation": {func(a *workload.FederatedWorkloadArgs) {
			a.ServiceAccount.Annotations = pulumi.StringMap{"note": pulumi.String("x")}
		}, false},
		"a label": {func(a *workload.FederatedWorkloadArgs) {
			a.ServiceAccount.Labels = pulumi.StringMap{"team": pulumi.String("x")}
		}, false},
		"another client id": {func(a *workload.FederatedWorkloadArgs) {
			a.Identity, a.ResourceGroupName = &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String(theirClient)}, nil
		}, true},
	} {
		if after := injection(t, tc.change); (after != before) != tc.restarts {
			t.Errorf("%s: %s, then %s; restarts: want %t", reason, before, after, tc.restarts)
		}
	}
}

func TestPodTemplateOfAWorkload(t *testing.T) {
	cases := map[string]pulumi.StringMapInput{
		"with annotations":              pulumi.StringMap{"note": pulumi.String("x"), azwi.AnnotationInjection: pulumi.String("old")},
		"with annotations of a pointer": &pulumi.StringMap{"note": pulumi.String("x")},
		"with annotations as an output": pulumi.StringMap{"note": pulumi.String("x")}.ToStringMapOutput(),
		"without annotations":           nil,
	}
	for name, annotations := range cases {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
				c, err := newCluster(ctx, "shop-cluster")
				if err != nil {
					return err
				}
				w, err := workload.NewFederatedWorkload(ctx, "shop", full(c))
				if err != nil {
					return err
				}
				// cron's federation is off, and its pods still start.
				template, err := w.PodTemplate("cron", corev1.PodTemplateSpecArgs{
					Metadata: metav1.ObjectMetaArgs{Labels: pulumi.StringMap{"app": pulumi.String("x")}, Annotations: annotations},
					Spec:     pod(nil),
				})
				if err != nil {
					return err
				}
				metadata := template.Metadata.ToObjectMetaPtrOutput()
				ctx.Export("labels", metadata.Labels())
				ctx.Export("annotations", metadata.Annotations())
				ctx.Export("account", template.Spec.ToPodSpecPtrOutput().ServiceAccountName())
				ctx.Export("podAnnotations", w.PodAnnotations)
				return nil
			}, options())
			want := map[string]string{}
			if annotations != nil {
				want["note"] = "x"
			}
			for key, value := range r.Exports["podAnnotations"].Value.(map[string]string) {
				want[key] = value
			}
			if diff := cmp.Diff(want, r.Exports["annotations"].Value); diff != "" || want[azwi.AnnotationInjection] == "" {
				t.Errorf("annotations (-want +got):\n%s", diff)
			}
			labels := map[string]string{"app": "x", "azure.workload.identity/use": "true"}
			if diff := cmp.Diff(labels, r.Exports["labels"].Value); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
			if got := *r.Exports["account"].Value.(*string); got != "cron" {
				t.Errorf("service account %q", got)
			}
		})
	}
}

// A preview shows what is known of a new workload's template, and that the hash
// is not.
func TestPodTemplateInAPreview(t *testing.T) {
	const podsType = "kubernetes:test:Pods"
	o := options()
	o.DryRun = true
	o.RootTypes = append(o.RootTypes, podsType)
	o.Fakes.Resources[podsType] = pulumitest.FakeResource{State: func(r *pulumitest.Resource) (string, resource.PropertyMap, error) {
		return r.Name, nil, nil
	}}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		c, err := newCluster(ctx, "shop-cluster")
		if err != nil {
			return err
		}
		w, err := workload.NewFederatedWorkload(ctx, "shop", minimal(c))
		if err != nil {
			return err
		}
		template, err := w.PodTemplate("web", corev1.PodTemplateSpecArgs{Spec: pod(nil)})
		if err != nil {
			return err
		}
		var pods pulumi.CustomResourceState
		return ctx.RegisterResource(podsType, "pods", pulumi.Map{"template": template}, &pods, pulumi.Provider(c.provider))
	}, o)
	template := r.Get(t, podsType, "pods").Inputs["template"].ObjectValue()
	metadata := template["metadata"].ObjectValue()
	if diff := cmp.Diff(map[string]any{"azure.workload.identity/use": "true"}, metadata["labels"].ObjectValue().Mappable()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if got := metadata["annotations"].ObjectValue()[azwi.AnnotationInjection]; !got.IsComputed() {
		t.Errorf("the hash of a client id that nobody knows is %v", got)
	}
	if got := template["spec"].ObjectValue()["serviceAccountName"].StringValue(); got != "web" {
		t.Errorf("service account %q", got)
	}
}

func TestPodTemplateOfAnotherServiceAccount(t *testing.T) {
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
		c, err := newCluster(ctx, "shop-cluster")
		if err != nil {
			return err
		}
		w, err := workload.NewFederatedWorkload(ctx, "shop", full(c))
		if err != nil {
			return err
		}
		_, err = w.PodTemplate("other", corev1.PodTemplateSpecArgs{Spec: pod(corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String("AZURE_CLIENT_ID"), Value: pulumi.String("x")}})})
		return err
	}, options())
	pulumitest.CheckProblems(t, r.Err, []pulumitest.Problem{
		{Path: "serviceAccount", Text: "it federates app.v1, cron, web, worker"},
		{Path: "spec.containers[0].env[0].name", Text: "AZURE_CLIENT_ID"},
	})
}

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

// pod returns the spec of pods with one container.
func pod(env corev1.EnvVarArray) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{Containers: corev1.ContainerArray{corev1.ContainerArgs{Name: pulumi.String("web"), Env: env}}}
}

// injection returns the hash that a workload gives its pods.
func injection(t *testing.T, change func(*workload.FederatedWorkloadArgs)) string {
	t.Helper()
	r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := minimal(c)
		change(args)
		return args
	})
	return r.Exports["podAnnotations"].Value.(map[string]string)[azwi.AnnotationInjection]
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

// One setting decides about credentials and pods, and azure.Cloud about the webhook, so that they
// agree.
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
		"an annotation of the team": {func(a *workload.FederatedWorkloadArgs) {
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

// A preview shows what is known of a new workload's template, and that the hash is not.
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
		t.Errorf("the hash of a client id that is not known is %v", got)
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

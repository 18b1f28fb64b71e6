package podtemplate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/podtemplate"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

var web = podtemplate.Args{ServiceAccount: "web"}

func container(c corev1.ContainerArgs) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{Containers: corev1.ContainerArray{&c}}
}

func env(name, value string) corev1.EnvVarArray {
	return corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String(name), Value: pulumi.String(value)}}
}

// Carries R10.
func TestPodTemplate(t *testing.T) {
	plain := container(corev1.ContainerArgs{Name: pulumi.String("web"), Env: env("PORT", "8080")})
	withAccount := *plain
	withAccount.ServiceAccountName = pulumi.StringPtr("web")
	use := func(more ...string) pulumi.StringMap {
		m := pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}
		for _, key := range more {
			m[key] = pulumi.String("x")
		}
		return m
	}
	cases := map[string]struct {
		reason   string
		template corev1.PodTemplateSpecArgs
		want     corev1.PodTemplateSpecArgs
	}{
		"NoMetadata": {
			reason:   "a template without metadata gets some for the label",
			template: corev1.PodTemplateSpecArgs{Spec: plain},
			want:     corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: use()}, Spec: &withAccount},
		},
		"ByValue": {
			reason:   "metadata and spec may be given by value, and keep what they have",
			template: corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("n"), Labels: pulumi.StringMap{"app": pulumi.String("x")}}, Spec: *plain},
			want:     corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String("n"), Labels: use("app")}, Spec: &withAccount},
		},
		"ByPtrFunction": {
			reason:   "metadata and spec may come from the SDK's Ptr functions, whose types are hidden",
			template: corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaPtr(&metav1.ObjectMetaArgs{Labels: pulumi.StringMap{"app": pulumi.String("x")}}), Spec: corev1.PodSpecPtr(plain)},
			want:     corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: use("app")}, Spec: &withAccount},
		},
		"AlreadyRight": {
			reason:   "what is right already is no problem",
			template: corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: use()}, Spec: &withAccount},
			want:     corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: use()}, Spec: &withAccount},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := podtemplate.New(web, tc.template)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPodTemplateLeavesItsArgumentAlone(t *testing.T) {
	labels := pulumi.StringMap{"app": pulumi.String("x")}
	spec := container(corev1.ContainerArgs{Name: pulumi.String("web")})
	if _, err := podtemplate.New(web, corev1.PodTemplateSpecArgs{Metadata: &metav1.ObjectMetaArgs{Labels: labels}, Spec: spec}); err != nil {
		t.Fatal(err)
	}
	if len(labels) != 1 || spec.ServiceAccountName != nil {
		t.Errorf("the argument was changed: %v, %v", labels, spec.ServiceAccountName)
	}
}

func TestPodTemplateLabelsThatAreAnOutput(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		labels := pulumi.StringMap{"app": pulumi.String("x"), "azure.workload.identity/use": pulumi.String("false")}.ToStringMapOutput()
		got, err := podtemplate.New(web, corev1.PodTemplateSpecArgs{
			Metadata: &metav1.ObjectMetaArgs{Labels: labels}, Spec: container(corev1.ContainerArgs{Name: pulumi.String("web")}),
		})
		if err != nil {
			return err
		}
		ctx.Export("labels", got.Metadata.ToObjectMetaPtrOutput().Labels())
		return nil
	}, pulumitest.Options{})
	want := map[string]string{"app": "x", "azure.workload.identity/use": "true"}
	if diff := cmp.Diff(want, r.Exports["labels"].Value); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Carries R10.
func TestWrongPodTemplates(t *testing.T) {
	type problems = []pulumitest.Problem
	type wrongTemplate struct {
		account  string
		template corev1.PodTemplateSpecArgs
		want     problems
	}
	cases := map[string]wrongTemplate{
		"ephemeral containers, which Kubernetes allows in no template": {
			template: corev1.PodTemplateSpecArgs{Spec: &corev1.PodSpecArgs{EphemeralContainers: corev1.EphemeralContainerArray{corev1.EphemeralContainerArgs{Name: pulumi.String("debug")}}}},
			want:     problems{{Path: "spec.ephemeralContainers", Text: "kubectl debug"}},
		},
		"numbers that the webhook denies": {
			template: corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Annotations: pulumi.StringMap{
					"azure.workload.identity/proxy-sidecar-port":               pulumi.String("http"),
					"azure.workload.identity/service-account-token-expiration": pulumi.String("100"),
				}},
				Spec: container(corev1.ContainerArgs{}),
			},
			want: problems{
				{Path: "metadata.annotations.azure.workload.identity/proxy-sidecar-port", Text: "1 to 65535"},
				{Path: "metadata.annotations.azure.workload.identity/service-account-token-expiration", Text: "3600 to 86400"},
			},
		},
		"an expiration that is no number": {
			template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Annotations: pulumi.StringMap{"azure.workload.identity/service-account-token-expiration": pulumi.String("1h")}},
				Spec:     container(corev1.ContainerArgs{}),
			},
			want: problems{{Path: "metadata.annotations.azure.workload.identity/service-account-token-expiration", Text: "number of seconds"}},
		},
		"no spec": {
			want: problems{{Path: "spec", Text: "required"}},
		},
		"a service account that cannot exist": {
			account: "Web", template: corev1.PodTemplateSpecArgs{Spec: container(corev1.ContainerArgs{})},
			want: problems{{Path: "serviceAccount", Text: "lower-case"}},
		},
		"metadata that cannot be looked into": {
			template: corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaArgs{}.ToObjectMetaPtrOutput(), Spec: container(corev1.ContainerArgs{})},
			want:     problems{{Path: "metadata", Text: "is an output"}},
		},
		"every variable that the webhook owns": {
			template: corev1.PodTemplateSpecArgs{Spec: container(corev1.ContainerArgs{Env: corev1.EnvVarArray{
				corev1.EnvVarArgs{Name: pulumi.String("AZURE_CLIENT_ID"), Value: pulumi.String("x")},
				&corev1.EnvVarArgs{Name: pulumi.String("AZURE_TENANT_ID")},
				corev1.EnvVarArgs{Name: pulumi.String("AZURE_FEDERATED_TOKEN_FILE"), Value: pulumi.String("/var/run/secrets/azure/tokens/azure-identity-token")},
				corev1.EnvVarArgs{Name: pulumi.String("AZURE_AUTHORITY_HOST")},
				corev1.EnvVarArgs{Name: pulumi.String("AZURE_SUBSCRIPTION_ID"), Value: pulumi.String("mine")},
			}})},
			want: problems{
				{Path: "spec.containers[0].env[0].name", Text: "AZURE_CLIENT_ID"},
				{Path: "spec.containers[0].env[1].name", Text: "wins over"},
				{Path: "spec.containers[0].env[2].name", Text: "AZURE_FEDERATED_TOKEN_FILE"},
				{Path: "spec.containers[0].env[3].name", Text: "AZURE_AUTHORITY_HOST"},
			},
		},
		"init containers count too": {
			template: corev1.PodTemplateSpecArgs{Spec: &corev1.PodSpecArgs{InitContainers: corev1.ContainerArray{corev1.ContainerArgs{Env: env("AZURE_CLIENT_ID", "x")}}}},
			want:     problems{{Path: "spec.initContainers[0].env[0].name", Text: "AZURE_CLIENT_ID"}},
		},
		"the token's path in every place": {
			template: corev1.PodTemplateSpecArgs{Spec: container(corev1.ContainerArgs{
				Env:          env("TOKEN", "/var/run/secrets/azure/tokens/azure-identity-token"),
				Command:      pulumi.StringArray{pulumi.String("cat"), pulumi.String("/var/run/secrets/azure/wi/token/azure-identity-token")},
				Args:         pulumi.StringArray{pulumi.String("--file=/var/run/secrets/azure/tokens")},
				VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{MountPath: pulumi.String("/var/run/secrets/azure/wi"), Name: pulumi.String("v")}},
			})},
			want: problems{
				{Path: "spec.containers[0].env[0].value", Text: "AZURE_FEDERATED_TOKEN_FILE"},
				{Path: "spec.containers[0].command[1]", Text: "/var/run/secrets/azure/wi"},
				{Path: "spec.containers[0].args[0]", Text: "/var/run/secrets/azure/tokens"},
				{Path: "spec.containers[0].volumeMounts[0].mountPath", Text: "webhook's own"},
			},
		},
		"labels that turn it off, or on twice": {
			template: corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: pulumi.StringMap{"aadpodidbinding": pulumi.String("web"), "azure.workload.identity/use": pulumi.String("false")}},
				Spec:     container(corev1.ContainerArgs{}),
			},
			want: problems{
				{Path: "metadata.labels.aadpodidbinding", Text: "exclude each other"},
				{Path: "metadata.labels.azure.workload.identity/use", Text: "remove the label"},
			},
		},
		"another service account, in the old field too": {
			template: corev1.PodTemplateSpecArgs{Spec: &corev1.PodSpecArgs{ServiceAccountName: pulumi.String("other"), ServiceAccount: pulumi.String("older")}},
			want: problems{
				{Path: "spec.serviceAccountName", Text: `"other"`},
				{Path: "spec.serviceAccount", Text: `"older"`},
			},
		},
		"the proxy on the host's network, even if it says false": {
			template: corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Annotations: pulumi.StringMap{"azure.workload.identity/inject-proxy-sidecar": pulumi.String("false")}},
				Spec:     &corev1.PodSpecArgs{HostNetwork: pulumi.Bool(true)},
			},
			want: problems{{Path: "spec.hostNetwork", Text: "denies"}},
		},
	}
	proxied := &metav1.ObjectMetaArgs{Annotations: pulumi.StringMap{"azure.workload.identity/inject-proxy-sidecar": pulumi.String("true")}}
	for name, spec := range map[string]*corev1.PodSpecArgs{
		"the proxy on Windows, by the pod's system":             {Os: &corev1.PodOSArgs{Name: pulumi.String("windows")}},
		"the proxy on Windows, by the node's label":             {NodeSelector: pulumi.StringMap{"kubernetes.io/os": pulumi.String("windows")}},
		"the proxy on Windows, by a system from a Ptr function": {Os: corev1.PodOSPtr(&corev1.PodOSArgs{Name: pulumi.String("windows")})},
	} {
		cases[name] = wrongTemplate{
			template: corev1.PodTemplateSpecArgs{Metadata: proxied, Spec: spec},
			want:     problems{{Path: "metadata.annotations.azure.workload.identity/inject-proxy-sidecar", Text: "Linux only"}},
		}
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			account := tc.account
			if account == "" {
				account = "web"
			}
			_, err := podtemplate.New(podtemplate.Args{ServiceAccount: account}, tc.template)
			pulumitest.CheckProblems(t, err, tc.want)
		})
	}
}

func TestWhatTheWebhookReadsFromPodsMayBeRight(t *testing.T) {
	_, err := podtemplate.New(web, corev1.PodTemplateSpecArgs{
		Metadata: &metav1.ObjectMetaArgs{Annotations: pulumi.StringMap{
			"azure.workload.identity/inject-proxy-sidecar":             pulumi.String("true"),
			"azure.workload.identity/proxy-sidecar-port":               pulumi.String("8080"),
			"azure.workload.identity/service-account-token-expiration": pulumi.String("86400"),
		}},
		Spec: &corev1.PodSpecArgs{
			Os: corev1.PodOSArgs{Name: pulumi.String("linux")}, HostNetwork: pulumi.Bool(false),
			NodeSelector: pulumi.StringMap{"kubernetes.io/os": pulumi.String("linux")},
		},
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFoldersThatOnlyLookAlikeAreAllowed(t *testing.T) {
	_, err := podtemplate.New(web, corev1.PodTemplateSpecArgs{Spec: container(corev1.ContainerArgs{
		Env: env("A", "/var/run/secrets/azure/wildlife"), Args: pulumi.StringArray{pulumi.String("/var/run/secrets/azure/tokens-of-mine")},
	})})
	if err != nil {
		t.Error(err)
	}
}

func TestAnnotationsAreAdded(t *testing.T) {
	args := podtemplate.Args{ServiceAccount: "web", Annotations: pulumi.StringMap{"hash": pulumi.String("new")}}
	for reason, tc := range map[string]struct{ own, want pulumi.StringMapInput }{
		"to none":              {nil, pulumi.StringMap{"hash": pulumi.String("new")}},
		"to others":            {pulumi.StringMap{"note": pulumi.String("x")}, pulumi.StringMap{"note": pulumi.String("x"), "hash": pulumi.String("new")}},
		"and win over the old": {pulumi.StringMap{"hash": pulumi.String("old")}, pulumi.StringMap{"hash": pulumi.String("new")}},
	} {
		got, err := podtemplate.New(args, corev1.PodTemplateSpecArgs{
			Metadata: &metav1.ObjectMetaArgs{Annotations: tc.own}, Spec: container(corev1.ContainerArgs{}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, got.Metadata.(*metav1.ObjectMetaArgs).Annotations); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reason, diff)
		}
	}
}

func TestOnlyFederatedServiceAccounts(t *testing.T) {
	template := corev1.PodTemplateSpecArgs{Spec: container(corev1.ContainerArgs{})}
	for account, federated := range map[string][]string{"web": {"job", "web"}, "any": nil} {
		if _, err := podtemplate.New(podtemplate.Args{ServiceAccount: account, Federated: federated}, template); err != nil {
			t.Errorf("%s: %v", account, err)
		}
	}
	_, err := podtemplate.New(podtemplate.Args{ServiceAccount: "other", Federated: []string{"job", "web"}}, template)
	pulumitest.CheckProblems(t, err, []pulumitest.Problem{{Path: "serviceAccount", Text: "it federates job, web"}})
}

package workload_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// modes makes a service account of every mode.
func modes(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := full(c)
	args.Federations = workload.Accounts("shop/create", "shop/adopt", "shop/annotate", "shop/existing")
	for i := range args.Federations {
		args.Federations[i].ServiceAccountMode = workload.ServiceAccountMode(args.Federations[i].ServiceAccount)
	}
	args.ServiceAccount.NamespaceLabels = pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("restricted")}
	return args
}

// account returns arguments whose service accounts have the settings.
func account(a workload.ServiceAccountArgs) *workload.FederatedWorkloadArgs {
	return valid(func(args *workload.FederatedWorkloadArgs) { args.ServiceAccount = &a })
}

// Carries R9.
func TestServiceAccount(t *testing.T) {
	r := run(t, full)
	want := map[string]any{
		"apiVersion": "v1", "kind": "ServiceAccount", "automountServiceAccountToken": false,
		"metadata": map[string]any{
			"name": "web", "namespace": "shop",
			"labels": map[string]any{"team": "shop"},
			"annotations": map[string]any{
				"note":                              "x",
				"azure.workload.identity/client-id": pulumitest.GUID("shop-identity", "client"),
				"azure.workload.identity/service-account-token-expiration": "7200",
			},
		},
	}
	got := r.Get(t, accountType, "shop-account-main.shop.web").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(r.ByType(accountType)) != 3 {
		t.Errorf("service accounts: want those of the disabled federation too, and not the chart's:\n%s", r.Graph())
	}
	if len(r.ByType(namespaceType)) != 1 {
		t.Errorf("three federations share a namespace:\n%s", r.Graph())
	}
}

// Carries R9.
func TestServiceAccountModes(t *testing.T) {
	r := run(t, modes)
	annotations := func(more ...string) map[string]any {
		m := map[string]any{
			"note":                              "x",
			"azure.workload.identity/client-id": pulumitest.GUID("shop-identity", "client"),
			"azure.workload.identity/service-account-token-expiration": "7200",
		}
		for _, key := range more {
			m[key] = "true"
		}
		return m
	}
	account := func(name string, annotations map[string]any) map[string]any {
		return map[string]any{
			"apiVersion": "v1", "kind": "ServiceAccount",
			"metadata": map[string]any{
				"name": name, "namespace": "shop", "labels": map[string]any{"team": "shop"}, "annotations": annotations,
			},
		}
	}
	created := account("create", annotations())
	created["automountServiceAccountToken"] = false
	cases := map[string]struct {
		typ      string
		want     map[string]any
		retained bool
		alias    string
	}{
		"create":   {accountType, created, false, patchType},
		"adopt":    {patchType, account("adopt", annotations("pulumi.com/patchForce")), true, accountType},
		"annotate": {patchType, account("annotate", annotations()), false, accountType},
	}
	for mode, tc := range cases {
		t.Run(mode, func(t *testing.T) {
			res := r.Get(t, tc.typ, "shop-account-main.shop."+mode)
			if diff := cmp.Diff(tc.want, res.Inputs.Mappable()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := res.Request.GetRetainOnDelete(); got != tc.retained {
				t.Errorf("retained: %t, want %t", got, tc.retained)
			}
			// Another mode updates the account, and does not delete it.
			if !slices.Contains(aliases(res), alias{Type: tc.alias}) {
				t.Errorf("aliases are %v, want one of type %s", aliases(res), tc.alias)
			}
		})
	}
	if n := len(r.ByType(accountType)) + len(r.ByType(patchType)); n != len(cases) {
		t.Errorf("%d service accounts: want none of mode existing\n%s", n, r.Graph())
	}
}

func TestNamespaceLabels(t *testing.T) {
	r := run(t, modes)
	want := map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": "shop", "labels": map[string]any{"pod-security.kubernetes.io/enforce": "restricted"}},
	}
	if diff := cmp.Diff(want, r.Get(t, namespaceType, "shop-namespace-main.shop").Inputs.Mappable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnnotationsThatAreAnOutputAreAdoptedAsWell(t *testing.T) {
	r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := minimal(c)
		args.Federations[0].ServiceAccountMode = workload.AdoptServiceAccount
		args.ServiceAccount.Annotations = pulumi.StringMap{"note": pulumi.String("x")}.ToStringMapOutput()
		return args
	})
	metadata := r.Get(t, patchType, "shop-account-main.shop.web").Inputs["metadata"].ObjectValue().Mappable()
	want := map[string]any{
		"note": "x", "pulumi.com/patchForce": "true", "azure.workload.identity/client-id": pulumitest.GUID("shop-identity", "client"),
	}
	if diff := cmp.Diff(want, metadata["annotations"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDefaultServiceAccountOnRequest(t *testing.T) {
	pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return newWorkload(ctx, valid(func(a *workload.FederatedWorkloadArgs) {
			a.Federations[0].ServiceAccount = "default"
			a.ServiceAccount = &workload.ServiceAccountArgs{AllowDefault: true}
		}))
	}, options())
}

func TestInvalidServiceAccounts(t *testing.T) {
	pulumitest.Invalid(t, map[string]invalidCase{
		"labels and annotations that Kubernetes refuses": {
			Args: account(workload.ServiceAccountArgs{
				Annotations:     pulumi.StringMap{"a b": pulumi.String("x"), "Example.com/UPPER": pulumi.String("any text, which is fine")},
				Labels:          pulumi.StringMap{"a/b/c": pulumi.String("x"), "owner": pulumi.String("Jane Doe"), "later": pulumi.String("a b").ToStringOutput()},
				NamespaceLabels: pulumi.StringMap{"team": pulumi.String(strings.Repeat("x", 64))},
			}),
			Want: []pulumitest.Problem{
				{Path: `serviceAccount.annotations["a b"]`, Text: `"a b"`},
				{Path: "serviceAccount.labels.a/b/c", Text: `"a/b/c"`},
				{Path: "serviceAccount.labels.owner", Text: `"Jane Doe"`},
				{Path: "serviceAccount.namespaceLabels.team", Text: "at most 63"},
			},
		},
		"the pods' label on a service account": {
			Args: account(workload.ServiceAccountArgs{Labels: pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}}),
			Want: []pulumitest.Problem{{Path: `serviceAccount.labels["azure.workload.identity/use"]`, Text: "belongs on the pod template"}},
		},
	}, newWorkload)
}

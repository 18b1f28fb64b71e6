package workload_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

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

// alias is what the component may say of a former name or type.
type alias struct{ Name, Type string }

func aliases(r *pulumitest.Resource) []alias {
	var list []alias
	for _, a := range r.Request.GetAliases() {
		list = append(list, alias{a.GetSpec().GetName(), a.GetSpec().GetType()})
	}
	return list
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

package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

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

// Each cluster's webhook injects that cluster's tenant; the outputs fit all of them.
func TestTenantAnnotationOfEachTarget(t *testing.T) {
	const other = "00000000-0000-4000-8000-00000000dddd"
	for reason, tc := range map[string]struct {
		workload, here, there pulumi.StringPtrInput
		// want are the annotations of the accounts here and there, and of the outputs.
		want [3]any
	}{
		"one of two clusters is of another tenant": {
			here: pulumi.String(pulumitest.TenantID), there: later(other).ToStringPtrOutput(), want: [3]any{nil, pulumitest.TenantID, pulumitest.TenantID},
		},
		"a target's tenant goes before the workload's": {
			workload: pulumi.String(other), here: pulumi.String(pulumitest.TenantID), want: [3]any{nil, pulumitest.TenantID, pulumitest.TenantID},
		},
		"all are of the identity's": {
			workload: pulumi.String(pulumitest.TenantID), there: pulumi.String(pulumitest.TenantID), want: [3]any{nil, nil, nil},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := minimal(c)
				here, there := workload.NewTarget("here", c), workload.NewTarget("there", c)
				here.TenantId, there.TenantId, args.TenantId = tc.here, tc.there, tc.workload
				there.Issuer = pulumi.String(issuer)
				args.Targets = []workload.Target{here, there}
				return args
			})
			of := func(key string) any {
				metadata := r.Get(t, accountType, "shop-account-"+key+".shop.web").Inputs["metadata"].ObjectValue()
				return metadata["annotations"].Mappable().(map[string]any)[azwi.AnnotationTenantID]
			}
			got := [3]any{of("here"), of("there"), nil}
			if tenant, ok := r.Exports["serviceAccountAnnotations"].Value.(map[string]string)[azwi.AnnotationTenantID]; ok {
				got[2] = tenant
			}
			if got != tc.want {
				t.Errorf("tenant annotations here, there and in the outputs = %v, want %v", got, tc.want)
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

// The webhook takes AZURE_TENANT_ID out of pods whose service account has an empty tenant.
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

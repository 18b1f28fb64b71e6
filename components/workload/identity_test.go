package workload_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// Carries R7.
func TestExistingApplication(t *testing.T) {
	byClient := map[string]any{
		"clientId": theirClient, "principalId": pulumitest.GUID(theirClient, "principal"), "tenantId": pulumitest.TenantID,
		"identityId": "/applications/" + pulumitest.GUID(theirClient, "application object"), "identityKind": "application",
	}
	client := pulumitest.GUID(theirObject, "client")
	byObject := map[string]any{
		"clientId": client, "principalId": pulumitest.GUID(client, "principal"), "tenantId": pulumitest.TenantID,
		"identityId": "/applications/" + theirObject, "identityKind": "application",
	}
	cases := map[string]struct {
		id   pulumi.StringPtrInput
		want map[string]any
	}{
		"by its client id":               {pulumi.String(theirClient), byClient},
		"by its object id":               {pulumi.String("/applications/" + theirObject), byObject},
		"by an id that is known later":   {pulumi.String(theirClient).ToStringOutput().ToStringPtrOutput(), byClient},
		"by an object id known later":    {pulumi.String("/applications/" + theirObject).ToStringOutput().ToStringPtrOutput(), byObject},
		"by a pointer of the SDK's Ptrs": {pulumi.StringPtr(theirClient), byClient},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := existingApplication(c)
				args.Identity.Id = tc.id
				return args
			})
			got := map[string]any{}
			for key := range tc.want {
				got[key] = r.Exports[key].Value
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			// Nothing of it changes but its credentials.
			if n := len(r.ByType(appType)) + len(r.ByType(principalType)); n != 0 {
				t.Errorf("%d applications and service principals are registered", n)
			}
			want := map[string]any{
				"applicationId": tc.want["identityId"], "displayName": azure.FederatedCredentialName("main", "shop", "web"), "description": "the web shop",
				"issuer": pulumitest.IssuerURL("shop-cluster"), "subject": "system:serviceaccount:shop:web", "audiences": []any{"api://AzureADTokenExchange"},
			}
			trust := r.Get(t, appTrustType, "shop-credential-main.shop.web").Inputs.Mappable()
			if diff := cmp.Diff(want, trust); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			// Roles go to the service principal.
			grant := r.Get(t, grantType, "shop-grant-vault.key-vault-secrets-user").Inputs["principalId"].StringValue()
			if grant != tc.want["principalId"] {
				t.Errorf("the grant is for %s, want the service principal %s", grant, tc.want["principalId"])
			}
		})
	}
}

func TestMissingApplications(t *testing.T) {
	const theirs = "their provider's own words"
	for name, tc := range map[string]struct{ token, want string }{
		"no application":       {"azuread:index/getApplication:getApplication", "give its client id, or /applications/ and the object id"},
		"no service principal": {"azuread:index/getServicePrincipal:getServicePrincipal", "az ad sp create --id " + theirClient},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Fakes.Calls = map[string]pulumitest.FakeCall{tc.token: func(resource.PropertyMap) (resource.PropertyMap, error) {
				return nil, errors.New(theirs)
			}}
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return build(existingApplication)(ctx, "shop") }, o)
			if r.Err == nil || !strings.Contains(r.Err.Error(), tc.want) || !strings.Contains(r.Err.Error(), theirs) {
				t.Errorf("error = %v, want %q and %q", r.Err, tc.want, theirs)
			}
			if strings.Contains(r.Err.Error(), "identity.id: identity.id") {
				t.Errorf("error = %v names its path twice", r.Err)
			}
		})
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

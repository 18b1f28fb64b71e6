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
)

// Ids of an application that exists.
const (
	theirClient = "33333333-0000-4000-8000-000000000001"
	theirObject = "33333333-0000-4000-8000-000000000002"
)

func application(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := full(c)
	args.Identity = &workload.IdentityArgs{Kind: workload.Application}
	args.ResourceGroupName, args.Location = nil, nil
	args.Federations[0].Description = pulumi.String("the web shop")
	return args
}

func existingApplication(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := existing(c)
	args.Identity = &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String(theirClient)}
	args.Federations[0].Description = pulumi.String("the web shop")
	return args
}

// Carries R6.
func TestApplicationHasNoSecret(t *testing.T) {
	r := run(t, application)
	for _, typ := range []string{appType, principalType} {
		if len(r.ByType(typ)) != 1 {
			t.Errorf("want one %s:\n%s", typ, r.Graph())
		}
	}
	for _, res := range r.Resources {
		for _, word := range []string{"password", "certificate", "Password", "Certificate"} {
			if strings.Contains(res.Type, word) || res.Inputs.HasValue(resource.PropertyKey(word)) {
				t.Errorf("%s %q is a credential", res.Type, res.Name)
			}
		}
	}
	app := r.Get(t, appType, "shop-application")
	trust := r.Get(t, appTrustType, "shop-credential-main.shop.web").Inputs.Mappable()
	want := map[string]any{
		"applicationId": app.ID, "displayName": azure.FederatedCredentialName("main", "shop", "web"), "description": "the web shop",
		"issuer": pulumitest.IssuerURL("shop-cluster"), "subject": "system:serviceaccount:shop:web", "audiences": []any{"api://AzureADTokenExchange"},
	}
	if diff := cmp.Diff(want, trust); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	principal := r.Get(t, principalType, "shop-principal").Inputs["clientId"].StringValue()
	if principal != pulumitest.GUID("shop-application", "client") {
		t.Errorf("the service principal is that of %s, want the application's appId", principal)
	}
	// Roles go to the service principal, the annotation is the appId: three ids.
	if got := r.Exports["principalId"].Value; got != pulumitest.GUID("shop-principal", "principal") {
		t.Errorf("principalId = %v, want the service principal's object id", got)
	}
	if got := r.Exports["clientId"].Value; got != pulumitest.GUID("shop-application", "client") {
		t.Errorf("clientId = %v, want the application's appId", got)
	}
}

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

func TestApplicationsThatFailLater(t *testing.T) {
	checkLater(t, map[string]laterCase{
		"an application that is none": {
			args: &workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: later("shop")}, Federations: []workload.FederationArgs{federation("main", "shop", "web")}},
			want: []string{"give its client id"},
		},
	})
}

func TestInvalidApplications(t *testing.T) {
	pulumitest.Invalid(t, map[string]invalidCase{
		"an application has no resource group or region": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity, a.Location = &workload.IdentityArgs{Kind: workload.Application}, pulumi.String("westeurope")
			}),
			Want: []pulumitest.Problem{
				{Path: "resourceGroupName", Text: `belongs to identity.kind "userAssigned"`},
				{Path: "location", Text: "leave it out"},
			},
		},
		"an application needs a display name": {
			Args: of(workload.IdentityArgs{Kind: workload.Application, Name: pulumi.String("")}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "1 to 256"}},
		},
		"an existing application needs its id": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "client id of the existing application is required"}},
		},
		"an application by its display name": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String("shop")}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "give its client id"}},
		},
		"an application by the id of its service principal": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String("/servicePrincipals/" + theirObject)}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "/applications/ and its object id"}},
		},
		"an application's object id that is none": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String("/applications/shop")}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "object id"}},
		},
		"an existing application has a name, and no resource group or region": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity = &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String(theirClient), Name: pulumi.String("shop")}
				a.Location = pulumi.String("westeurope")
			}),
			Want: []pulumitest.Problem{
				{Path: "identity.name", Text: "leave it out"},
				{Path: "resourceGroupName", Text: `belongs to identity.kind "userAssigned"`},
				{Path: "location", Text: "leave it out"},
			},
		},
		"a display name that is too long": {
			Args: of(workload.IdentityArgs{Kind: workload.Application, Name: pulumi.String(strings.Repeat("a", 257))}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "not 257"}},
		},
	}, newWorkload)
}

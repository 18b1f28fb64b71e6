package workload_test

import (
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

// Carries R26.
func TestOutputs(t *testing.T) {
	r := run(t, full)
	identity := r.Get(t, identityType, "shop-identity")
	client := pulumitest.GUID("shop-identity", "client")
	federation := func(namespace, account string) map[string]any {
		return map[string]any{
			"key": "main", "namespace": namespace, "serviceAccount": account, "issuer": pulumitest.IssuerURL("shop-cluster"),
			"subject": "system:serviceaccount:" + namespace + ":" + account, "audience": "api://AzureADTokenExchange",
			"credentialId": identity.ID + "/federatedIdentityCredentials/" + azure.FederatedCredentialName("main", namespace, account),
		}
	}
	credential := func(namespace, account string) string {
		return federation(namespace, account)["credentialId"].(string)
	}
	principal := pulumitest.GUID("shop-identity", "principal")
	dataScope := "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/data"
	annotations := map[string]string{
		"azure.workload.identity/client-id":                        client,
		"azure.workload.identity/service-account-token-expiration": "7200",
	}
	hash := azwi.InjectionHash(annotations, "api://AzureADTokenExchange", "https://login.microsoftonline.com/")
	want := map[string]any{
		"clientId": client, "principalId": principal, "tenantId": pulumitest.TenantID,
		"identityId": identity.ID, "identityKind": "userAssigned",
		"subjects":            []string{"system:serviceaccount:shop:web", "system:serviceaccount:shop:worker", "system:serviceaccount:legacy:app.v1"},
		"credentialIds":       []string{credential("shop", "web"), credential("shop", "worker"), credential("legacy", "app.v1")},
		"federations":         []map[string]any{federation("shop", "web"), federation("shop", "worker"), federation("legacy", "app.v1")},
		"serviceAccountNames": []string{"shop/web", "shop/worker", "shop/cron", "legacy/app.v1"},
		"roleAssignmentIds": []string{
			vaultID + "/providers/Microsoft.Authorization/roleAssignments/" + azure.RoleAssignmentName(vaultID, principal, "4633458b-17de-408a-b874-0445c86b69e6"),
			dataScope + "/providers/Microsoft.Authorization/roleAssignments/" + azure.RoleAssignmentName(dataScope, principal, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
		},
		"serviceAccountAnnotations": annotations,
		"podLabels":                 map[string]string{"azure.workload.identity/use": "true"},
		"podAnnotations":            map[string]string{"aks-workload-identity/injection": hash},
		"helmValues": `podAnnotations:
    aks-workload-identity/injection: ` + hash + `
podLabels:
    azure.workload.identity/use: "true"
serviceAccount:
    annotations:
        azure.workload.identity/client-id: ` + client + `
        azure.workload.identity/service-account-token-expiration: "7200"
    automount: false
    create: true
`,
	}
	got := map[string]any{}
	for key, e := range r.Exports {
		got[key] = e.Value
		if e.Secret {
			t.Errorf("%s is secret: there is no secret in a workload", key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Carries R5, R7.
func TestIdentity(t *testing.T) {
	r := run(t, full)
	want := map[string]any{
		"resourceGroupName": "apps", "resourceName": "id-shop", "location": "westeurope", "tags": map[string]any{"env": "test"},
	}
	got := r.Get(t, identityType, "shop-identity").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
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

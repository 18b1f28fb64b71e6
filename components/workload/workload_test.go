package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// Carries R5, R6, R7.
func TestGraph(t *testing.T) {
	for name, b := range map[string]pulumitest.Build{
		"minimal": build(minimal), "full": build(full), "application": build(application), "existing": build(existing),
		"existing-application": build(existingApplication), "service-account-modes": build(modes), "several-clusters": several,
	} {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Matrix(t, options(), []string{"azure-native", "azuread"}, b)
			pulumitest.Golden(t, name, r.Graph())
		})
	}
}

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

func TestNothingWaitsWithoutNeed(t *testing.T) {
	r := run(t, full)
	cluster := r.Get(t, managedType, "shop-cluster")
	identity := r.Get(t, identityType, "shop-identity")
	waits := func(from *pulumitest.Resource, to *pulumitest.Resource, want bool) {
		t.Helper()
		if got := r.Reaches(from, to); got != want {
			t.Errorf("%s waits for %s: %t, want %t\n%s", from.Name, to.Name, got, want, r.Graph())
		}
	}
	waits(identity, cluster, false)
	for _, grant := range r.ByType(grantType) {
		waits(grant, cluster, false)
		waits(grant, identity, true)
	}
	for _, credential := range r.ByType(credentialType) {
		waits(credential, cluster, true)
		waits(credential, identity, true)
		for _, grant := range r.ByType(grantType) {
			waits(credential, grant, false)
			waits(grant, credential, false)
		}
	}
	for _, account := range r.ByType(accountType) {
		waits(account, cluster, true)
		waits(account, identity, true)
		waits(account, r.Get(t, namespaceType, "shop-namespace-main.shop"), true)
		for _, credential := range r.ByType(credentialType) {
			waits(account, credential, false)
		}
		if got := account.Request.GetDeletedWith(); got != cluster.URN {
			t.Errorf("%s is deleted with %q, want the cluster", account.Name, got)
		}
	}
	if len(r.ByType(grantType)) != 2 || len(r.ByType(credentialType)) != 3 || len(r.ByType(accountType)) != 3 {
		t.Errorf("unexpected numbers of resources:\n%s", r.Graph())
	}
}

func TestWhatDependsOnReadyWaitsForAllThatAPodNeeds(t *testing.T) {
	const podType = "kubernetes:core/v1:Pod"
	o := options()
	o.RootTypes = append(o.RootTypes, podType)
	o.Fakes.Resources[podType] = pulumitest.FakeResource{State: func(r *pulumitest.Resource) (string, resource.PropertyMap, error) {
		return r.Name, r.Inputs, nil
	}}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		c, err := newCluster(ctx, "shop-cluster")
		if err != nil {
			return err
		}
		w, err := workload.NewFederatedWorkload(ctx, "shop", full(c))
		if err != nil {
			return err
		}
		var pod pulumi.CustomResourceState
		return ctx.RegisterResource(podType, "pod", pulumi.Map{}, &pod, pulumi.Provider(c.provider), pulumi.DependsOn(w.Ready))
	}, o)
	pod := r.Get(t, podType, "pod")
	for _, typ := range []string{credentialType, accountType, grantType} {
		needed := r.ByType(typ)
		if len(needed) == 0 {
			t.Fatalf("the case has no %s, so it proves nothing", typ)
		}
		for _, res := range needed {
			if !r.Reaches(pod, res) {
				t.Errorf("a pod does not wait for %s", res.Name)
			}
		}
	}
}

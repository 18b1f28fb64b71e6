package azure_test

import (
	"context"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6"

// TestChain checks what the product promises: the unchanged Azure SDK exchanges a pod's token and
// reads a secret.
func TestChain(t *testing.T) {
	w := newWorld(t, quiet)
	tenant := w.azure.Account().TenantID
	issuer := w.newIssuer("https://westeurope.oic.prod-aks.azure.com/" + tenant + "/0f1e/")
	const subject = "system:serviceaccount:shop:web"

	rg := w.group("rg-chain")
	path, identity := w.identity(rg, "id-web")
	must(t, w.arm("PUT", path+"/federatedIdentityCredentials/web", vIdentity, fic(issuer.url, subject, "api://AzureADTokenExchange")), 201)
	vault := rg + "/providers/Microsoft.KeyVault/vaults/kv-chain"
	must(t, w.arm("PUT", vault, vVault, vaultBody(tenant)), 200)
	must(t, w.arm("PUT", vault+"/secrets/greeting", vVault, object{"properties": object{"value": "hello"}}), 201)
	must(t, w.arm("PUT", vault+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a10", vAssignment,
		assignment(w.sub(), secretsUser, identity.path("properties", "principalId"))), 201)

	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: azcore.ClientOptions{Transport: w},
		ClientID:      identity.path("properties", "clientId"),
		TenantID:      tenant,
		TokenFilePath: writeFile(t, "token", issuer.sign(t, w.clock.now(), subject, nil)),
	})
	if err != nil {
		t.Fatalf("NewWorkloadIdentityCredential: %v", err)
	}
	client, err := azsecrets.NewClient("https://kv-chain.vault.azure.net", credential, &azsecrets.ClientOptions{
		ClientOptions: azcore.ClientOptions{Transport: w, Retry: policy.RetryOptions{MaxRetries: -1}},
	})
	if err != nil {
		t.Fatalf("azsecrets.NewClient: %v", err)
	}
	got, err := client.GetSecret(context.Background(), "greeting", "", nil)
	if err != nil {
		t.Fatalf("GetSecret: %v", err)
	}
	if *got.Value != "hello" {
		t.Errorf("secret %q, want %q", *got.Value, "hello")
	}
	if want := "https://kv-chain.vault.azure.net/secrets/greeting/"; !strings.HasPrefix(string(*got.ID), want) {
		t.Errorf("secret ID %q, want prefix %q", *got.ID, want)
	}
	if strings.Contains(w.log.String(), "hello") || strings.Contains(w.log.String(), "eyJ") {
		t.Errorf("the log contains a secret or a token:\n%s", w.log.String())
	}
}

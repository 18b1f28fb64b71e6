package azure_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/google/uuid"
)

const secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"

// secrets returns an azsecrets client of the identity.
func (s signIn) secrets(t *testing.T, vault string) *azsecrets.Client {
	t.Helper()
	credential, err := azidentity.NewClientAssertionCredential(s.w.azure.Account().TenantID, s.clientID,
		func(context.Context) (string, error) { return s.issuer.sign(t, s.w.clock.now(), webSubject, nil), nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: s.w}})
	if err != nil {
		t.Fatalf("credential: %v", err)
	}
	client, err := azsecrets.NewClient("https://"+vault+".vault.azure.net", credential, &azsecrets.ClientOptions{
		ClientOptions: azcore.ClientOptions{Transport: s.w, Retry: policy.RetryOptions{MaxRetries: -1}},
	})
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	return client
}

func refusal(t *testing.T, err error) *azcore.ResponseError {
	t.Helper()
	var r *azcore.ResponseError
	if !errors.As(err, &r) {
		t.Fatalf("error %v, want a response of the vault", err)
	}
	return r
}

func TestVaultDataPlaneWithRoles(t *testing.T) {
	s := newSignIn(t)
	w, ctx := s.w, context.Background()
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/one", vVault, object{"properties": object{"value": "1"}}), 201)
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/two", vVault, object{"properties": object{"value": "2"}}), 201)
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	client := s.secrets(t, "kv1")

	_, err := client.GetSecret(ctx, "one", "", nil)
	denied := refusal(t, err)
	for _, want := range []string{
		"Caller is not authorized to perform action on resource.", "ForbiddenByRbac", "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
		"Resource: '" + strings.ToLower(w.sub()+vaultPath("kv1")) + "/secrets/one'", "Assignment: (not found)", "appid=" + s.clientID + ";oid=" + principal, "Vault: kv1;location=westeurope",
	} {
		if denied.StatusCode != 403 || denied.ErrorCode != "Forbidden" || !strings.Contains(denied.Error(), strings.ReplaceAll(want, `"`, `\"`)) {
			t.Errorf("without a role: %v lacks %q", denied, want)
		}
	}
	must(t, w.arm("PUT", at("/resourceGroups/rg", uuid.NewString()), vAssignment, assignment(w.sub(), contributorRole, principal)), 201)
	if _, err := client.GetSecret(ctx, "one", "", nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("Contributor reads a secret: %v", err)
	}
	must(t, w.arm("PUT", at(vaultPath("kv1")+"/secrets/one", fixedName), vAssignment, assignment(w.sub(), secretsUser, principal)), 201)
	if got, err := client.GetSecret(ctx, "one", "", nil); err != nil || *got.Value != "1" {
		t.Errorf("role at the secret: %v", err)
	}
	if _, err := client.GetSecret(ctx, "two", "", nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("role at one secret reads another: %v", err)
	}
	must(t, w.arm("DELETE", at(vaultPath("kv1")+"/secrets/one", fixedName), vAssignment, nil), 200)
	if _, err := client.GetSecret(ctx, "one", "", nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("the role assignment was deleted, but the secret is read: %v", err)
	}
	value := "x"
	must(t, w.arm("PUT", at("/resourceGroups/rg", uuid.NewString()), vAssignment, assignment(w.sub(), secretsUser, principal)), 201)
	if _, err := client.SetSecret(ctx, "one", azsecrets.SetSecretParameters{Value: &value}, nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("Secrets User writes: %v", err)
	}
}

func TestVaultDataPlaneSecretLife(t *testing.T) {
	s := newSignIn(t)
	w, ctx := s.w, context.Background()
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	must(t, w.arm("PUT", at("", uuid.NewString()), vAssignment, assignment(w.sub(), secretsOfficer, principal)), 201)
	client := s.secrets(t, "kv1")

	_, err := client.GetSecret(ctx, "none", "", nil)
	if r := refusal(t, err); r.StatusCode != 404 || r.ErrorCode != "SecretNotFound" {
		t.Errorf("missing secret: %v", r)
	}
	first, second := "1", "2"
	one, err := client.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: &first}, nil)
	if err != nil {
		t.Fatalf("SetSecret: %v", err)
	}
	if _, err := client.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: &second}, nil); err != nil {
		t.Fatalf("SetSecret: %v", err)
	}
	if got, err := client.GetSecret(ctx, "s", one.ID.Version(), nil); err != nil || *got.Value != "1" {
		t.Errorf("first version: %v", err)
	}
	if got, err := client.GetSecret(ctx, "s", "", nil); err != nil || *got.Value != "2" {
		t.Errorf("latest version: %v", err)
	}
	page, err := client.NewListSecretPropertiesPager(nil).NextPage(ctx)
	if err != nil || len(page.Value) != 1 || page.Value[0].ID.Name() != "s" {
		t.Errorf("list: %v %v", page.Value, err)
	}
	if _, err := client.DeleteSecret(ctx, "s", nil); err != nil {
		t.Fatalf("DeleteSecret: %v", err)
	}
	if _, err := client.GetSecret(ctx, "s", "", nil); refusal(t, err).ErrorCode != "SecretNotFound" {
		t.Errorf("after deletion: %v", err)
	}
	_, err = client.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: &first}, nil)
	if r := refusal(t, err); r.StatusCode != 409 || !strings.Contains(r.Error(), "ObjectIsDeletedButRecoverable") {
		t.Errorf("name of a deleted secret: %v", r)
	}
	if _, err := client.RecoverDeletedSecret(ctx, "s", nil); err != nil {
		t.Fatalf("RecoverDeletedSecret: %v", err)
	}
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	yes, off := true, false
	for _, step := range []struct {
		reason     string
		attributes azsecrets.SecretAttributes
	}{
		{"the dates of a secret are set", azsecrets.SecretAttributes{Expires: &until, NotBefore: &until}},
		{"omitted dates are kept", azsecrets.SecretAttributes{Enabled: &yes}},
	} {
		got, err := client.UpdateSecretProperties(ctx, "s", "", azsecrets.UpdateSecretPropertiesParameters{SecretAttributes: &step.attributes}, nil)
		if err != nil || got.Attributes.Expires == nil || !got.Attributes.Expires.Equal(until) || got.Attributes.NotBefore == nil || !got.Attributes.NotBefore.Equal(until) {
			t.Errorf("%s: %+v %v", step.reason, got.Attributes, err)
		}
	}
	if _, err := client.UpdateSecretProperties(ctx, "s", "", azsecrets.UpdateSecretPropertiesParameters{SecretAttributes: &azsecrets.SecretAttributes{Enabled: &off}}, nil); err != nil {
		t.Fatalf("UpdateSecretProperties: %v", err)
	}
	if _, err := client.GetSecret(ctx, "s", "", nil); refusal(t, err).StatusCode != 403 || !strings.Contains(err.Error(), "SecretDisabled") {
		t.Errorf("disabled secret: %v", err)
	}
	if _, err := client.DeleteSecret(ctx, "s", nil); err != nil {
		t.Fatalf("DeleteSecret: %v", err)
	}
	if _, err := client.PurgeDeletedSecret(ctx, "s", nil); err != nil {
		t.Fatalf("PurgeDeletedSecret: %v", err)
	}
	if _, err := client.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: &first}, nil); err != nil {
		t.Errorf("name of a purged secret: %v", err)
	}
}

func TestVaultDataPlaneWithPolicies(t *testing.T) {
	s := newSignIn(t)
	w, ctx := s.w, context.Background()
	tenant := w.azure.Account().TenantID
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	write := func(policies ...object) {
		t.Helper()
		must(t, w.arm("PUT", vaultPath("kv1"), vVault, object{"location": "westeurope", "properties": object{
			"tenantId": tenant, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": false, "accessPolicies": append([]object{}, policies...),
		}}), 200)
	}
	write()
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/one", vVault, object{"properties": object{"value": "1"}}), 201)
	must(t, w.arm("PUT", at("/resourceGroups/rg", uuid.NewString()), vAssignment, assignment(w.sub(), secretsUser, principal)), 201)
	client := s.secrets(t, "kv1")
	_, err := client.GetSecret(ctx, "one", "", nil)
	if r := refusal(t, err); r.StatusCode != 403 || !strings.Contains(r.Error(), "ForbiddenByPolicy") || !strings.Contains(r.Error(), "does not have secrets get permission on key vault 'kv1;location=westeurope'") {
		t.Errorf("a role in a vault with policies: %v", r)
	}
	write(object{"tenantId": tenant, "objectId": principal, "permissions": object{"secrets": []string{"Get"}}})
	if _, err := client.GetSecret(ctx, "one", "", nil); err != nil {
		t.Errorf("with a policy: %v", err)
	}
	if _, err := client.NewListSecretPropertiesPager(nil).NextPage(ctx); refusal(t, err).StatusCode != 403 {
		t.Errorf("get allows list: %v", err)
	}
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/gone", vVault, object{"properties": object{"value": "1"}}), 201)
	for _, c := range []struct {
		reason     string
		permission string
		want       int
	}{
		{"delete alone does not show a deleted secret", "delete", 403},
		{"list alone does not show a deleted secret", "list", 403},
		{"get shows a deleted secret", "get", 200},
	} {
		write(object{"tenantId": tenant, "objectId": principal, "permissions": object{"secrets": []string{c.permission}}})
		if c.permission == "delete" {
			if _, err := client.DeleteSecret(ctx, "gone", nil); err != nil {
				t.Fatalf("DeleteSecret: %v", err)
			}
		}
		status := 200
		if _, err := client.GetDeletedSecret(ctx, "gone", nil); err != nil {
			status = refusal(t, err).StatusCode
		}
		if status != c.want {
			t.Errorf("%s: %d, want %d", c.reason, status, c.want)
		}
	}
}

func TestVaultDataPlaneAuthentication(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	const target = "https://kv1.vault.azure.net/secrets/one?api-version=7.4"
	challenge := `Bearer authorization="https://login.microsoftonline.com/` + w.azure.Account().TenantID + `", resource="https://vault.azure.net"`
	for reason, c := range map[string]struct{ token, text string }{
		"no token":                   {"", "AKV10000"},
		"token for another resource": {w.token("https://management.azure.com"), "AKV10022: Invalid audience"},
		"the service account token":  {s.issuer.sign(t, w.clock.now(), webSubject, nil), "AKV10032: Invalid issuer"},
		"not a token":                {"abc", "AKV10005"},
	} {
		t.Run(reason, func(t *testing.T) {
			got := w.send(c.token, "GET", target, nil)
			if got.status != http.StatusUnauthorized || got.code() != "Unauthorized" || !strings.Contains(got.message(), c.text) || got.header.Get("WWW-Authenticate") != challenge {
				t.Errorf("got %d %s %q", got.status, got.text, got.header.Get("WWW-Authenticate"))
			}
		})
	}
	token := w.token("https://vault.azure.net")
	for reason, target := range map[string]string{
		"no api-version":      "https://kv1.vault.azure.net/secrets/one",
		"unknown api-version": "https://kv1.vault.azure.net/secrets/one?api-version=1.0",
		"invalid name":        "https://kv1.vault.azure.net/secrets/a_b?api-version=7.4",
	} {
		t.Run(reason, func(t *testing.T) { must(t, w.send(token, "GET", target, nil), 400) })
	}
	t.Run("vault that does not exist", func(t *testing.T) {
		must(t, w.send(token, "GET", "https://none.vault.azure.net/secrets/one?api-version=7.4", nil), 404)
	})
}

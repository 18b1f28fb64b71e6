package azure_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestCloudIsDiscovered holds what clients that are given only ARM's host read before they sign in:
// az with ARM_CLOUD_METADATA_URL the list, Terraform's azurerm the single cloud.
func TestCloudIsDiscovered(t *testing.T) {
	w := newWorld(t, quiet)
	const endpoints = "https://management.azure.com/metadata/endpoints"
	one := must(t, w.send("", "GET", endpoints+"?api-version=2022-09-01", nil), 200)
	for _, c := range []struct {
		path []string
		want string
	}{
		{[]string{"name"}, "AzureCloud"},
		{[]string{"resourceManager"}, "https://management.azure.com/"},
		{[]string{"authentication", "loginEndpoint"}, "https://login.microsoftonline.com"},
		{[]string{"microsoftGraphResourceId"}, "https://graph.microsoft.com/"},
		{[]string{"suffixes", "keyVaultDns"}, "vault.azure.net"},
		{[]string{"suffixes", "storage"}, "core.windows.net"},
	} {
		if got := one.path(c.path...); got != c.want {
			t.Errorf("%s is %q, want %q", strings.Join(c.path, "."), got, c.want)
		}
	}
	short := must(t, w.send("", "GET", endpoints+"?api-version=2015-01-01", nil), 200)
	if short.path("portalEndpoint") == "" || short.path("authentication", "loginEndpoint") == "" {
		t.Errorf("the oldest form: %s", short.text)
	}
	must(t, w.send("", "POST", endpoints+"?api-version=2022-09-01", nil), 401)
	for query, code := range map[string]string{"": "MissingApiVersionParameter", "?api-version=2020-01-01": "InvalidApiVersionParameter"} {
		if got := must(t, w.send("", "GET", endpoints+query, nil), 400); got.code() != code {
			t.Errorf("%q: %s, want %s", query, got.code(), code)
		}
	}
}

func TestResourcesAreFiltered(t *testing.T) {
	w := newWorld(t, quiet)
	for _, group := range []string{"one", "two"} {
		w.group(group)
		for name, tags := range map[string]object{"id-a": {"team": "shop"}, "id-b": {"team": "ops"}} {
			path := "/resourceGroups/" + group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
			must(t, w.arm("PUT", path, vIdentity, object{"location": "westeurope", "tags": tags}), 201)
		}
		must(t, w.arm("PUT", "/resourceGroups/"+group+"/providers/Microsoft.KeyVault/vaults/kv-"+group, vVault,
			object{"location": "northeurope", "properties": object{"tenantId": w.azure.Account().TenantID, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": true}}), 200, 201)
	}
	for filter, want := range map[string]int{
		"resourceType eq 'Microsoft.KeyVault/vaults'":                                                   2,
		"resourceType eq 'microsoft.keyvault/vaults'":                                                   2,
		"resourceType ne 'Microsoft.KeyVault/vaults'":                                                   4,
		"resourceGroup eq 'one' and resourceType eq 'Microsoft.ManagedIdentity/userAssignedIdentities'": 2,
		"substringof('d-a', name)":                                                                      2,
		"name eq 'id-a' and resourceGroup eq 'TWO'":                                                     1,
		"location eq 'northeurope'":                                                                     2,
		"tagName eq 'team'":                                                                             4,
		"tagName eq 'team' and tagValue eq 'shop'":                                                      2,
		"name eq 'it''s'":                                                                               0,
	} {
		got := must(t, w.arm("GET", "/resources?$filter="+url.QueryEscape(filter), "2024-11-01", nil), 200)
		if n := len(got.body["value"].([]any)); n != want {
			t.Errorf("%s: %d resources, want %d", filter, n, want)
		}
	}
	for _, filter := range []string{
		"kind eq 'x'", "name eq id", "name eq 'a' or name eq 'b'", "name eq 'a' and", "tagValue eq 'shop'", "tagName eq 'team' and name eq 'id-a'", "startswith(name,'id')",
	} {
		must(t, w.arm("GET", "/resources?$filter="+url.QueryEscape(filter), "2024-11-01", nil), 400)
	}
	// The list of vaults of Key Vault's clients.
	must(t, w.arm("GET", "/resources?$filter="+url.QueryEscape("resourceType eq 'Microsoft.KeyVault/vaults'"), "2015-11-01", nil), 200)
}

package azure_test

import (
	"strings"
	"testing"
	"time"
)

func TestARMAuthentication(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	url := "https://management.azure.com" + w.sub() + "/resourceGroups/rg?api-version=" + vGroup
	account := w.azure.Account()
	local, err := w.azure.DeployerAssertion(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for reason, c := range map[string]struct{ token, code, text string }{
		"no token":                  {"", "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."},
		"not a token":               {"abc", "InvalidAuthenticationToken", "The access token is invalid."},
		"token for the vault":       {w.token("https://vault.azure.net"), "InvalidAuthenticationTokenAudience", "wrong audience or resource 'https://vault.azure.net'"},
		"the service account token": {s.issuer.sign(t, w.clock.now(), webSubject, nil), "InvalidAuthenticationTokenTenant", "from the wrong issuer '" + s.issuer.url + "'. It must match the tenant 'https://sts.windows.net/" + account.TenantID + "/'"},
		"the deployer's assertion":  {local, "InvalidAuthenticationTokenTenant", "https://oidc.sandbox.invalid/"},
	} {
		t.Run(reason, func(t *testing.T) {
			got := w.send(c.token, "GET", url, nil)
			if got.status != 401 || got.code() != c.code || !strings.Contains(got.message(), c.text) || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer authorization_uri=") {
				t.Errorf("got %d %s %v", got.status, got.text, got.header)
			}
		})
	}
	t.Run("every form of ARM's audience is accepted", func(t *testing.T) {
		for _, resource := range []string{"https://management.azure.com", "https://management.azure.com/", "https://management.core.windows.net", "https://management.core.windows.net/"} {
			must(t, w.send(w.token(resource), "GET", url, nil), 200)
		}
	})
	t.Run("expired token", func(t *testing.T) {
		old := w.token("https://management.azure.com")
		w.clock.advance(61 * time.Minute)
		if got := w.send(old, "GET", url, nil); got.status != 401 || got.code() != "ExpiredAuthenticationToken" {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
}

func TestARMFront(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	token := w.token("https://management.azure.com")
	sub := w.sub()
	cases := map[string]struct {
		method, path string
		status       int
		code, text   string
	}{
		"no api-version":                            {"GET", sub + "/resourceGroups/rg", 400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests."},
		"malformed api-version":                     {"GET", sub + "/resourceGroups/rg?api-version=latest", 400, "InvalidApiVersionParameter", "The api-version 'latest' is invalid. The supported versions are"},
		"api-version that a provider does not have": {"GET", sub + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv?api-version=1999-01-01", 400, "NoRegisteredProviderFound", "API version '1999-01-01' for type 'vaults'. The supported api-versions are"},
		"unknown provider":                          {"GET", sub + "/resourceGroups/rg/providers/Microsoft.Foo/bars/b?api-version=2023-01-01", 404, "InvalidResourceNamespace", "The resource namespace 'Microsoft.Foo' is invalid."},
		"unknown type of a known provider":          {"PUT", sub + "/resourceGroups/rg/providers/Microsoft.KeyVault/managedHSMs/h?api-version=2023-02-01", 404, "InvalidResourceType", "The resource type 'managedHSMs' could not be found in the namespace 'Microsoft.KeyVault'"},
		"subscription that is not a GUID":           {"GET", "/subscriptions/mine/resourceGroups/rg?api-version=" + vGroup, 400, "InvalidSubscriptionId", "'mine' is malformed or invalid"},
		"another subscription":                      {"GET", "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg?api-version=" + vGroup, 404, "SubscriptionNotFound", "The subscription '11111111-1111-1111-1111-111111111111' could not be found."},
		"resource group that does not exist":        {"GET", sub + "/resourceGroups/none?api-version=" + vGroup, 404, "ResourceGroupNotFound", "Resource group 'none' could not be found."},
		"resource in a missing group":               {"GET", sub + "/resourceGroups/none/providers/Microsoft.KeyVault/vaults/kv?api-version=" + vVault, 404, "ResourceGroupNotFound", "Resource group 'none' could not be found."},
		"resource that does not exist":              {"GET", sub + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv?api-version=" + vVault, 404, "ResourceNotFound", "The Resource 'Microsoft.KeyVault/vaults/kv' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"},
		"parent that does not exist":                {"PUT", sub + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv/secrets/s?api-version=" + vVault, 404, "ParentResourceNotFound", "Failed to perform 'write' on resource(s) of type 'vaults/secrets', because the parent resource '" + sub + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv' could not be found."},
		"method that the type does not have":        {"PATCH", sub + "/providers/Microsoft.Authorization/roleDefinitions/" + readerRole + "?api-version=" + vDefinition, 405, "HttpMethodNotAllowed", "'PATCH' is not supported"},
		"action that the type does not have":        {"POST", sub + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv/explode?api-version=" + vVault, 404, "InvalidResourceType", "explode"},
		"PUT without a body":                        {"PUT", sub + "/resourceGroups/rg?api-version=" + vGroup, 400, "MissingRequestBody", "required"},
		"path that is not a resource ID":            {"GET", "/foo?api-version=" + vGroup, 404, "InvalidRequestUri", "/foo"},
		"operation that does not exist":             {"GET", sub + "/operationresults/none?api-version=" + vGroup, 404, "NotFound", "none"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.send(token, c.method, "https://management.azure.com"+c.path, nil)
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
			if got.header.Get("x-ms-request-id") == "" || got.header.Get("x-ms-correlation-request-id") == "" {
				t.Errorf("no correlation headers: %v", got.header)
			}
		})
	}
	t.Run("tenants and subscription", func(t *testing.T) {
		got := must(t, w.send(token, "GET", "https://management.azure.com/tenants?api-version=2020-01-01", nil), 400)
		if got.code() != "InvalidApiVersionParameter" {
			t.Errorf("got %s", got.text)
		}
		must(t, w.send(token, "GET", "https://management.azure.com/tenants?api-version="+vGroup, nil), 200)
		if got := w.arm("GET", "", vGroup, nil); got.path("tenantId") != w.azure.Account().TenantID || got.path("state") != "Enabled" {
			t.Errorf("subscription: %s", got.text)
		}
	})
}

func TestResourceGroups(t *testing.T) {
	w := newWorld(t, quiet)
	made := must(t, w.arm("PUT", "/resourcegroups/Rg-One", vGroup, object{"location": "West Europe", "tags": object{"env": "test"}}), 201)
	if made.path("location") != "westeurope" || made.path("id") != w.sub()+"/resourceGroups/Rg-One" || made.path("tags", "env") != "test" {
		t.Errorf("created: %s", made.text)
	}
	if got := must(t, w.arm("GET", "/RESOURCEGROUPS/rg-one", vGroup, nil), 200); got.path("name") != "Rg-One" {
		t.Errorf("a request in another case changes the name: %s", got.text)
	}
	must(t, w.arm("HEAD", "/resourceGroups/rg-one", vGroup, nil), 204)
	must(t, w.arm("HEAD", "/resourceGroups/none", vGroup, nil), 404)
	moved := w.arm("PUT", "/resourceGroups/Rg-One", vGroup, object{"location": "northeurope"})
	if moved.status != 409 || moved.code() != "InvalidResourceGroupLocation" || moved.message() != "Invalid resource group location 'northeurope'. The Resource group already exists in location 'westeurope'." {
		t.Errorf("move: %d %s", moved.status, moved.text)
	}
	for reason, c := range map[string]struct {
		name string
		body object
		code string
	}{
		"name that ends with a period":  {"rg.", object{"location": "westeurope"}, "InvalidResourceGroup"},
		"name with a reserved letter":   {"rg$1", object{"location": "westeurope"}, "InvalidResourceGroup"},
		"name of 91 characters":         {strings.Repeat("r", 91), object{"location": "westeurope"}, "ResourceGroupNameTooLong"},
		"no location":                   {"rg2", object{}, "LocationRequired"},
		"location that does not exist":  {"rg2", object{"location": "moon"}, "LocationNotAvailableForResourceGroup"},
		"unknown property":              {"rg2", object{"location": "westeurope", "plan": object{}}, "InvalidRequestContent"},
		"managedBy is for services":     {"rg2", object{"location": "westeurope", "managedBy": "me"}, "BadRequest"},
		"tags that are not all strings": {"rg2", object{"location": "westeurope", "tags": object{"a": 1}}, "InvalidRequestContent"},
	} {
		t.Run(reason, func(t *testing.T) {
			if got := w.arm("PUT", "/resourceGroups/"+c.name, vGroup, c.body); got.status != 400 || got.code() != c.code {
				t.Errorf("got %d %s, want 400 %s", got.status, got.text, c.code)
			}
		})
	}
	if got := w.arm("GET", "/resourceGroups", vGroup, nil); len(got.body["value"].([]any)) != 1 {
		t.Errorf("list: %s", got.text)
	}
	must(t, w.arm("PATCH", "/resourceGroups/rg-one", vGroup, object{"tags": object{"env": "prod"}}), 200)
	must(t, w.arm("DELETE", "/resourceGroups/none", vGroup, nil), 404)
}

func TestResourceGroupDeletionRemovesEverything(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	other := w.group("other")
	w.cluster(rg, "aks1")
	path, identity := w.identity(rg, "id1")
	must(t, w.arm("PUT", path+"/federatedIdentityCredentials/abc", vIdentity, fic(someURL, "s", audience)), 201)
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/s", vVault, object{"properties": object{"value": "v"}}), 201)
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), readerRole, identity.path("properties", "principalId"))), 201)
	uid := w.runtime.only(t).UID

	start := must(t, w.arm("DELETE", rg, vGroup, nil), 202)
	if got := w.poll(start); got.status != 200 && got.status != 204 {
		t.Fatalf("deletion ended %d %s", got.status, got.text)
	}
	must(t, w.arm("GET", rg, vGroup, nil), 404)
	all, err := w.azure.Resources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].ID != w.sub()+other {
		t.Errorf("left over: %+v", all)
	}
	if len(w.runtime.deleted) != 1 || w.runtime.deleted[0] != uid {
		t.Errorf("clusters deleted: %v, want %s", w.runtime.deleted, uid)
	}
	must(t, w.graph("GET", "/servicePrincipals/"+identity.path("properties", "principalId"), nil), 404)
	must(t, w.arm("GET", "/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv1", vVault, nil), 200)
}

func TestResourceLists(t *testing.T) {
	w := newWorld(t, quiet)
	one, two := w.group("rg1"), w.group("rg2")
	w.identity(one, "id1")
	w.identity(two, "id2")
	const typ = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
	for path, want := range map[string]int{one + typ: 1, typ: 2, one + "/resources": 1, "/resources": 2, one + "/providers/Microsoft.KeyVault/vaults": 0} {
		version := vIdentity
		if strings.HasSuffix(path, "/resources") {
			version = vGroup
		}
		if strings.HasSuffix(path, "vaults") {
			version = vVault
		}
		got := must(t, w.arm("GET", path, version, nil), 200)
		if n := len(got.body["value"].([]any)); n != want {
			t.Errorf("%s: %d, want %d: %s", path, n, want, got.text)
		}
	}
	must(t, w.arm("GET", "/resourceGroups/none"+typ, vIdentity, nil), 404)
}

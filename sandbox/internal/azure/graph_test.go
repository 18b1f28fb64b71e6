package azure_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func (w *world) graph(method, path string, body any) reply {
	w.t.Helper()
	return w.send(w.token("https://graph.microsoft.com"), method, "https://graph.microsoft.com/v1.0"+path, body)
}

// prefer sends a request to Graph with a Prefer header.
func (w *world) prefer(preference, method, path string, body object) reply {
	w.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatalf("encode body: %v", err)
	}
	r, err := http.NewRequest(method, "https://graph.microsoft.com/v1.0"+path, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatalf("request: %v", err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token("https://graph.microsoft.com"))
	r.Header.Set("Prefer", preference)
	return w.do(r)
}

func (w *world) application(name string) (objectID, appID string) {
	w.t.Helper()
	got := must(w.t, w.graph("POST", "/applications", object{"displayName": name}), 201)
	return got.path("id"), got.path("appId")
}

func graphFIC(name, issuer, subject string, audiences ...string) object {
	return object{"name": name, "issuer": issuer, "subject": subject, "audiences": audiences}
}

// TestApplicationChain checks the exchange for an application, which has three different GUIDs:
// object ID, app ID and the object ID of its service principal.
func TestApplicationChain(t *testing.T) {
	w := newWorld(t, quiet)
	issuer := w.newIssuer("https://westeurope.oic.prod-aks.azure.com/t/u/")
	objectID, appID := w.application("web")
	tenant := w.azure.Account().TenantID
	assertion := issuer.sign(t, w.clock.now(), webSubject, nil)
	vault := "https://vault.azure.net/.default"

	if got := w.exchange(tenant, appID, assertion, vault); !strings.Contains(got.text, "AADSTS7000229") {
		t.Errorf("without a service principal: %d %s", got.status, got.text)
	}
	sp := must(t, w.graph("POST", "/servicePrincipals", object{"appId": appID}), 201)
	if got := w.exchange(tenant, appID, assertion, vault); !strings.Contains(got.text, "AADSTS7000226") {
		t.Errorf("without a credential: %d %s", got.status, got.text)
	}
	must(t, w.graph("POST", "/applications/"+objectID+"/federatedIdentityCredentials", graphFIC("web", issuer.url, webSubject, audience)), 201)
	must(t, w.exchange(tenant, appID, assertion, vault), 200)
	if got := w.exchange(tenant, objectID, assertion, vault); !strings.Contains(got.text, "AADSTS700016") {
		t.Errorf("object ID instead of the app ID: %d %s", got.status, got.text)
	}
	rg := w.group("rg")
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), readerRole, sp.path("id"))), 201)
	armToken := must(t, w.exchange(tenant, appID, assertion, "https://management.azure.com/.default"), 200).path("access_token")
	must(t, w.armAs(armToken, "GET", rg, vGroup, nil), 200)

	must(t, w.graph("DELETE", "/applications/"+objectID, nil), 204)
	if got := w.exchange(tenant, appID, assertion, vault); !strings.Contains(got.text, "AADSTS700016") {
		t.Errorf("deleted application: %d %s", got.status, got.text)
	}
}

func TestApplications(t *testing.T) {
	w := newWorld(t, quiet)
	objectID, appID := w.application("web")
	if got := must(t, w.graph("GET", "/applications/"+objectID, nil), 200); got.path("appId") != appID || got.path("signInAudience") != "AzureADMyOrg" {
		t.Errorf("by object ID: %s", got.text)
	}
	must(t, w.graph("GET", "/applications(appId='"+appID+"')", nil), 200)
	if got := w.graph("GET", "/applications/"+appID, nil); got.status != 404 || got.code() != "Request_ResourceNotFound" || got.message() != "Resource '"+appID+"' does not exist or one of its queried reference-property objects are not present." {
		t.Errorf("app ID instead of the object ID: %d %s", got.status, got.text)
	}
	for filter, want := range map[string]int{"appId eq '" + appID + "'": 1, "displayName eq 'web'": 1, "displayName eq 'other'": 0,
		"displayName eq 'web' and appId eq '" + appID + "'": 1, "displayName eq 'web and shop'": 0, "displayName eq 'web' and displayName eq 'other'": 0,
		"startswith(displayName,'W')": 1, "startswith(displayName, 'eb')": 0, "identifierUris/any(s:s eq 'api://web')": 0,
		"startswith(displayName,'w') and appId eq '" + appID + "'": 1} {
		got := must(t, w.graph("GET", "/applications?$filter="+url.QueryEscape(filter), nil), 200)
		if n := len(got.body["value"].([]any)); n != want {
			t.Errorf("%s: %d applications, want %d", filter, n, want)
		}
	}
	for _, filter := range []string{"endswith(displayName,'w')", "startswith(notes,'w')", "displayName/any(d:d eq 'web')", "identifierUris/any(s:t eq 'web')", "identifierUris/any(s:s ne 'web')", "displayName eq 'web' or appId eq 'x'", "displayName eq 'web' and", "notes eq 'x'", "displayName eq 'it's'"} {
		must(t, w.graph("GET", "/applications?$filter="+url.QueryEscape(filter), nil), 400)
	}
	must(t, w.graph("PATCH", "/applications/"+objectID, object{"displayName": "web2"}), 204)
	if got := w.graph("GET", "/applications/"+objectID, nil); got.path("displayName") != "web2" {
		t.Errorf("after PATCH: %s", got.text)
	}
	for _, step := range []struct {
		reason string
		change object
		want   string
	}{
		{"a text is set", object{"notes": "n"}, "n"},
		{"an omitted text is kept", object{"displayName": "web3"}, "n"},
		{"null clears a text", object{"notes": nil}, ""},
	} {
		must(t, w.graph("PATCH", "/applications/"+objectID, step.change), 204)
		if got := w.graph("GET", "/applications/"+objectID, nil).path("notes"); got != step.want {
			t.Errorf("%s: notes %q, want %q", step.reason, got, step.want)
		}
	}
	for reason, c := range map[string]struct {
		path string
		body object
		want int
	}{
		"a password":                      {"/applications/" + objectID + "/addPassword", object{"passwordCredential": object{}}, 403},
		"a key":                           {"/applications/" + objectID + "/addKey", object{}, 403},
		"a password with the application": {"/applications", object{"displayName": "x", "passwordCredentials": []object{{"displayName": "p"}}}, 400},
		"an application without name":     {"/applications", object{}, 400},
		"an unknown property":             {"/applications", object{"displayName": "x", "color": "red"}, 400},
		"an unknown audience":             {"/applications", object{"displayName": "x", "signInAudience": "Everyone"}, 400},
		"a block that is not implemented": {"/applications", object{"displayName": "x", "web": object{"homePageUrl": "https://example.com"}}, 400},
	} {
		t.Run(reason, func(t *testing.T) { must(t, w.graph("POST", c.path, c.body), c.want) })
	}
	t.Run("empty blocks are accepted", func(t *testing.T) {
		must(t, w.graph("POST", "/applications", object{"displayName": "x", "web": object{"redirectUris": []string{}, "implicitGrantSettings": object{"enableIdTokenIssuance": false}}, "api": object{}}), 201)
	})
	t.Run("a deleted application can be restored for 30 days", func(t *testing.T) {
		must(t, w.graph("DELETE", "/applications/"+objectID, nil), 204)
		must(t, w.graph("GET", "/applications/"+objectID, nil), 404)
		must(t, w.graph("GET", "/directory/deletedItems/"+objectID, nil), 200)
		must(t, w.graph("POST", "/directory/deletedItems/"+objectID+"/restore", nil), 200)
		must(t, w.graph("DELETE", "/applications/"+objectID, nil), 204)
		w.clock.advance(31 * 24 * time.Hour)
		w.tokens = map[string]string{}
		must(t, w.graph("GET", "/directory/deletedItems/"+objectID, nil), 404)
	})
}

func TestServicePrincipals(t *testing.T) {
	w := newWorld(t, quiet)
	_, appID := w.application("web")
	none := "11111111-1111-1111-1111-111111111111"
	if got := w.graph("POST", "/servicePrincipals", object{"appId": none}); got.status != 400 || got.message() != "The appId '"+none+"' of the service principal does not reference a valid application object." {
		t.Errorf("without application: %d %s", got.status, got.text)
	}
	sp := must(t, w.graph("POST", "/servicePrincipals", object{"appId": appID, "tags": []string{"t"}}), 201)
	if got := w.graph("POST", "/servicePrincipals", object{"appId": appID}); got.status != 409 || got.code() != "Request_MultipleObjectsWithSameKeyValue" {
		t.Errorf("second for one application: %d %s", got.status, got.text)
	}
	must(t, w.graph("PATCH", "/servicePrincipals/"+sp.path("id"), object{"accountEnabled": false}), 204)
	if got := w.graph("GET", "/servicePrincipals/"+sp.path("id"), nil); got.body["accountEnabled"] != false {
		t.Errorf("after PATCH: %s", got.text)
	}
	for reason, c := range map[string]struct {
		method, path string
		body         object
		text         string
	}{
		"the display name is the application's":               {"PATCH", "/servicePrincipals/" + sp.path("id"), object{"displayName": "other"}, "Invalid property 'displayName'."},
		"the application of a service principal is immutable": {"PATCH", "/servicePrincipals/" + sp.path("id"), object{"appId": none}, "immutable"},
		"the app ID of an application cannot be chosen":       {"POST", "/applications", object{"displayName": "x", "appId": none}, "Invalid property 'appId'."},
	} {
		t.Run(reason, func(t *testing.T) {
			var body any
			if c.body != nil {
				body = c.body
			}
			if got := w.graph(c.method, c.path, body); got.status != 400 || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 with %q", got.status, got.text, c.text)
			}
		})
	}
	_, identity := w.identity(w.group("rg"), "id1")
	managed := must(t, w.graph("GET", "/servicePrincipals/"+identity.path("properties", "principalId"), nil), 200)
	if managed.path("servicePrincipalType") != "ManagedIdentity" || managed.path("appId") != identity.path("properties", "clientId") {
		t.Errorf("a managed identity's principal: %s", managed.text)
	}
	must(t, w.graph("DELETE", "/servicePrincipals/"+managed.path("id"), nil), 403)
	must(t, w.graph("DELETE", "/servicePrincipals/"+sp.path("id"), nil), 204)
	must(t, w.graph("GET", "/servicePrincipals/"+sp.path("id"), nil), 404)
}

func TestApplicationCredentials(t *testing.T) {
	w := newWorld(t, quiet)
	objectID, _ := w.application("web")
	base := "/applications/" + objectID + "/federatedIdentityCredentials"
	first := must(t, w.graph("POST", base, graphFIC("first", someURL, "s1", audience)), 201)
	long := strings.Repeat("x", 601)
	cases := map[string]struct {
		body   object
		status int
		code   string
		text   string
	}{
		"name that exists":            {graphFIC("first", someURL, "s2", audience), 409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name first already exists."},
		"issuer and subject of first": {graphFIC("second", someURL, "s1", audience), 400, "InvalidFederatedIdentityCredentialValue", "The combination of issuer and subject must be unique for the application."},
		"two audiences":               {graphFIC("second", someURL, "s2", audience, "b"), 400, "InvalidFederatedIdentityCredentialValue", "exactly one audience"},
		"no issuer":                   {graphFIC("second", "", "s2", audience), 400, "Request_BadRequest", "issuer"},
		"no subject":                  {graphFIC("second", someURL, "", audience), 400, "Request_BadRequest", "subject"},
		"wildcard":                    {graphFIC("second", someURL, "s*", audience), 400, "InvalidFederatedIdentityCredentialValue", "Wildcard"},
		"subject of 601 characters":   {graphFIC("second", someURL, long, audience), 400, "InvalidFederatedIdentityCredentialValue", "600"},
		"name of 121 characters":      {graphFIC(strings.Repeat("a", 121), someURL, "s2", audience), 400, "Request_BadRequest", "name"},
		"flexible credential":         {object{"name": "second", "issuer": someURL, "audiences": []string{audience}, "claimsMatchingExpression": object{"value": "x"}}, 400, "Request_BadRequest", "claimsMatchingExpression"},
		"unknown property":            {object{"name": "second", "audience": audience}, 400, "Request_BadRequest", "Invalid property 'audience'."},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.graph("POST", base, c.body)
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
		})
	}
	t.Run("an unknown application has no credentials", func(t *testing.T) {
		must(t, w.graph("GET", "/applications/11111111-1111-1111-1111-111111111111/federatedIdentityCredentials", nil), 404)
	})
	t.Run("change and upsert", func(t *testing.T) {
		must(t, w.graph("PATCH", base+"/"+first.path("id"), object{"subject": "s9"}), 204)
		if got := w.graph("GET", base+"/first", nil); got.path("subject") != "s9" || got.path("id") != first.path("id") {
			t.Errorf("after PATCH: %s", got.text)
		}
		must(t, w.graph("PATCH", base+"/first", object{"name": "renamed"}), 400)
		upsert := object{"issuer": someURL, "subject": "s3", "audiences": []string{audience}}
		must(t, w.graph("PATCH", base+"(name='new')", upsert), 404)
		for _, want := range []int{201, 204} {
			must(t, w.prefer("create-if-missing", "PATCH", base+"(name='new')", upsert), want)
		}
		must(t, w.graph("DELETE", base+"/new", nil), 204)
	})
	t.Run("the 21st credential is refused", func(t *testing.T) {
		for i := range 19 {
			must(t, w.graph("POST", base, graphFIC(fmt.Sprint("fic-", i), someURL, fmt.Sprint("t", i), audience)), 201)
		}
		got := w.graph("POST", base, graphFIC("last", someURL, "last", audience))
		if got.status != 400 || !strings.Contains(got.message(), "Too many Federated Identity Credentials") {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
	t.Run("delete", func(t *testing.T) {
		must(t, w.graph("DELETE", base+"/"+first.path("id"), nil), 204)
		must(t, w.graph("GET", base+"/"+first.path("id"), nil), 404)
	})
}

func TestGraphAudienceForms(t *testing.T) {
	w := newWorld(t, quiet)
	for reason, resource := range map[string]string{
		"as documented":         "https://graph.microsoft.com",
		"with a trailing slash": "https://graph.microsoft.com/",
	} {
		t.Run(reason, func(t *testing.T) {
			must(t, w.send(w.token(resource), "GET", "https://graph.microsoft.com/v1.0/applications", nil), 200)
		})
	}
}

func TestGraphAuthorisation(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	token := must(t, w.exchange(w.azure.Account().TenantID, s.clientID, s.issuer.sign(t, w.clock.now(), webSubject, nil), "https://graph.microsoft.com/.default"), 200).path("access_token")
	if got := w.send(token, "GET", "https://graph.microsoft.com/v1.0/applications", nil); got.status != 403 || got.code() != "Authorization_RequestDenied" {
		t.Errorf("without application permission: %d %s", got.status, got.text)
	}
	for reason, token := range map[string]string{"no token": "", "token for ARM": w.token("https://management.azure.com"), "the service account token": s.issuer.sign(t, w.clock.now(), webSubject, nil)} {
		t.Run(reason, func(t *testing.T) {
			if got := w.send(token, "GET", "https://graph.microsoft.com/v1.0/applications", nil); got.status != 401 || got.code() != "InvalidAuthenticationToken" {
				t.Errorf("got %d %s", got.status, got.text)
			}
		})
	}
}

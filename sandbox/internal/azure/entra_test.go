package azure_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// signIn is an identity with a federated credential for a fake issuer.
type signIn struct {
	w        *world
	issuer   *fakeIssuer
	clientID string
	path     string
}

const webSubject = "system:serviceaccount:shop:web"

func newSignIn(t *testing.T) signIn {
	t.Helper()
	w := newWorld(t, quiet)
	issuer := w.newIssuer("https://westeurope.oic.prod-aks.azure.com/t/u/")
	path, identity := w.identity(w.group("rg"), "id1")
	must(t, w.arm("PUT", path+"/federatedIdentityCredentials/web", vIdentity, fic(issuer.url, webSubject, audience)), 201)
	return signIn{w, issuer, identity.path("properties", "clientId"), path}
}

func TestExchangeIsRefused(t *testing.T) {
	s := newSignIn(t)
	other := s.w.newIssuer("https://northeurope.oic.prod-aks.azure.com/t/v/")
	noSlash := s.w.newIssuer("https://westeurope.oic.prod-aks.azure.com/t/u")
	noSlash.key = s.issuer.key
	s.w.issuers["westeurope.oic.prod-aks.azure.com"] = s.issuer
	_, bare := s.w.identity("/resourceGroups/rg", "id-bare")
	account := s.w.azure.Account()
	now := s.w.clock.now()
	good := s.issuer.sign(t, now, webSubject, nil)
	scope := "https://vault.azure.net/.default"

	cases := map[string]struct {
		tenant, client, assertion, scope string
		status                           int
		oauth                            string
		code                             float64
		text                             string
	}{
		"unknown tenant": {"11111111-1111-1111-1111-111111111111", s.clientID, good, scope, 400, "invalid_request", 90002, "not found"},
		"common does not identify a tenant without a user":        {"common", s.clientID, good, scope, 400, "invalid_request", 50059, "No tenant-identifying information found in either the request or implied by any provided credentials."},
		"organizations does not identify a tenant without a user": {"organizations", s.clientID, good, scope, 400, "invalid_request", 50059, "No tenant-identifying information found in either the request or implied by any provided credentials."},
		"tenant that is neither a GUID nor a domain":              {"nonsense", s.clientID, good, scope, 400, "invalid_request", 900023, "neither a valid DNS name"},
		"unknown client":                    {account.TenantID, "22222222-2222-2222-2222-222222222222", good, scope, 400, "unauthorized_client", 700016, "Application with identifier '22222222-2222-2222-2222-222222222222' was not found in the directory '" + account.TenantID + "'."},
		"no credential":                     {account.TenantID, bare.path("properties", "clientId"), good, scope, 401, "invalid_client", 7000226, "No federated identity credential policy found on application"},
		"an assertion by a certificate":     {account.TenantID, s.clientID, s.issuer.sign(t, now, s.clientID, func(c object) { c["iss"] = s.clientID }), scope, 401, "invalid_client", 700027, "The key was not found"},
		"another issuer":                    {account.TenantID, s.clientID, other.sign(t, now, webSubject, nil), scope, 401, "invalid_client", 700211, "presented assertion issuer '" + other.url + "'"},
		"issuer without its trailing slash": {account.TenantID, s.clientID, noSlash.sign(t, now, webSubject, nil), scope, 401, "invalid_client", 700211, "presented assertion issuer '" + noSlash.url + "'"},
		"another subject":                   {account.TenantID, s.clientID, s.issuer.sign(t, now, "system:serviceaccount:shop:other", nil), scope, 401, "invalid_client", 700213, "presented assertion subject 'system:serviceaccount:shop:other'. Please note that the matching is done using a case-sensitive comparison."},
		"subject in another case":           {account.TenantID, s.clientID, s.issuer.sign(t, now, "system:serviceaccount:Shop:web", nil), scope, 401, "invalid_client", 7002138, "The subject matches with case-insensitive comparison, but not with case-sensitive comparison."},
		"another audience":                  {account.TenantID, s.clientID, s.issuer.sign(t, now, webSubject, func(c object) { c["aud"] = []string{"https://kubernetes.default.svc"} }), scope, 401, "invalid_client", 700212, "presented assertion audience 'https://kubernetes.default.svc'"},
		"assertion that has expired": {account.TenantID, s.clientID, s.issuer.sign(t, now, webSubject, func(c object) {
			c["nbf"], c["iat"], c["exp"] = now.Add(-2*time.Hour).Unix(), now.Add(-2*time.Hour).Unix(), now.Add(-time.Second).Unix()
		}), scope, 401, "invalid_client", 700024, "Client assertion is not within its valid time range."},
		"assertion that becomes valid in ten minutes": {account.TenantID, s.clientID, s.issuer.sign(t, now, webSubject, func(c object) { c["nbf"] = now.Add(10 * time.Minute).Unix() }), scope, 401, "invalid_client", 700024, "Client assertion is not within its valid time range."},
		"assertion without an expiry":                 {account.TenantID, s.clientID, s.issuer.sign(t, now, webSubject, func(c object) { delete(c, "exp") }), scope, 401, "invalid_client", 700024, "(not given)"},
		"assertion that is not a JWT":                 {account.TenantID, s.clientID, "nonsense", scope, 400, "invalid_request", 50027, "JWT token is invalid or malformed."},
		"signature of another key":                    {account.TenantID, s.clientID, good[:strings.LastIndex(good, ".")+1] + strings.Split(other.sign(t, now, webSubject, nil), ".")[2], scope, 401, "invalid_client", 700027, "signature"},
		"scope that is a bare resource":               {account.TenantID, s.clientID, good, "https://vault.azure.net", 400, "invalid_scope", 70011, "The scope https://vault.azure.net is not valid."},
		"two resources in one scope":                  {account.TenantID, s.clientID, good, scope + " https://management.azure.com/.default", 400, "invalid_scope", 70011, "not valid"},
		"unknown resource":                            {account.TenantID, s.clientID, good, "https://example.com/.default", 400, "invalid_resource", 500011, "The resource principal named https://example.com was not found in the tenant named " + account.TenantID},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := s.w.exchange(c.tenant, c.client, c.assertion, c.scope)
			if got.status != c.status || got.path("error") != c.oauth || !strings.Contains(got.path("error_description"), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.oauth, c.text)
			}
			codes, _ := got.body["error_codes"].([]any)
			if len(codes) != 1 || codes[0] != c.code {
				t.Errorf("error_codes %v, want [%v]", codes, c.code)
			}
			for _, member := range []string{"timestamp", "trace_id", "correlation_id", "error_uri"} {
				if got.path(member) == "" {
					t.Errorf("no %s in %s", member, got.text)
				}
			}
			if strings.Contains(got.text, "access_token") {
				t.Error("a refusal contains a token")
			}
		})
	}
	t.Run("the valid assertion is accepted", func(t *testing.T) {
		must(t, s.w.exchange(account.TenantID, s.clientID, good, scope), http.StatusOK)
	})
	t.Run("an assertion that becomes valid in four minutes is within the skew", func(t *testing.T) {
		ahead := s.issuer.sign(t, now, webSubject, func(c object) { c["nbf"] = now.Add(4 * time.Minute).Unix() })
		must(t, s.w.exchange(account.TenantID, s.clientID, ahead, scope), http.StatusOK)
	})
}

func TestExchangeForm(t *testing.T) {
	s := newSignIn(t)
	tenant := s.w.azure.Account().TenantID
	full := func() url.Values {
		return url.Values{
			"grant_type": {"client_credentials"}, "client_id": {s.clientID}, "scope": {"https://vault.azure.net/.default"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {s.issuer.sign(t, s.w.clock.now(), webSubject, nil)},
		}
	}
	cases := map[string]struct {
		change func(url.Values)
		code   float64
	}{
		"another grant":              {func(v url.Values) { v.Set("grant_type", "password") }, 70003},
		"no grant":                   {func(v url.Values) { v.Del("grant_type") }, 900144},
		"no client":                  {func(v url.Values) { v.Del("client_id") }, 900144},
		"no assertion and no secret": {func(v url.Values) { v.Del("client_assertion") }, 7000216},
		"a client secret":            {func(v url.Values) { v.Set("client_secret", "x") }, 7000215},
		"another assertion type":     {func(v url.Values) { v.Set("client_assertion_type", "x") }, 900144},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			form := full()
			c.change(form)
			got := s.w.form(tenant, form)
			if codes, _ := got.body["error_codes"].([]any); len(codes) != 1 || codes[0] != c.code {
				t.Errorf("got %d %s, want %v", got.status, got.text, c.code)
			}
		})
	}
}

func TestExchangeNeedsTheIssuer(t *testing.T) {
	cases := map[string]func(s signIn){
		"issuer that cannot be reached":       func(s signIn) { delete(s.w.issuers, "westeurope.oic.prod-aks.azure.com") },
		"discovery that names another issuer": func(s signIn) { s.issuer.claims = strings.TrimSuffix(s.issuer.url, "/") },
		"issuer without a discovery document": func(s signIn) { s.w.issuers["westeurope.oic.prod-aks.azure.com"] = http.NotFoundHandler() },
	}
	for reason, breakIssuer := range cases {
		t.Run(reason, func(t *testing.T) {
			s := newSignIn(t)
			assertion := s.issuer.sign(t, s.w.clock.now(), webSubject, nil)
			breakIssuer(s)
			got := s.w.exchange(s.w.azure.Account().TenantID, s.clientID, assertion, "https://vault.azure.net/.default")
			if got.status != 400 || !strings.Contains(got.path("error_description"), "AADSTS501661: Request to External OIDC endpoint failed.") {
				t.Errorf("got %d %s", got.status, got.text)
			}
		})
	}
}

func TestExchangeAfterKeyRotation(t *testing.T) {
	s := newSignIn(t)
	tenant := s.w.azure.Account().TenantID
	must(t, s.w.exchange(tenant, s.clientID, s.issuer.sign(t, s.w.clock.now(), webSubject, nil), "https://vault.azure.net/.default"), 200)
	next := s.w.newIssuer("https://rotation.invalid/")
	s.issuer.key, s.issuer.kid = next.key, "k2"
	assertion := s.issuer.sign(t, s.w.clock.now(), webSubject, nil)
	// Directly after a fetch, an unknown key ID does not cause another one, so that invented key
	// IDs cannot overload an issuer.
	deadline := time.Now().Add(10 * time.Second)
	for {
		got := s.w.exchange(tenant, s.clientID, assertion, "https://vault.azure.net/.default")
		if got.status == http.StatusOK {
			return
		}
		if !strings.Contains(got.text, "AADSTS700027") || time.Now().After(deadline) {
			t.Fatalf("got %d %s", got.status, got.text)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func TestExchangeAfterCredentialDeletion(t *testing.T) {
	s := newSignIn(t)
	must(t, s.w.arm("DELETE", s.path+"/federatedIdentityCredentials/web", vIdentity, nil), 200)
	got := s.w.exchange(s.w.azure.Account().TenantID, s.clientID, s.issuer.sign(t, s.w.clock.now(), webSubject, nil), "https://vault.azure.net/.default")
	if !strings.Contains(got.text, "AADSTS7000226") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	must(t, s.w.arm("DELETE", s.path, vIdentity, nil), 200)
	got = s.w.exchange(s.w.azure.Account().TenantID, s.clientID, s.issuer.sign(t, s.w.clock.now(), webSubject, nil), "https://vault.azure.net/.default")
	if !strings.Contains(got.text, "AADSTS700016") {
		t.Errorf("after the deletion of the identity: %d %s", got.status, got.text)
	}
}

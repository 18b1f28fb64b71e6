package azure_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

const (
	audience = "api://AzureADTokenExchange"
	someURL  = "https://westeurope.oic.prod-aks.azure.com/t/u/"
)

func TestIdentityIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	cases := map[string]struct {
		name string
		body object
		code string
		text string
	}{
		"name of two characters":          {"ab", object{"location": "westeurope"}, "InvalidIdentityName", "'ab' is invalid"},
		"name that starts with a hyphen":  {"-abc", object{"location": "westeurope"}, "InvalidIdentityName", "'-abc'"},
		"name of 129 characters":          {strings.Repeat("a", 129), object{"location": "westeurope"}, "InvalidIdentityName", "128"},
		"unknown isolation scope":         {"abc", object{"location": "westeurope", "properties": object{"isolationScope": "Global"}}, "BadRequest", "Global"},
		"no location":                     {"abc", object{}, "LocationRequired", "location"},
		"unknown property":                {"abc", object{"location": "westeurope", "sku": object{}}, "InvalidRequestContent", "sku"},
		"51 tags":                         {"abc", object{"location": "westeurope", "tags": manyTags(51)}, "InvalidTags", "51"},
		"tag name of 513 characters":      {"abc", object{"location": "westeurope", "tags": object{strings.Repeat("n", 513): "v"}}, "InvalidTagName", "512"},
		"tag value of 257 characters":     {"abc", object{"location": "westeurope", "tags": object{"n": strings.Repeat("v", 257)}}, "InvalidTagValueLength", "256"},
		"tag name with a reserved letter": {"abc", object{"location": "westeurope", "tags": object{"a/b": "v"}}, "InvalidTagNameCharacters", "a/b"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", rg+"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"+c.name, vIdentity, c.body)
			if got.status != 400 || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 %s with %q", got.status, got.text, c.code, c.text)
			}
		})
	}
}

func manyTags(n int) object {
	tags := object{}
	for i := range n {
		tags[fmt.Sprint("t", i)] = "v"
	}
	return tags
}

func TestIdentityLife(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path, first := w.identity(rg, "id1")
	again := must(t, w.arm("PUT", strings.ToUpper(path), vIdentity, object{"location": "West Europe", "tags": object{"a": "b"}}), 200)
	if again.path("properties", "clientId") != first.path("properties", "clientId") || again.path("id") != first.path("id") {
		t.Errorf("an update changed the identity: %s", again.text)
	}
	moved := w.arm("PUT", path, vIdentity, object{"location": "northeurope"})
	if moved.status != 409 || moved.code() != "InvalidResourceLocation" {
		t.Errorf("move: %d %s", moved.status, moved.text)
	}
	patched := must(t, w.arm("PATCH", path, vIdentity, object{"tags": object{"c": "d"}}), 200)
	if patched.path("tags", "c") != "d" || patched.path("tags", "a") != "" {
		t.Errorf("tags after PATCH: %s", patched.text)
	}
	must(t, w.arm("DELETE", path, vIdentity, nil), 200)
	must(t, w.arm("DELETE", path, vIdentity, nil), 204)
	gone := w.arm("GET", path, vIdentity, nil)
	if gone.status != 404 || gone.code() != "ResourceNotFound" || !strings.Contains(gone.message(), "Microsoft.ManagedIdentity/userAssignedIdentities/id1' under resource group 'rg' was not found") {
		t.Errorf("after deletion: %d %s", gone.status, gone.text)
	}
	_, second := w.identity(rg, "id1")
	for _, id := range []string{"clientId", "principalId"} {
		if second.path("properties", id) == first.path("properties", id) {
			t.Errorf("%s is the same after the identity was deleted and created again", id)
		}
	}
}

func TestFederatedCredentialIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	path, _ := w.identity(w.group("rg"), "id1")
	must(t, w.arm("PUT", path+"/federatedIdentityCredentials/first", vIdentity, fic(someURL, "system:serviceaccount:a:b", audience)), 201)
	long := strings.Repeat("x", 601)
	const incomplete = "Federated Identity Credential must specify 'issuer', 'subject' and 'audience'."
	cases := map[string]struct {
		name string
		body object
		text string
	}{
		"name of two characters":                          {"ab", fic(someURL, "s", audience), "Federated Identity Credential name 'ab' is invalid."},
		"name that starts with a hyphen":                  {"-abc", fic(someURL, "s", audience), "name '-abc' is invalid."},
		"name with a dot":                                 {"a.bc", fic(someURL, "s", audience), "name 'a.bc' is invalid."},
		"name of 121 characters":                          {strings.Repeat("a", 121), fic(someURL, "s", audience), "is invalid."},
		"empty issuer, as of a cluster that is not ready": {"abc", fic("", "s", audience), incomplete},
		"no subject":                                      {"abc", fic(someURL, "", audience), incomplete},
		"no audience":                                     {"abc", fic(someURL, "s"), incomplete},
		"no properties":                                   {"abc", object{}, incomplete},
		"two audiences":                                   {"abc", fic(someURL, "s", audience, "other"), "Federated identity credentials must have exactly one audience."},
		"issuer and subject of another credential":        {"abc", fic(someURL, "system:serviceaccount:a:b", "other"), "Issuer and subject combination already exists for this Managed Identity."},
		"subject of 601 characters":                       {"abc", fic(someURL, long, audience), "601 characters"},
		"issuer of over 600 characters":                   {"abc", fic("https://"+long, "s", audience), "600"},
		"audience of 601 characters":                      {"abc", fic(someURL, "s", long), "601"},
		"wildcard in the subject":                         {"abc", fic(someURL, "system:serviceaccount:a:*", audience), "Wildcard"},
		"issuer that is not https":                        {"abc", fic("http://example.com/", "s", audience), "https"},
		"issuer that is not a URL":                        {"abc", fic("cluster", "s", audience), "https"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", path+"/federatedIdentityCredentials/"+c.name, vIdentity, c.body)
			if got.status != 400 || got.code() != "BadRequest" || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 BadRequest with %q", got.status, got.text, c.text)
			}
		})
	}
	t.Run("parent that does not exist", func(t *testing.T) {
		got := w.arm("PUT", "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/none/federatedIdentityCredentials/abc", vIdentity, fic(someURL, "s", audience))
		if got.status != 404 || got.message() != "The parent user-assigned identity doesn't exist." {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
	t.Run("neither the issuer nor the subject needs to exist", func(t *testing.T) {
		must(t, w.arm("PUT", path+"/federatedIdentityCredentials/nowhere", vIdentity, fic("https://nowhere.invalid/", "anything at all", audience)), 201)
	})
}

func TestFederatedCredentialLife(t *testing.T) {
	w := newWorld(t, quiet)
	path, _ := w.identity(w.group("rg"), "id1")
	at := path + "/federatedIdentityCredentials/abc"
	must(t, w.arm("PUT", at, vIdentity, fic(someURL, "s1", audience)), 201)
	updated := must(t, w.arm("PUT", at, vIdentity, fic(someURL, "s2", audience)), 200)
	if updated.path("properties", "subject") != "s2" {
		t.Errorf("after the update: %s", updated.text)
	}
	if got := w.arm("GET", path+"/federatedIdentityCredentials", vIdentity, nil); len(got.body["value"].([]any)) != 1 {
		t.Errorf("list: %s", got.text)
	}
	must(t, w.arm("DELETE", at, vIdentity, nil), 200)
	must(t, w.arm("DELETE", at, vIdentity, nil), 204)
	must(t, w.arm("GET", at, vIdentity, nil), 404)
}

func TestTwentyFirstFederatedCredentialIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	path, _ := w.identity(w.group("rg"), "id1")
	for i := range 20 {
		must(t, w.arm("PUT", fmt.Sprintf("%s/federatedIdentityCredentials/fic-%d", path, i), vIdentity, fic(someURL, fmt.Sprint("s", i), audience)), 201)
	}
	got := w.arm("PUT", path+"/federatedIdentityCredentials/fic-20", vIdentity, fic(someURL, "s20", audience))
	if got.status != 400 || !strings.Contains(got.message(), "Too many Federated Identity Credentials") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	must(t, w.arm("PUT", path+"/federatedIdentityCredentials/fic-7", vIdentity, fic(someURL, "s7b", audience)), 200)
}

func TestConcurrentFederatedCredentialWrites(t *testing.T) {
	w := newWorld(t, azure.Profile{FederatedCredentialWriteWindow: 300 * time.Millisecond})
	rg := w.group("rg")
	one, _ := w.identity(rg, "id1")
	two, _ := w.identity(rg, "id2")
	must(t, w.arm("PUT", one+"/federatedIdentityCredentials/old", vIdentity, fic(someURL, "old", audience)), 201)
	w.token("https://management.azure.com") // signs in before the concurrent writes

	requests := map[string]struct {
		method, path string
		body         any
	}{
		"a": {"PUT", one + "/federatedIdentityCredentials/aaa", fic(someURL, "a", audience)},
		"b": {"PUT", one + "/federatedIdentityCredentials/bbb", fic(someURL, "b", audience)},
		"d": {"DELETE", one + "/federatedIdentityCredentials/old", nil},
		"x": {"PUT", two + "/federatedIdentityCredentials/aaa", fic(someURL, "a", audience)},
	}
	results := make(map[string]reply)
	var mu sync.Mutex
	var wait sync.WaitGroup
	for name, r := range requests {
		wait.Go(func() {
			got := w.arm(r.method, r.path, vIdentity, r.body)
			mu.Lock()
			defer mu.Unlock()
			results[name] = got
		})
	}
	wait.Wait()
	if results["x"].status != 201 {
		t.Errorf("a write under another identity: %d %s", results["x"].status, results["x"].text)
	}
	done := 0
	for _, name := range []string{"a", "b", "d"} {
		got := results[name]
		if got.status < 300 {
			done++
			continue
		}
		want := "Too many Federated Identity Credentials are written concurrently for the managed identity '" + strings.ToLower(w.sub()+one) + "'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported."
		if got.status != http.StatusConflict || got.code() != "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" || got.message() != want {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	if done != 1 {
		t.Errorf("%d of three concurrent writes under one identity succeeded, want 1", done)
	}
	must(t, w.arm("PUT", one+"/federatedIdentityCredentials/later", vIdentity, fic(someURL, "later", audience)), 201)
}

package native

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
)

// fakeARM is a Resource Manager that stores what it gets. The test sets its rules: refuse and
// after.
type fakeARM struct {
	mu        sync.Mutex
	resources map[string]map[string]any // by lower-cased id
	requests  []string                  // "PUT /…" in order
	// polls is the number of requests until an operation ends; zero: the PUT is answered with the
	// result.
	polls int
	// outcome is the final status of operations; empty: Succeeded.
	outcome string
	// refuse returns an error for a request if the status is not zero.
	refuse func(r *http.Request) (status int, code, message string)
	// after changes a document before it is stored, as a service that sets defaults.
	after func(id string, doc map[string]any)

	pending int
	running map[string]any // the properties of the resource whose operation runs
}

func newFakeARM() *fakeARM { return &fakeARM{resources: map[string]map[string]any{}} }

func (f *fakeARM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r.Method+" "+r.URL.Path)
	if r.Header.Get("Authorization") == "" || r.URL.Query().Get("api-version") == "" {
		fail(w, http.StatusUnauthorized, "AuthenticationFailed", "no token or no api-version")
		return
	}
	if f.refuse != nil {
		if status, code, message := f.refuse(r); status != 0 {
			fail(w, status, code, message)
			return
		}
	}
	id := strings.ToLower(r.URL.Path)
	if strings.HasPrefix(id, "/operations/") {
		f.operation(w)
		return
	}
	switch r.Method {
	case http.MethodGet:
		doc, ok := f.resources[id]
		if !ok {
			fail(w, http.StatusNotFound, "ResourceNotFound", "The Resource '"+r.URL.Path+"' was not found.")
			return
		}
		reply(w, http.StatusOK, doc)
	case http.MethodPut:
		f.put(w, r, id)
	case http.MethodDelete:
		if _, ok := f.resources[id]; !ok {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		delete(f.resources, id)
		f.begin(w, http.StatusAccepted, nil)
	case http.MethodPost:
		reply(w, http.StatusOK, map[string]any{"kubeconfigs": []any{
			map[string]any{"name": "clusterUser", "value": "a3ViZQ=="},
		}, "ignored": r.URL.Query().Get("server-fqdn")})
	}
}

func (f *fakeARM) put(w http.ResponseWriter, r *http.Request, id string) {
	var doc map[string]any
	if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
		fail(w, http.StatusBadRequest, "InvalidRequestContent", err.Error())
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	doc["id"], doc["name"], doc["type"] = r.URL.Path, parts[len(parts)-1], "Fake/type"
	if f.after != nil {
		f.after(id, doc)
	}
	status := http.StatusOK
	if _, ok := f.resources[id]; !ok {
		status = http.StatusCreated
	}
	f.resources[id] = doc
	f.begin(w, status, doc)
}

func (f *fakeARM) begin(w http.ResponseWriter, status int, doc map[string]any) {
	f.pending = f.polls
	if properties, ok := doc["properties"].(map[string]any); ok && f.polls > 0 {
		f.running, properties["provisioningState"] = properties, "Creating"
	}
	if f.polls > 0 || status == http.StatusAccepted {
		w.Header().Set("Azure-AsyncOperation", "https://management.azure.com/operations/1?api-version=1")
		w.Header().Set("Retry-After-Ms", "1")
	}
	reply(w, status, doc)
}

func (f *fakeARM) operation(w http.ResponseWriter) {
	status := "InProgress"
	if f.pending--; f.pending <= 0 {
		status = "Succeeded"
		if f.outcome != "" {
			status = f.outcome
		}
	}
	if status != "InProgress" && f.running != nil {
		f.running["provisioningState"], f.running = status, nil
	}
	w.Header().Set("Retry-After-Ms", "1")
	body := map[string]any{"status": status}
	if status == "Failed" {
		body["error"] = map[string]any{"code": "QuotaExceeded", "message": "no cores left"}
	}
	reply(w, http.StatusOK, body)
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if v != nil {
		_ = json.NewEncoder(w).Encode(v)
	}
}

func fail(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"error": map[string]any{"code": code, "message": message}})
}

func (f *fakeARM) count(prefix string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, r := range f.requests {
		if strings.HasPrefix(r, prefix) {
			n++
		}
	}
	return n
}

// provider returns a configured provider with the fake and with a journal in the given folder.
func provider(t *testing.T, fake http.Handler, journal string, config resource.PropertyMap) *bridge.Provider {
	t.Helper()
	p, err := New(bridge.Options{
		Getenv:     bridgetest.Environment(t),
		Transport:  bridgetest.Hosts(map[string]http.Handler{"management.azure.com": fake, "login.microsoftonline.com": bridgetest.Login(t)}),
		Retry:      policy.RetryOptions{MaxRetries: 1, RetryDelay: time.Millisecond},
		JournalDir: journal,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: config}); err != nil {
		t.Fatal(err)
	}
	return p
}

func urnOf(token, name string) (resource.URN, string, tokens.Type) {
	return resource.URN(fmt.Sprintf("urn:pulumi:local::proj::%s::%s", token, name)), name, tokens.Type(token)
}

func props(pairs ...any) resource.PropertyMap {
	m := resource.PropertyMap{}
	for i := 0; i < len(pairs); i += 2 {
		m[resource.PropertyKey(pairs[i].(string))] = prop(pairs[i+1])
	}
	return m
}

func prop(v any) resource.PropertyValue {
	switch v := v.(type) {
	case resource.PropertyValue:
		return v
	case resource.PropertyMap:
		return resource.NewObjectProperty(v)
	}
	return resource.NewPropertyValue(v)
}

func bridgeJournal(dir string) *bridge.Journal { return bridge.NewJournal(dir) }

package azure_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// Versions of the APIs that azure-native v2.92.3 uses.
const (
	vGroup      = "2022-09-01"
	vIdentity   = "2023-01-31"
	vCluster    = "2023-04-01"
	vVault      = "2023-02-01"
	vAssignment = "2022-04-01"
	vDefinition = "2022-05-01-preview"
)

// world is an Azure and the hosts around it, without a network.
type world struct {
	t       *testing.T
	dir     string
	azure   *azure.Azure
	runtime *fakeRuntime
	profile azure.Profile
	faults  *fault.Set
	clock   *clock
	issuers map[string]http.Handler // further hosts
	mu      sync.Mutex
	log     bytes.Buffer
	tokens  map[string]string
}

type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

func newWorld(t *testing.T, profile azure.Profile) *world {
	t.Helper()
	faults, err := fault.Open(fault.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, faults: faults, dir: t.TempDir(), runtime: newFakeRuntime(), profile: profile, clock: &clock{},
		issuers: map[string]http.Handler{}, tokens: map[string]string{},
	}
	w.open()
	t.Cleanup(func() {
		if err := w.azure.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return w
}

// quiet is a profile without delays.
var quiet = azure.Profile{FederatedCredentialWriteWindow: -1, PrincipalReplicationDelay: -1}

func (w *world) open() {
	w.t.Helper()
	a, err := azure.Open(context.Background(), azure.Options{
		Dir: w.dir, Clusters: w.runtime, HTTP: w.client(), Now: w.clock.now, Profile: w.profile, Faults: w.faults,
		Log: slog.New(slog.NewTextHandler(&lockedWriter{w: w}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		w.t.Fatalf("Open: %v", err)
	}
	w.azure = a
}

// restart closes the Azure and opens it again on the same state.
func (w *world) restart() {
	w.t.Helper()
	if err := w.azure.Close(); err != nil {
		w.t.Fatalf("Close: %v", err)
	}
	w.open()
}

type lockedWriter struct{ w *world }

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	return l.w.log.Write(p)
}

// RoundTrip calls the handler of the host name, as the proxy of the sandbox does.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	host := strings.ToLower(r.URL.Hostname())
	h, ok := w.issuers[host]
	if !ok {
		h = w.azure.Handler(host)
	}
	if h == nil {
		return nil, errors.New("no such host: " + host)
	}
	inner := r.Clone(r.Context())
	inner.RequestURI = r.URL.RequestURI()
	inner.Host = r.URL.Host
	// The storage SDK writes header names in lower case; a server that reads from a connection gets
	// them in canonical form.
	inner.Header = http.Header{}
	for name, values := range r.Header {
		for _, v := range values {
			inner.Header.Add(name, v)
		}
	}
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, inner)
	response := rec.Result()
	response.Request = r
	return response, nil
}

func (w *world) Do(r *http.Request) (*http.Response, error) { return w.client().Do(r) }

func (w *world) client() *http.Client { return &http.Client{Transport: w} }

type reply struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

// code returns the code of an error in either form (see arm.Type.FlatErrors).
func (r reply) code() string { return cmp.Or(r.path("error", "code"), r.path("code")) }

func (r reply) message() string { return cmp.Or(r.path("error", "message"), r.path("message")) }

// path returns a string of the body; "" if it does not exist.
func (r reply) path(names ...string) string {
	var at any = r.body
	for _, n := range names {
		m, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		at = m[n]
	}
	s, _ := at.(string)
	return s
}

// send sends one request with a bearer token.
func (w *world) send(token, method, target string, body any) reply {
	w.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			w.t.Fatalf("encode body: %v", err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, target, reader)
	if err != nil {
		w.t.Fatalf("request: %v", err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	return w.do(r)
}

func (w *world) do(r *http.Request) reply {
	w.t.Helper()
	response, err := w.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatalf("read response: %v", err)
	}
	got := reply{status: response.StatusCode, header: response.Header, text: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &got.body); err != nil {
			w.t.Fatalf("%s %s: response %q is not JSON: %v", r.Method, r.URL, raw, err)
		}
	}
	return got
}

// token returns an access token of the deployer.
func (w *world) token(resource string) string {
	w.t.Helper()
	if t, ok := w.tokens[resource]; ok {
		return t
	}
	assertion, err := w.azure.DeployerAssertion(time.Hour)
	if err != nil {
		w.t.Fatalf("DeployerAssertion: %v", err)
	}
	got := w.exchange(w.azure.Account().TenantID, w.azure.Account().Deployer.ClientID, assertion, resource+"/.default")
	if got.status != http.StatusOK {
		w.t.Fatalf("sign in as deployer: %d %s", got.status, got.text)
	}
	w.tokens[resource] = got.path("access_token")
	return w.tokens[resource]
}

func (w *world) exchange(tenant, clientID, assertion, scope string) reply {
	w.t.Helper()
	return w.form(tenant, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "scope": {scope},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
	})
}

func (w *world) form(tenant string, form url.Values) reply {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodPost, "https://login.microsoftonline.com/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatalf("request: %v", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(r)
}

// arm calls ARM as the deployer. The path is below the subscription.
func (w *world) arm(method, path, version string, body any) reply {
	w.t.Helper()
	return w.armAs(w.token("https://management.azure.com"), method, path, version, body)
}

func (w *world) armAs(token, method, path, version string, body any) reply {
	w.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return w.send(token, method, "https://management.azure.com"+w.sub()+path+sep+"api-version="+version, body)
}

func (w *world) sub() string { return "/subscriptions/" + w.azure.Account().SubscriptionID }

// must fails the test unless the response has one of the statuses.
func must(t *testing.T, got reply, statuses ...int) reply {
	t.Helper()
	if !slices.Contains(statuses, got.status) {
		t.Fatalf("status %d, want %v: %s", got.status, statuses, got.text)
	}
	return got
}

type object = map[string]any

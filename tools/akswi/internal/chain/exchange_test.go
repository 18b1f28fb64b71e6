package chain_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
)

// exchangeOf is what the exchange link says.
func exchangeOf(t *testing.T, f chain.FederationReport) chain.Result {
	t.Helper()
	for _, r := range f.Results {
		if r.Link == chain.LinkExchange {
			return r
		}
	}
	t.Fatalf("no exchange in %+v", f.Results)
	return chain.Result{}
}

func TestExchangeSendsWhatThePodWouldSend(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	// The operator's own settings must not leak into the workload's request.
	t.Setenv("AZURE_CLIENT_ID", "operator")
	t.Setenv("AZURE_TENANT_ID", "operator")
	t.Setenv("AZURE_AUTHORITY_HOST", "https://operator.invalid/")
	w := chaintest.New(t)
	w.Account.Annotations[azwi.AnnotationTokenExpiration] = "7200"
	var form url.Values
	var mode os.FileMode
	var content string
	w.Entra.Seen = func(seen url.Values) {
		form = seen
		files, err := filepath.Glob(filepath.Join(folder, "verify-*", "token"))
		if err != nil || len(files) != 1 {
			t.Errorf("want one token file during the exchange, got %v, %v", files, err)
			return
		}
		info, err := os.Stat(files[0])
		if err != nil {
			t.Error(err)
			return
		}
		raw, err := os.ReadFile(files[0])
		if err != nil {
			t.Error(err)
		}
		mode, content = info.Mode().Perm(), string(raw)
	}
	report := w.Chain().Verify(t.Context(), w.Stack.Workloads)[0].Federations[0]
	if report.Outcome != chain.Proven {
		t.Fatalf("want %q, got %+v", chain.Proven, report.Results)
	}
	token := w.JWT([]string{azure.AudiencePublic}, 7200)
	want := map[string]string{"client_id": chaintest.ClientID, "client_assertion": token, "grant_type": "client_credentials"}
	got := map[string]string{}
	for k := range want {
		got[k] = form.Get(k)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("token request: -want +got:\n%s", diff)
	}
	if scope := form.Get("scope"); !strings.Contains(scope, "https://vault.azure.net/.default") {
		t.Errorf("scope: want the vault's, got %q", scope)
	}
	if mode != 0o600 || content != token {
		t.Errorf("token file: mode %o, holds the projected token: %t", mode, content == token)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("left behind in the temporary folder: %v", left)
	}
}

func TestExchangeWithoutSecretsAsksForManagement(t *testing.T) {
	w := chaintest.New(t)
	w.Workload().Secrets = nil
	scope := ""
	w.Entra.Seen = func(form url.Values) { scope = form.Get("scope") }
	w.Chain().Verify(t.Context(), w.Stack.Workloads)
	if !strings.Contains(scope, "https://management.azure.com/.default") {
		t.Errorf("scope: want Azure Resource Manager's, got %q", scope)
	}
}

func TestRetryForWaitsForWhatPassesOnly(t *testing.T) {
	cases := map[string]struct {
		reason   string
		code     int
		passing  int
		retryFor time.Duration
		status   chain.Status
		calls    int
	}{
		"Propagation":     {"a new credential becomes known after two refusals", 700211, 2, time.Minute, chain.OK, 3},
		"WithoutRetryFor": {"by default a refusal is final", 700211, 2, 0, chain.Broken, 1},
		"CaseOnly":        {"waiting never changes letter case", 7002138, 2, time.Minute, chain.Broken, 1},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := chaintest.New(t)
			w.Workload().Secrets = nil // the vault's client asks for a token of its own
			w.Entra.Code, w.Entra.Text, w.Entra.Passing = tc.code, "not yet", tc.passing
			c := w.Chain()
			c.RetryFor = tc.retryFor
			got := exchangeOf(t, c.Verify(t.Context(), w.Stack.Workloads)[0].Federations[0])
			if got.Status != tc.status || w.Entra.Calls() != tc.calls {
				t.Errorf("%s\nwant %q after %d requests, got %q after %d: %s", tc.reason, tc.status, tc.calls, got.Status, w.Entra.Calls(), got.Detail)
			}
		})
	}
}

func TestVerifyKeepsOrderWhateverIsDoneFirst(t *testing.T) {
	w := chaintest.New(t)
	first := *w.Workload()
	w.Stack.Workloads = nil
	var want []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		one := first
		one.Name = name
		w.Stack.Workloads = append(w.Stack.Workloads, one)
		want = append(want, name)
	}
	var got []string
	for _, r := range w.Chain().Verify(t.Context(), w.Stack.Workloads) {
		got = append(got, r.Name)
		if len(r.Federations) != 1 || r.Federations[0].Outcome != chain.Proven {
			t.Errorf("workload %s: %+v", r.Name, r.Federations)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

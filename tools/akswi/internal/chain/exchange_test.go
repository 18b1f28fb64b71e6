package chain_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
)

func TestExchangeSendsWhatThePodWouldSend(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	// The operator's settings must not get into the workload's request.
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

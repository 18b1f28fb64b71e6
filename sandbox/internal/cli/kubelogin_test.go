package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
)

const aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630"

// signedIn returns an Azure and an environment in which its deployer is signed in.
func signedIn(t *testing.T) (transport bridgetest.Router, env map[string]string) {
	t.Helper()
	var handler func(string) http.Handler
	transport = func(host string) http.Handler { return handler(host) }
	a, err := azure.Open(t.Context(), azure.Options{Dir: t.TempDir(), Clusters: noClusters{}, HTTP: &http.Client{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	handler = a.Handler
	assertion, err := a.DeployerAssertion(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(assertion), 0o600); err != nil {
		t.Fatal(err)
	}
	return transport, map[string]string{
		"AZURE_CLIENT_ID": a.Account().Deployer.ClientID, "AZURE_TENANT_ID": a.Account().TenantID, "AZURE_FEDERATED_TOKEN_FILE": file, loginMethod: federated,
	}
}

type noClusters struct{ azure.ClusterRuntime }

func TestKubeloginPrintsACredential(t *testing.T) {
	transport, env := signedIn(t)
	var out bytes.Buffer
	// AKS's kubeconfigs ask for a device code; the environment overrides that.
	r := tokenRequest{serverID: aksServer, login: "devicecode", getenv: func(name string) string { return env[name] }, transport: transport}
	if err := r.print(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Kind, APIVersion string
		Status           struct {
			Token               string
			ExpirationTimestamp time.Time
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if diff := cmp.Diff([2]string{"ExecCredential", "client.authentication.k8s.io/v1beta1"}, [2]string{got.Kind, got.APIVersion}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.HasPrefix(got.Status.Token, "eyJ") || !got.Status.ExpirationTimestamp.After(time.Now()) {
		t.Errorf("token of %d characters until %s", len(got.Status.Token), got.Status.ExpirationTimestamp)
	}
}

func TestKubeloginRefuses(t *testing.T) {
	transport, env := signedIn(t)
	for reason, tc := range map[string]struct {
		change func(env map[string]string, r *tokenRequest)
		want   string
	}{
		"a device code: there are no users": {func(env map[string]string, _ *tokenRequest) { delete(env, loginMethod) }, `the sandbox has no users who could sign in by "devicecode"`},
		"a token without a server":          {func(_ map[string]string, r *tokenRequest) { r.serverID = "" }, "--server-id is required"},
		"a command outside the sandbox":     {func(env map[string]string, _ *tokenRequest) { delete(env, "AZURE_CLIENT_ID") }, "AZURE_CLIENT_ID not set: run it inside `sandbox run`"},
		"another tenant":                    {func(_ map[string]string, r *tokenRequest) { r.tenantID = "11111111-1111-1111-1111-111111111111" }, "AADSTS90002"},
	} {
		t.Run(reason, func(t *testing.T) {
			mine := maps.Clone(env)
			r := tokenRequest{serverID: aksServer, login: "devicecode", getenv: func(name string) string { return mine[name] }, transport: transport}
			tc.change(mine, &r)
			if err := r.print(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want …%s…", err, tc.want)
			}
		})
	}
}

func TestKubeloginIsInstalledForThisBuild(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bin")
	for _, binary := range []string{"/old/sandbox", "/new/sandbox", "/new/sandbox"} {
		if err := installKubelogin(dir, binary); err != nil {
			t.Fatal(err)
		}
		if at, err := os.Readlink(filepath.Join(dir, KubeloginName)); err != nil || at != binary {
			t.Errorf("kubelogin is %q, %v; want %s", at, err, binary)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder has %v", entries)
	}
}

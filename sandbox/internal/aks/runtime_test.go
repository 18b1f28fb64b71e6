package aks

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

func testRuntime(t *testing.T) *Runtime {
	t.Helper()
	r, err := New(Options{Dir: t.TempDir(), Self: "/nonexistent"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStartRefusesABadSpec(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*azure.ClusterSpec)
		want   string
	}{
		"a UID that is a path":        {func(s *azure.ClusterSpec) { s.UID = "../x" }, "is not a cluster UID"},
		"no UID":                      {func(s *azure.ClusterSpec) { s.UID = "" }, "is not a cluster UID"},
		"no host name":                {func(s *azure.ClusterSpec) { s.FQDN = "" }, "no FQDN"},
		"an issuer without its slash": {func(s *azure.ClusterSpec) { s.IssuerURL = strings.TrimSuffix(s.IssuerURL, "/") }, "end with a slash"},
		"an issuer without TLS":       {func(s *azure.ClusterSpec) { s.IssuerURL = "http://x/" }, "must be https"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := testSpec()
			tc.change(&spec)
			if err := testRuntime(t).Start(t.Context(), spec); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want …%s…", err, tc.want)
			}
		})
	}
}

func TestStartThatFailsLeavesNothingRunning(t *testing.T) {
	r := testRuntime(t)
	if err := r.Start(t.Context(), testSpec()); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("error %v, want that the sandbox binary is missing", err)
	}
	if s := r.Status(); len(s) > 0 {
		t.Errorf("status %+v", s)
	}
	if _, ok := r.Addr(testSpec().FQDN); ok {
		t.Error("an address of a cluster that does not run")
	}
}

func TestDelete(t *testing.T) {
	r := testRuntime(t)
	if err := r.Delete(t.Context(), "unknown"); err != nil {
		t.Errorf("an unknown cluster: %v", err)
	}
	for _, uid := range []string{"", "..", "a/b", "."} {
		if err := r.Delete(t.Context(), uid); err == nil {
			t.Errorf("%q was accepted as a UID", uid)
		}
	}
	// Left by an earlier daemon.
	dir := filepath.Join(r.options.Dir, "old")
	if err := os.MkdirAll(filepath.Join(dir, "etcd"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.Delete(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("folder: %v", err)
	}
}

func TestClosedRuntimeStartsNothing(t *testing.T) {
	r := testRuntime(t)
	r.Close()
	if err := r.Start(t.Context(), testSpec()); !errors.Is(err, errClosed) {
		t.Errorf("error %v", err)
	}
}

func TestRunningClusterAndAChangedSpec(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*azure.ClusterSpec)
		want   error // of the restart: there is no binary here
	}{
		"the OIDC issuer was enabled: the API server is started again": {
			func(s *azure.ClusterSpec) {
				s.IssuerURL = "https://eastus.oic.prod-aks.azure.com/tenant/other/"
			}, os.ErrNotExist},
		"a private cluster gets a public name: the certificate changes": {
			func(s *azure.ClusterSpec) { s.PublicFQDN = "public.hcp.eastus.azmk8s.io" }, os.ErrNotExist},
		"the host name cannot change: every kubeconfig names it": {func(s *azure.ClusterSpec) { s.FQDN = "other.hcp.eastus.azmk8s.io" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := withAPIServer(t, http.NotFoundHandler())
			c := r.clusters[testSpec().UID]
			before, spec := c.current(), testSpec()
			tc.change(&spec)
			err := r.Start(t.Context(), spec)
			if tc.want != nil {
				if !errors.Is(err, tc.want) || c.current() != nil || c.spec().IssuerURL != spec.IssuerURL {
					t.Errorf("error %v, runs %t, spec %+v: want that the old API server was stopped and a new one tried", err, c.current() != nil, c.spec())
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "cannot be changed during a cluster's lifetime") || c.current() != before {
				t.Errorf("error %v, want a refusal that leaves the cluster running", err)
			}
		})
	}
}

// withAPIServer returns a runtime with a cluster whose API server is handler.
func withAPIServer(t *testing.T, handler http.Handler) (*Runtime, *httptest.Server) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	r := testRuntime(t)
	c, err := r.cluster(testSpec().UID)
	if err != nil {
		t.Fatal(err)
	}
	c.setSpec(testSpec())
	c.setCurrent(&instance{ports: ports{apiServer: n}, issuer: server.Client(), log: r.log})
	return r, server
}

func TestIssuerHandler(t *testing.T) {
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/test")
		_, _ = io.WriteString(w, "document "+r.URL.Path)
	})
	r, server := withAPIServer(t, api)
	const host = "eastus.oic.prod-aks.azure.com"
	ask := func(method, host, path string) [2]string {
		req := httptest.NewRequest(method, "https://"+host+path, nil)
		rec := httptest.NewRecorder()
		r.IssuerHandler().ServeHTTP(rec, req)
		return [2]string{strconv.Itoa(rec.Code), rec.Body.String()}
	}
	for name, tc := range map[string]struct {
		method, host, path string
		want               [2]string
	}{
		"discovery":                            {"GET", host, "/tenant/uid/.well-known/openid-configuration", [2]string{"200", "document /.well-known/openid-configuration"}},
		"keys, with the port in the host":      {"GET", host + ":443", "/tenant/uid/openid/v1/jwks", [2]string{"200", "document /openid/v1/jwks"}},
		"a host name is case-insensitive":      {"GET", strings.ToUpper(host), "/tenant/uid/openid/v1/jwks", [2]string{"200", "document /openid/v1/jwks"}},
		"HEAD has no body":                     {"HEAD", host, "/tenant/uid/openid/v1/jwks", [2]string{"200", ""}},
		"another cluster":                      {"GET", host, "/tenant/other/openid/v1/jwks", [2]string{"404", "404 page not found\n"}},
		"a path is case-sensitive":             {"GET", host, "/Tenant/uid/openid/v1/jwks", [2]string{"404", "404 page not found\n"}},
		"another region":                       {"GET", "westus.oic.prod-aks.azure.com", "/tenant/uid/openid/v1/jwks", [2]string{"404", "404 page not found\n"}},
		"no other path of the API server":      {"GET", host, "/tenant/uid/api/v1/secrets", [2]string{"404", "404 page not found\n"}},
		"no other path relative to a document": {"GET", host, "/tenant/uid/openid/v1/jwks/../../api", [2]string{"404", "404 page not found\n"}},
		"only GET and HEAD":                    {"POST", host, "/tenant/uid/openid/v1/jwks", [2]string{"405", "method not allowed\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ask(tc.method, tc.host, tc.path)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	down := [2]string{"503", "the cluster's API server does not answer\n"}
	server.Close()
	if diff := cmp.Diff(down, ask("GET", host, "/tenant/uid/openid/v1/jwks")); diff != "" {
		t.Errorf("API server down: -want +got:\n%s", diff)
	}
	r.clusters[testSpec().UID].setCurrent(nil)
	if diff := cmp.Diff(down, ask("GET", host, "/tenant/uid/openid/v1/jwks")); diff != "" {
		t.Errorf("cluster starting: -want +got:\n%s", diff)
	}
}

func TestCheckIssuer(t *testing.T) {
	for name, tc := range map[string]struct{ document, want string }{
		"the same issuer":             {`{"issuer":"` + testIssuer + `","jwks_uri":"` + testIssuer + `openid/v1/jwks"}`, ""},
		"an issuer without its slash": {`{"issuer":"` + strings.TrimSuffix(testIssuer, "/") + `","jwks_uri":"` + testIssuer + `openid/v1/jwks"}`, "want issuer"},
		"keys under another address":  {`{"issuer":"` + testIssuer + `","jwks_uri":"https://10.0.0.1/openid/v1/jwks"}`, "want issuer"},
		"the document is not JSON":    {`x`, "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := withAPIServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tc.document) }))
			err := r.clusters[testSpec().UID].current().checkIssuer(t.Context(), testIssuer)
			if (err != nil) != (tc.want != "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want …%s…", err, tc.want)
			}
		})
	}
	t.Run("the reader's role takes a moment to take effect", func(t *testing.T) {
		asked := 0
		r, _ := withAPIServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked < 3 {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			_, _ = io.WriteString(w, `{"issuer":"`+testIssuer+`","jwks_uri":"`+testIssuer+`openid/v1/jwks"}`)
		}))
		if err := r.clusters[testSpec().UID].current().checkIssuer(t.Context(), testIssuer); err != nil {
			t.Error(err)
		}
	})
}

func TestAddrIsCaseInsensitive(t *testing.T) {
	r, _ := withAPIServer(t, http.NotFoundHandler())
	if _, ok := r.Addr(strings.ToUpper(testSpec().FQDN)); !ok {
		t.Error("not found in upper case")
	}
	if _, ok := r.Addr("other.hcp.eastus.azmk8s.io"); ok {
		t.Error("found for another name")
	}
	if _, ok := r.Addr(""); ok {
		t.Error("found for the empty name, which is the public name of every public cluster")
	}
}

func TestAddrOfAPrivateCluster(t *testing.T) {
	r, _ := withAPIServer(t, http.NotFoundHandler())
	spec := testSpec()
	spec.PublicFQDN, spec.FQDN = spec.FQDN, "prod-1a2b.guid.privatelink.eastus.azmk8s.io"
	r.clusters[spec.UID].setSpec(spec)
	for _, name := range []string{spec.FQDN, spec.PublicFQDN} {
		if _, ok := r.Addr(name); !ok {
			t.Errorf("%s is not found", name)
		}
	}
}

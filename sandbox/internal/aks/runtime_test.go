package aks

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

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

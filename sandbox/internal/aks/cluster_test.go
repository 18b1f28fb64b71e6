package aks

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

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

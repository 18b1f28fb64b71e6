package aks

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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

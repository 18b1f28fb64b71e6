package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequest(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		token  string
		err    string
	}{
		"a token":                 {200, `{"value": "t"}`, "t", ""},
		"a refusal":               {403, `{"value": "t"}`, "", "403"},
		"no token":                {200, `{"message": "no"}`, "", "no token"},
		"something else entirely": {200, `<html>`, "", "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			runner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Authorization"); got != "Bearer b" {
					t.Errorf("authorised by %q", got)
				}
				if got := r.URL.Query(); got.Get("audience") != audience || got.Get("run") != "7" {
					t.Errorf("the query is %v", got)
				}
				w.WriteHeader(tc.status)
				w.Write([]byte(tc.body))
			}))
			defer runner.Close()
			got, err := request(t.Context(), runner.URL+"?run=7", "b")
			if got != tc.token || (err == nil) != (tc.err == "") || (err != nil && !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

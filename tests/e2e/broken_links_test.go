package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBrokenLinks breaks one link of the chain at a time, without the program: verify must name it,
// with Entra's code, and an up with a refresh must mend it.
func TestBrokenLinks(t *testing.T) {
	w := newWorld(t)
	w.up(t)
	user := w.outputs(t).Workloads["quick-start"]
	require.NotEmpty(t, user.Federations)
	credential := user.Federations[0]

	// rewrite gives the credential another value of one property.
	rewrite := func(property string, value any) func(t *testing.T) {
		return func(t *testing.T) {
			properties := object{
				"issuer": credential.Issuer, "subject": credential.Subject, "audiences": []string{credential.Audience},
			}
			properties[property] = value
			w.azure(t, http.MethodPut, credential.CredentialID, object{"properties": properties})
		}
	}
	cases := []struct {
		name    string
		breakIt func(t *testing.T)
		want    []string
	}{
		{"the issuer's trailing slash is missing", rewrite("issuer", strings.TrimSuffix(credential.Issuer, "/")),
			[]string{"link 2 (credential)", "AADSTS700211", "slash"}},
		{"the subject differs in case only", rewrite("subject", strings.Replace(credential.Subject, "demo", "Demo", 1)),
			[]string{"link 2 (credential)", "AADSTS7002138", "case"}},
		{"the audience is another", rewrite("audiences", []string{"api://another"}),
			[]string{"link 2 (credential)", "AADSTS700212", "api://another"}},
		{"the role assignment is deleted", func(t *testing.T) {
			assignments := w.rolesOf(t, user)
			require.NotEmpty(t, assignments)
			for _, assignment := range assignments {
				w.azure(t, http.MethodDelete, assignment["id"].(string), nil)
			}
		}, []string{"link 7 (secret)", "ForbiddenByRbac", "Key Vault Secrets User"}},
		{"the credential is deleted", func(t *testing.T) {
			w.azure(t, http.MethodDelete, credential.CredentialID, nil)
		}, []string{"link 2 (credential)", "AADSTS70"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			tc.breakIt(t)
			out, code := w.run(t, "make", "verify")
			require.NotZero(t, code, "verify must fail")
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
			w.upRefreshed(t)
		})
	}
	w.down(t)
}

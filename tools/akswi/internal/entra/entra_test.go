package entra_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

func TestTableIsWhole(t *testing.T) {
	seen := map[int]bool{}
	for _, c := range entra.All() {
		if seen[c.Number] {
			t.Errorf("%s is in the table twice", c)
		}
		seen[c.Number] = true
		if chain.Link(c.Link).Number() == 0 {
			t.Errorf("%s points at %q, which is no link of the chain", c, c.Link)
		}
		for what, text := range map[string]string{"meaning": c.Meaning, "remedy": c.Remedy} {
			if text == "" || strings.HasSuffix(text, ".") {
				t.Errorf("%s: its %s is to be a sentence without a full stop, is %q", c, what, text)
			}
		}
	}
	for _, n := range []int{
		700016, 700211, 700212, 700213, 7002138, 70021, 7000226, 700024, 700027, 501661, 50166, 90061, 900023, 90002, 70011, 700223,
		7000216, 7002131, 7002241, 700233, 700234, 700235, 700237,
	} {
		if !seen[n] {
			t.Errorf("%s is not in the table", entra.Format(n))
		}
	}
}

func TestFromError(t *testing.T) {
	respond := func(status int, body string) error {
		return &azidentity.AuthenticationFailedError{RawResponse: &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}}
	}
	cases := map[string]struct {
		reason   string
		err      error
		number   int
		text     string
		answered bool
	}{
		"Description": {
			"ids and times are left out", respond(401, `{"error":"invalid_client","error_description":"AADSTS700213: No match.\r\nTrace ID: x\r\nCorrelation ID: y","error_codes":[700213]}`),
			700213, "AADSTS700213: No match.", true,
		},
		"LongerCodeOfTheDescription": {
			"error_codes may hold the general code beside the exact one", respond(401, `{"error_description":"AADSTS7002138: case","error_codes":[700213]}`),
			7002138, "AADSTS7002138: case", true,
		},
		"CodesOnly":  {"the description lacks the code", respond(400, `{"error":"x","error_description":"odd","error_codes":[90002]}`), 90002, "odd", true},
		"NoJSON":     {"a proxy's page instead of Entra's answer", respond(502, `<html>`), 0, "HTTP 502 without a body that can be read", true},
		"NoText":     {"an answer that explains nothing", respond(500, `{"error":"server_error"}`), 0, "HTTP 500 server_error", true},
		"PlainText":  {"MSAL's text of a failed discovery", errors.New(`could not resolve: status 400: {"error_description":"AADSTS90002: Tenant 'x' not found.\r\nTrace ID: z"}`), 90002, `AADSTS90002: Tenant 'x' not found.`, true},
		"Network":    {"no answer at all", errors.New("dial tcp: connection refused"), 0, "", false},
		"OutOfTime":  {"the context is over", context.DeadlineExceeded, 0, "", false},
		"NoError":    {"nothing failed", nil, 0, "", false},
		"WithoutRaw": {"an authentication error without a response is no answer", &azidentity.AuthenticationFailedError{}, 0, "", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, answered := entra.FromError(tc.err)
			if answered != tc.answered || got.Code.Number != tc.number {
				t.Errorf("%s\nwant code %d (answered %t), got %d (%t)", tc.reason, tc.number, tc.answered, got.Code.Number, answered)
			}
			if diff := cmp.Diff(tc.text, got.Text); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestAwaitIssuer(t *testing.T) {
	const issuer = "https://westeurope.oic.prod-aks.azure.com/t/u/"
	broken := errors.New("broken")

	cases := map[string]struct {
		reason   string
		first    string
		answers  []string
		readErr  error
		pauseErr error
		want     string
		wantErr  string
		reads    int
		pauses   int
	}{
		"ThereAtOnce":    {reason: "a URL that is there is not read again", first: issuer, want: issuer},
		"ThereOnRead":    {reason: "the first read comes without a pause", answers: []string{issuer}, want: issuer, reads: 1},
		"ThereLater":     {reason: "it is read until it is there", answers: []string{"", "", issuer}, want: issuer, reads: 3, pauses: 2},
		"NeverThere":     {reason: "the wait ends, and says what to do", answers: make([]string, issuerAttempts), wantErr: "az aks update --enable-oidc-issuer", reads: issuerAttempts, pauses: issuerAttempts - 1},
		"ReadFails":      {reason: "an error of Azure is passed on", readErr: broken, wantErr: "broken", reads: 1},
		"Cancelled":      {reason: "a cancelled update does not wait on", answers: []string{""}, pauseErr: context.Canceled, wantErr: "canceled", reads: 1, pauses: 1},
		"WithoutSlash":   {reason: "an issuer that no token can have is refused", first: strings.TrimSuffix(issuer, "/"), wantErr: "trailing slash"},
		"WithoutHTTPS":   {reason: "Entra fetches keys over https only", first: "http://example.com/", wantErr: "https"},
		"SlashIsKept":    {reason: "the URL comes through byte for byte", first: issuer, want: issuer},
		"UpperCaseStays": {reason: "the URL comes through byte for byte", first: "https://Example.com/A/", want: "https://Example.com/A/"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			reads, pauses := 0, 0
			got, err := awaitIssuer(t.Context(), tc.first,
				func() (string, error) {
					reads++
					if tc.readErr != nil {
						return "", tc.readErr
					}
					return tc.answers[reads-1], nil
				},
				func(context.Context) error {
					pauses++
					return tc.pauseErr
				})
			if got != tc.want || reads != tc.reads || pauses != tc.pauses {
				t.Errorf("%s: got %q after %d reads and %d pauses, want %q, %d, %d", tc.reason, got, reads, pauses, tc.want, tc.reads, tc.pauses)
			}
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tc.wantErr)) {
				t.Errorf("%s: error = %v, want %q", tc.reason, err, tc.wantErr)
			}
		})
	}
}

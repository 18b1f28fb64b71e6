package chain_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

func TestVerifyChecksWhatItCanOfAnotherClustersFederation(t *testing.T) {
	ok, broken, unchecked, s, n := chain.OK, chain.Broken, chain.Unchecked, chain.Skipped, chain.NotReached
	cases := map[string]struct {
		reason string
		// change gets the federation that trusts the other cluster.
		change  func(*chain.Chain, *outputs.Federation)
		alone   bool // the workload has no federation of this cluster
		outcome chain.Outcome
		want    []chain.Status
		says    string
	}{
		"BesideOneHere": {
			"the stack marks it so", func(_ *chain.Chain, f *outputs.Federation) { f.Elsewhere = true }, false,
			chain.Elsewhere, []chain.Status{ok, ok, s, s, s, s, s}, "lives in another cluster",
		},
		"Alone": {
			"a workload may serve another cluster only", func(_ *chain.Chain, f *outputs.Federation) { f.Elsewhere = true }, true,
			chain.Elsewhere, []chain.Status{ok, ok, s, s, s, s, s}, "lives in another cluster",
		},
		"APipeline": {
			"a federation with no service account has its subject in the outputs",
			func(_ *chain.Chain, f *outputs.Federation) { f.Elsewhere, f.Namespace, f.ServiceAccount = true, "", "" }, true,
			chain.Elsewhere, []chain.Status{ok, ok, s, s, s, s, s}, "lives in another cluster",
		},
		"AloneWithoutLogin": {
			"the operator's login tells nothing about the chain",
			func(c *chain.Chain, f *outputs.Federation) {
				f.Elsewhere, c.Credentials, c.CredentialsErr = true, nil, errors.New("az is not logged in")
			}, true,
			chain.Elsewhere, []chain.Status{ok, unchecked, s, s, s, s, s}, "az is not logged in",
		},
		"CredentialGone": {
			"the credential belongs to this stack, so it is checked",
			func(c *chain.Chain, f *outputs.Federation) {
				f.Elsewhere, c.Credentials = true, perIssuer{without: f.Issuer}
			}, true,
			chain.Failed, []chain.Status{ok, broken, n, n, n, n, n}, "does not exist in Azure",
		},
		"Unmarked": {
			"a federation of this cluster beside it does not mark it as elsewhere", func(*chain.Chain, *outputs.Federation) {}, false,
			chain.Failed, []chain.Status{broken, n, n, n, n, n, n}, "federation's issuer differs",
		},
		"MarkedButHere": {
			"this cluster's own issuer, given by hand, is checked to the end",
			func(c *chain.Chain, f *outputs.Federation) { f.Elsewhere, f.Issuer = true, c.Stack.IssuerURL }, false,
			chain.Proven, []chain.Status{ok, ok, ok, ok, ok, ok, ok}, "names client id",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := chaintest.New(t)
			c := w.Chain()
			c.Credentials = perIssuer{like: w.Credential}
			// The other issuer answers under the same client: both test servers share one
			// certificate authority.
			other := w.Workload().Federations[0]
			other.Issuer = chaintest.New(t).Issuer
			tc.change(c, &other)
			federations := []outputs.Federation{other}
			if !tc.alone {
				federations = append(federations, w.Workload().Federations[0])
			}
			w.Workload().Federations = federations
			reports := c.Verify(t.Context(), w.Stack.Workloads)[0].Federations
			got := reports[0]
			if diff := cmp.Diff(tc.want, statuses(got)); diff != "" || got.Outcome != tc.outcome {
				t.Errorf("%s\nwant %q, got %q, -want +got:\n%s\n%+v", tc.reason, tc.outcome, got.Outcome, diff, got.Results)
			}
			if !strings.Contains(details(got), tc.says) {
				t.Errorf("%s\nmissing %q in:\n%s", tc.reason, tc.says, details(got))
			}
			if !tc.alone && reports[1].Outcome != chain.Proven {
				t.Errorf("%s\nthis cluster's federation: want %q, got %q: %+v", tc.reason, chain.Proven, reports[1].Outcome, reports[1].Results)
			}
		})
	}
}

// details returns the details of all links, a line each.
func details(f chain.FederationReport) string {
	var b strings.Builder
	for _, r := range f.Results {
		b.WriteString(r.Detail + "\n")
	}
	return b.String()
}

// perIssuer has a credential for every issuer, except one.
type perIssuer struct {
	like    chain.Credential
	without string
}

// Credential implements chain.CredentialReader.
func (p perIssuer) Credential(_ context.Context, _ outputs.Workload, f outputs.Federation) (chain.Credential, error) {
	if f.Issuer == p.without {
		return chain.Credential{}, &chain.MissingError{What: "the federated identity credential", Code: "ResourceNotFound"}
	}
	p.like.Issuer = f.Issuer
	return p.like, nil
}

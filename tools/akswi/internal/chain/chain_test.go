package chain_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
)

func TestVerifyNamesTheBrokenLink(t *testing.T) {
	for name, tc := range brokenLinks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := chaintest.New(t)
			tc.change(w)
			federation := w.Chain().Verify(t.Context(), w.Stack.Workloads)[0].Federations[0]
			got := want{}
			for _, r := range federation.Results {
				switch {
				case got.link != "":
					if r.Status != chain.NotReached {
						t.Errorf("%s\nlink %q comes after the break and is %q", tc.reason, r.Link, r.Status)
					}
				case r.Status == chain.Broken || r.Status == chain.Unchecked:
					got = want{r.Link, r.Status, r.Code, r.Predicted, r.Cause, tc.want.says}
					for _, words := range tc.want.says {
						if !strings.Contains(r.Detail+"\n"+r.Remedy, words) {
							t.Errorf("%s\nmissing %q in:\n%s\n%s", tc.reason, words, r.Detail, r.Remedy)
						}
					}
					if r.Remedy == "" {
						t.Errorf("%s\nno remedy for %q", tc.reason, r.Detail)
					}
				}
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// statuses returns the status of each result.
func statuses(f chain.FederationReport) []chain.Status {
	var out []chain.Status
	for _, r := range f.Results {
		out = append(out, r.Status)
	}
	return out
}

func TestVerifyProvesWithoutHelp(t *testing.T) {
	ok, skipped, unchecked := chain.OK, chain.Skipped, chain.Unchecked
	cases := map[string]struct {
		reason  string
		change  func(*chaintest.World, *chain.Chain)
		outcome chain.Outcome
		want    []chain.Status
	}{
		"Whole": {
			"the world's chain holds", func(*chaintest.World, *chain.Chain) {},
			chain.Proven, []chain.Status{ok, ok, ok, ok, ok, ok, ok},
		},
		"OldWebhook": {
			"path, audience and volume come from the mutated pod, so the old layout works too",
			func(w *chaintest.World, _ *chain.Chain) { w.Webhook.Before16 = true },
			chain.Proven, []chain.Status{ok, ok, ok, ok, ok, ok, ok},
		},
		"NoSecrets": {
			"a workload that reads no secret is proven by the exchange",
			func(w *chaintest.World, _ *chain.Chain) { w.Workload().Secrets = nil },
			chain.Proven, []chain.Status{ok, ok, ok, ok, ok, ok, skipped},
		},
		"NoLogin": {
			"Entra reads the credential itself, so the operator need not",
			func(_ *chaintest.World, c *chain.Chain) {
				c.Credentials, c.CredentialsErr = nil, errors.New("az is not logged in")
			},
			chain.Proven, []chain.Status{ok, unchecked, ok, ok, ok, ok, ok},
		},
		"IssuerOutOfReach": {
			"Entra reaches the issuer by its own way",
			func(_ *chaintest.World, c *chain.Chain) {
				c.Issuers.Client = &http.Client{Transport: roundTrip(func() error { return errors.New("proxyconnect tcp: refused") })}
			},
			chain.Proven, []chain.Status{unchecked, ok, ok, ok, ok, ok, ok},
		},
		"NoCluster": {
			"without a cluster nothing is proven, but nothing is broken either",
			func(_ *chaintest.World, c *chain.Chain) {
				c.Kubernetes, c.KubernetesErr = nil, errors.New("no kubeconfig")
			},
			chain.Unknown, []chain.Status{ok, ok, unchecked, chain.NotReached, chain.NotReached, chain.NotReached, chain.NotReached},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := chaintest.New(t)
			c := w.Chain()
			tc.change(w, c)
			got := c.Verify(t.Context(), w.Stack.Workloads)[0].Federations[0]
			if diff := cmp.Diff(tc.want, statuses(got)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s\n%+v", tc.reason, diff, got.Results)
			}
			if got.Outcome != tc.outcome {
				t.Errorf("%s\noutcome: want %q, got %q", tc.reason, tc.outcome, got.Outcome)
			}
			for _, r := range got.Results {
				if strings.Contains(r.Detail, chaintest.SecretValue) {
					t.Errorf("the secret's value is in the report: %s", r.Detail)
				}
			}
		})
	}
}

type roundTrip func() error

func (f roundTrip) RoundTrip(*http.Request) (*http.Response, error) { return nil, f() }

// exchangeOf returns the result of the exchange.
func exchangeOf(t *testing.T, f chain.FederationReport) chain.Result {
	t.Helper()
	for _, r := range f.Results {
		if r.Link == chain.LinkExchange {
			return r
		}
	}
	t.Fatalf("no exchange in %+v", f.Results)
	return chain.Result{}
}

func TestRetryForRepeatsTransientFailuresOnly(t *testing.T) {
	cases := map[string]struct {
		reason   string
		code     int
		refusals int
		retryFor time.Duration
		status   chain.Status
		calls    int
	}{
		"Propagation":     {"a new credential becomes known after two refusals", 700211, 2, time.Minute, chain.OK, 3},
		"WithoutRetryFor": {"by default a refusal is final", 700211, 2, 0, chain.Broken, 1},
		"CaseOnly":        {"waiting never changes letter case", 7002138, 2, time.Minute, chain.Broken, 1},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := chaintest.New(t)
			w.Workload().Secrets = nil // the vault's client requests another token
			w.Entra.Code, w.Entra.Text, w.Entra.Refusals = tc.code, "not yet", tc.refusals
			c := w.Chain()
			c.RetryFor = tc.retryFor
			got := exchangeOf(t, c.Verify(t.Context(), w.Stack.Workloads)[0].Federations[0])
			if got.Status != tc.status || w.Entra.Calls() != tc.calls {
				t.Errorf("%s\nwant %q after %d requests, got %q after %d: %s", tc.reason, tc.status, tc.calls, got.Status, w.Entra.Calls(), got.Detail)
			}
		})
	}
}

func TestVerifyKeepsTheOrderOfTheWorkloads(t *testing.T) {
	w := chaintest.New(t)
	first := *w.Workload()
	w.Stack.Workloads = nil
	var want []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		one := first
		one.Name = name
		w.Stack.Workloads = append(w.Stack.Workloads, one)
		want = append(want, name)
	}
	var got []string
	for _, r := range w.Chain().Verify(t.Context(), w.Stack.Workloads) {
		got = append(got, r.Name)
		if len(r.Federations) != 1 || r.Federations[0].Outcome != chain.Proven {
			t.Errorf("workload %s: %+v", r.Name, r.Federations)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

package chain_test

import (
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
)

func TestOutcomeOf(t *testing.T) {
	ok, broken, unchecked, skipped, notReached := chain.OK, chain.Broken, chain.Unchecked, chain.Skipped, chain.NotReached
	cases := map[string]struct {
		reason   string
		statuses []chain.Status // by link, in order; more than seven are further secrets
		want     chain.Outcome
	}{
		"AllHold":               {"the whole chain", []chain.Status{ok, ok, ok, ok, ok, ok, ok}, chain.Proven},
		"NoSecret":              {"there was none to read", []chain.Status{ok, ok, ok, ok, ok, ok, skipped}, chain.Proven},
		"SeenByEntraOnly":       {"Entra has read what the operator could not", []chain.Status{unchecked, unchecked, ok, ok, ok, ok, ok}, chain.Proven},
		"SecretUnchecked":       {"a token alone does not prove that the secret can be read", []chain.Status{ok, ok, ok, ok, ok, ok, unchecked}, chain.Unknown},
		"SecondSecretUnchecked": {"every secret counts", []chain.Status{ok, ok, ok, ok, ok, ok, ok, unchecked}, chain.Unknown},
		"SecondSecretBroken":    {"every secret counts", []chain.Status{ok, ok, ok, ok, ok, ok, unchecked, broken}, chain.Failed},
		"ClusterUnreachable":    {"nothing was seen to be broken", []chain.Status{ok, ok, unchecked, notReached, notReached, notReached, notReached}, chain.Unknown},
		"Elsewhere":             {"a federation of another cluster", []chain.Status{ok, ok, skipped, skipped, skipped, skipped, skipped}, chain.Elsewhere},
		"ElsewhereBroken":       {"a federation of another cluster, with an outdated issuer", []chain.Status{broken, notReached, notReached, notReached, notReached, notReached, notReached}, chain.Failed},
		"Nothing":               {"no result proves nothing", nil, chain.Unknown},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var results []chain.Result
			for i, s := range tc.statuses {
				results = append(results, chain.Result{Link: chain.Links()[min(i, len(chain.Links())-1)], Status: s})
			}
			if got := chain.OutcomeOf(results); got != tc.want {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.want, got)
			}
		})
	}
}

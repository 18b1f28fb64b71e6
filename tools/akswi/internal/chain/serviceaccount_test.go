package chain_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

func TestVerifyAcceptsASharedServiceAccount(t *testing.T) {
	ok, broken, n := chain.OK, chain.Broken, chain.NotReached
	cases := map[string]struct {
		reason string
		// change gets the workload whose client id the annotation has.
		change func(w *chaintest.World, owner *outputs.Workload)
		want   []chain.Status
		says   string
	}{
		"Shared": {
			"one service account, many identities: the annotation is only the default", func(*chaintest.World, *outputs.Workload) {},
			[]chain.Status{ok, ok, ok, ok, ok, ok, ok},
			"the default identity is workload shop;\npods pass client id " + chaintest.ClientID + " to the SDK",
		},
		"SharedInOtherCase": {
			"client ids are GUIDs, whose letter case does not count",
			func(w *chaintest.World, owner *outputs.Workload) {
				owner.ClientID = "abcdefab-0000-0000-0000-000000000000"
				w.Account.Annotations[azwi.AnnotationClientID] = strings.ToUpper(owner.ClientID)
			},
			[]chain.Status{ok, ok, ok, ok, ok, ok, ok}, "the default identity is workload shop",
		},
		"TenantOfTheSharedAccount": {
			"the other annotations apply to all workloads that share it",
			func(w *chaintest.World, _ *outputs.Workload) {
				w.Account.Annotations[azwi.AnnotationTenantID] = otherID
			},
			[]chain.Status{ok, ok, broken, n, n, n, n}, "tenant-id differs",
		},
		"NotTrustedByItsOwner": {
			"a workload that does not trust the service account is no valid default: its exchange fails",
			func(_ *chaintest.World, owner *outputs.Workload) { owner.Federations[0].ServiceAccount = "shop" },
			[]chain.Status{ok, ok, broken, n, n, n, n}, "client-id differs",
		},
		"OfNoWorkload": {
			"a client id that is not in these outputs is wrong",
			func(_ *chaintest.World, owner *outputs.Workload) { owner.ClientID = chaintest.PrincipalID },
			[]chain.Status{ok, ok, broken, n, n, n, n}, "client-id differs",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := chaintest.New(t)
			owner := *w.Workload()
			owner.Name, owner.ClientID, owner.PrincipalID = "shop", otherID, otherID
			owner.Federations = []outputs.Federation{w.Workload().Federations[0]}
			w.Account.Annotations[azwi.AnnotationClientID] = otherID
			tc.change(w, &owner)
			w.Stack.Workloads = append(w.Stack.Workloads, owner)
			sent := chaintest.ClientID
			w.Entra.Seen = func(form url.Values) { sent = form.Get("client_id") }
			// --workload app: the owner is found in the outputs although it is not checked itself.
			got := w.Chain().Verify(t.Context(), w.Stack.Workloads[:1])[0].Federations[0]
			if diff := cmp.Diff(tc.want, statuses(got)); diff != "" || !strings.Contains(details(got), tc.says) {
				t.Errorf("%s\nwant %q; statuses -want +got:\n%s\n%s", tc.reason, tc.says, diff, details(got))
			}
			if sent != chaintest.ClientID {
				t.Errorf("%s\nthe exchange sends client id %s instead of the workload's own", tc.reason, sent)
			}
		})
	}
}

package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

func TestPrintFaults(t *testing.T) {
	var out strings.Builder
	printFaults(&out, fault.State{
		Profile: fault.Profile{Name: "mine", Compress: 60, Limits: []fault.Limit{{}}, Rules: []fault.Rule{
			{ID: "vault", Match: fault.Match{Service: fault.ARM, Method: "PUT", Type: "Microsoft.KeyVault/vaults"}, Nth: 2, Times: 1, Do: fault.Effect{Cut: fault.After}},
			{ID: "2", Match: fault.Match{Mutating: true}, Chance: 0.5, Do: fault.Effect{Status: 429}},
			{ID: "3", Do: fault.Effect{Operation: fault.Fail, Late: fault.Duration(time.Minute)}},
		}},
		Seen: map[string]int{"vault": 3}, Held: map[string]int{"2": 1},
		Outages: map[string]float64{fault.APIServer: 12},
	})
	want := `Fault profile mine, its times divided by 60: 1 throttles, 3 rules.
The clusters' apiserver is stopped for 12 more seconds.
  vault      arm PUT Microsoft.KeyVault/vaults from the 2. on 1 times -> connection cut after the effect
             3 calls seen, 0 held
  2          changes with probability 0.5 -> error 429
             0 calls seen, 1 held
  3          every call -> operation ends with fail, 1m0s longer
             0 calls seen, 0 held
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFaultCommandsParse(t *testing.T) {
	for _, args := range [][]string{
		{"fault"}, {"fault", "--json"}, {"fault", "use", "azure", "--compress", "60"}, {"fault", "use", "none"}, {"fault", "rotate-keys"},
		{"fault", "add", "--service", "arm", "--status", "429", "--retry-after", "10s"}, {"fault", "add", "--hold", "after", "--late", "2m"},
		{"fault", "release", "1"}, {"fault", "outage", "webhook", "--for", "5s"}, {"fault", "record", "on"}, {"up", "--faults", "azure"},
	} {
		if err := checkCall(args); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
	for _, args := range [][]string{{"fault", "use"}, {"fault", "record", "maybe"}, {"fault", "add", "--late", "2"}, {"fault", "outage"}} {
		if err := checkCall(args); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCasesAreASeededSample(t *testing.T) {
	calls := []call{
		{Service: "arm", Method: "PUT", Type: "Microsoft.ContainerService/managedClusters", nth: 1},
		{Service: "graph", Method: "POST", Type: "applications", nth: 1},
		{Service: "kubernetes", Method: "POST", Type: "secrets", nth: 2},
	}
	all, err := choose(calls, options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 12+10+9 {
		t.Errorf("%d cases of three calls", len(all))
	}
	names := func(seed uint64) (list []string) {
		sample, err := choose(calls, options{n: 5, seed: seed})
		if err != nil || len(sample) != 5 {
			t.Fatal(sample, err)
		}
		for _, c := range sample {
			list = append(list, c.String())
		}
		return list
	}
	if !slices.Equal(names(1), names(1)) || slices.Equal(names(1), names(2)) {
		t.Errorf("seed 1: %v, again %v; seed 2: %v", names(1), names(1), names(2))
	}
	one, err := choose(calls, options{only: all[7].String()})
	if err != nil || len(one) != 1 || one[0] != all[7] {
		t.Errorf("%v, %v", one, err)
	}
	if _, err := choose(calls, options{only: "no such case"}); err == nil {
		t.Error("an unknown case is accepted")
	}
}

func TestDifference(t *testing.T) {
	for reason, tc := range map[string]struct {
		want, got []string
		text      string
	}{
		"the same":       {[]string{"a", "a", "b"}, []string{"a", "a", "b"}, ""},
		"one is missing": {[]string{"a", "b"}, []string{"a"}, "0 instead of 1 of b"},
		"one is twice":   {[]string{"a"}, []string{"a", "a"}, "2 instead of 1 of a"},
		"one is strange": {nil, []string{"c"}, "1 instead of 0 of c"},
	} {
		if got := difference(tc.want, tc.got); got != tc.text {
			t.Errorf("%s: %q", reason, got)
		}
	}
}

func TestReport(t *testing.T) {
	vault := call{Service: "arm", Method: "PUT", Type: "Microsoft.KeyVault/vaults", nth: 1}
	results := []result{
		{torment: torment{call: vault, fault: cutAfter}, runs: 1, hit: true},
		{torment: torment{call: vault, fault: cutAfter}, runs: 2, err: errors.New("Azure has 2 vaults"), hit: true},
		{torment: torment{call: call{Service: "graph"}, fault: throttled}},
	}
	var out strings.Builder
	if err := report(&out, results, options{seed: 7}, 0); err == nil {
		t.Error("the failure is no error")
	}
	for _, want := range []string{"1 failed (2)", "0 (1)", "repeat: make torture ONLY=cut-after:arm:PUT:Microsoft.KeyVault/vaults:1", "seed 7", "In 1 cases the call did not come", "\n2 of 3 converged\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, &out)
		}
	}
	out.Reset()
	if err := report(&out, results[:1], options{}, 0); err != nil || !strings.HasSuffix(out.String(), "1 of 1 converged\n") {
		t.Errorf("%v\n%s", err, &out)
	}
}

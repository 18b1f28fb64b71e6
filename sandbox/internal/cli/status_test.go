package cli

import (
	"os"
	"strings"
	"testing"
)

func TestStatusEmptyFailsWithJSONToo(t *testing.T) {
	h := serve(t, t.TempDir(), os.Args[0], false)
	for _, args := range [][]string{{"status", "--empty"}, {"status", "--json", "--empty"}} {
		if out, err := sandbox(t, h.Dir, args...); err != nil {
			t.Errorf("%v of an empty Azure: %q, %v", args, out, err)
		}
	}
	if out, err := sandbox(t, h.Dir, "rest", "-m", "put", "-b", `{"location":"westeurope"}`,
		"/subscriptions/{subscriptionId}/resourcegroups/rg-left?api-version=2022-09-01"); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	for _, args := range [][]string{{"status", "--empty"}, {"status", "--json", "--empty"}} {
		if out, err := sandbox(t, h.Dir, args...); err == nil || !strings.Contains(out, "rg-left") {
			t.Errorf("%v with a resource group left: %q, %v; want it named and an error", args, out, err)
		}
	}
}

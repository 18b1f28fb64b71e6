package webhook

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// allowed returns Kubernetes' own count of the pods that may be disrupted, among healthy ones
// (pkg/controller/disruption: percentages are rounded up).
func allowed(minimum, maximum *amount, replicas int) int {
	up := func(a *amount) int {
		if !a.percent {
			return a.n
		}
		n := a.n * replicas / 100
		if a.n*replicas%100 != 0 {
			n++
		}
		return n
	}
	if maximum != nil {
		return min(replicas, up(maximum))
	}
	return replicas - up(minimum)
}

// A budget is refused exactly if it lets no pod go, or protects none.
func TestABudgetIsRefusedIfItLetsNoPodGo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		replicas := rapid.IntRange(1, 50).Draw(rt, "replicas")
		a := amount{n: rapid.IntRange(0, 100).Draw(rt, "n"), percent: rapid.Bool().Draw(rt, "percent")}
		var given any = a.n
		if a.percent {
			given = fmt.Sprintf("%d%%", a.n)
		}
		if got, want := checkMinAvailable(given, replicas) == nil, a.n > 0 && allowed(&a, nil, replicas) > 0; got != want {
			rt.Errorf("minAvailable %v of %d: accepted is %t, want %t", given, replicas, got, want)
		}
		if got, want := checkMaxUnavailable(given) == nil, allowed(nil, &a, replicas) > 0; got != want {
			rt.Errorf("maxUnavailable %v of %d: accepted is %t, want %t", given, replicas, got, want)
		}
	})
}

func TestParseAmount(t *testing.T) {
	for in, want := range map[any]amount{
		1: {n: 1}, 2.0: {n: 2}, "3": {n: 3}, "50%": {n: 50, percent: true}, "0%": {percent: true},
	} {
		if got, err := parseAmount(in); err != nil || got != want {
			t.Errorf("%v = %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []any{-1, 1.5, 1e300, "", "%", "-1%", "1.5%", "101%", "99999999999", true, nil} {
		if got, err := parseAmount(in); err == nil {
			t.Errorf("%v is %v", in, got)
		}
	}
}

// The template's idea of empty decides which kinds of budget are in the cluster.
func TestIsTrue(t *testing.T) {
	for _, v := range []any{1, -1, 0.5, "0", "0%", true, []any{}} {
		if !isTrue(v) {
			t.Errorf("%v (%T) is not true", v, v)
		}
	}
	for _, v := range []any{0, 0.0, "", false, nil} {
		if isTrue(v) {
			t.Errorf("%v (%T) is true", v, v)
		}
	}
}

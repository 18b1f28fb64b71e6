package webhook

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// The cases follow the doc comment of Kubernetes' Quantity.
func TestParseQuantity(t *testing.T) {
	for s, want := range map[string]*big.Rat{
		"100m": big.NewRat(1, 10), "1": big.NewRat(1, 1), "0.5": big.NewRat(1, 2), ".5": big.NewRat(1, 2), "1.": big.NewRat(1, 1),
		"1k": big.NewRat(1000, 1), "1Ki": big.NewRat(1024, 1), "30Mi": big.NewRat(30<<20, 1), "2Ei": big.NewRat(2<<60, 1),
		"1E": big.NewRat(1e18, 1), "1e3": big.NewRat(1000, 1), "1E3": big.NewRat(1000, 1), "1e-2": big.NewRat(1, 100),
		"5u": big.NewRat(5, 1e6), "5n": big.NewRat(5, 1e9),
	} {
		got, err := parseQuantity(s)
		if err != nil || got.Cmp(want) != 0 {
			t.Errorf("%q = %v, %v, want %v", s, got, err, want)
		}
	}
	for reason, s := range map[string]string{
		"nothing": "", "no number": "Mi", "a sign": "-1", "white space": "1 Gi", "an unknown suffix": "1KB", "kilo in upper case": "1K",
		"two dots": "1.2.3", "a dot alone": ".", "an endless exponent": "1e999999999", "none at all": "0", "none of something": "0.0Mi",
	} {
		if got, err := parseQuantity(s); err == nil {
			t.Errorf("%s: %q is %v", reason, s, got)
		}
	}
}

// A quantity is the same in any suffix, and order follows the number.
func TestQuantitiesAreOrdered(t *testing.T) {
	suffixes := []string{"n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e7", "E-3"}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 1e9).Draw(rt, "n")
		more := rapid.IntRange(1, 1e9).Draw(rt, "more")
		suffix := rapid.SampledFrom(suffixes).Draw(rt, "suffix")
		small, large := fmt.Sprint(n)+suffix, fmt.Sprint(n+more)+suffix
		if !isAbove(large, small) || isAbove(small, large) || isAbove(small, small) {
			rt.Errorf("%s and %s are out of order", small, large)
		}
		thousands := fmt.Sprint(n) + "k"
		if plain := fmt.Sprint(n) + "000"; isAbove(thousands, plain) || isAbove(plain, thousands) {
			rt.Errorf("%s is not %s", thousands, plain)
		}
	})
}

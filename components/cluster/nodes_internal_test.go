package cluster

import (
	"testing"
)

func TestIsPrice(t *testing.T) {
	for price, want := range map[float64]bool{0.98765: true, 1: true, 123.45: true, 0.00001: true, 0.123456: false, 0: false, -0.5: false, 0.000001: false} {
		if got := isPrice(price); got != want {
			t.Errorf("%g: %t", price, got)
		}
	}
}

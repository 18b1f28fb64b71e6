package supervise

import (
	"testing"
)

// TestFreePortsReturnsAPortOnce opens no ports between the calls, as when two clusters start at the
// same time.
func TestFreePortsReturnsAPortOnce(t *testing.T) {
	seen := map[int]bool{}
	for range 100 {
		ports, err := FreePorts(2)
		if err != nil {
			t.Fatal(err)
		}
		for _, port := range ports {
			if seen[port] {
				t.Fatalf("port %d was given twice", port)
			}
			seen[port] = true
		}
	}
}

func TestFreePortsDiffer(t *testing.T) {
	ports, err := FreePorts(20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if p < 1 || seen[p] {
			t.Errorf("port %d in %v", p, ports)
		}
		seen[p] = true
	}
}

package aks

import (
	"strings"
	"testing"
)

func TestNodeSuffixIsEightDigits(t *testing.T) {
	seen := map[string]bool{}
	for _, uid := range []string{"", "a", "b", "9b2f5c0e-0000-4000-8000-0000000000c1"} {
		s := nodeSuffix(uid)
		if len(s) != 8 || strings.Trim(s, "0123456789") != "" || seen[s] || s != nodeSuffix(uid) {
			t.Errorf("%q: %q", uid, s)
		}
		seen[s] = true
	}
}

func TestSubscriptionID(t *testing.T) {
	for id, want := range map[string]string{
		"/subscriptions/s-1/resourceGroups/rg": "s-1", "/SUBSCRIPTIONS/s-1": "s-1", "": "", "/other/s-1/x": "",
	} {
		if got := subscriptionID(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}

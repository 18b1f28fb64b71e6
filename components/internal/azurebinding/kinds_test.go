package azurebinding_test

import (
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	seen := map[string]string{}
	for name, k := range kinds {
		for what, value := range map[string]string{"type": k.Type, "token": k.Token, "noun": k.Noun} {
			if other, taken := seen[what+value]; taken || value == "" {
				t.Errorf("%s and %s have the %s %q", name, other, what, value)
			}
			seen[what+value] = name
		}
		if !strings.HasPrefix(k.Token, "azure-native:") || k.NameArgument == "" {
			t.Errorf("%+v is incomplete", k)
		}
		if err := k.ValidateName("shop1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

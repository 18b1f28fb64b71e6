package azurebinding

import (
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	seen := map[string]string{}
	for _, name := range Kinds() {
		k, err := KindOf(name)
		if err != nil || k.Name != name {
			t.Fatalf("%s: %+v, %v", name, k, err)
		}
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

func TestKindOfSaysWhichThereAre(t *testing.T) {
	for in, want := range map[string]string{
		"":      "a kind is required: one of storageAccount, vault, ",
		"Vault": `"Vault" is not one of storageAccount, vault, `,
	} {
		if _, err := KindOf(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("KindOf(%q): %v, want %q", in, err, want)
		}
	}
}

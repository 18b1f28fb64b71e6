package stacks

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	cases := map[string]struct {
		word string
		want string
	}{
		"Swap":            {word: "worklaods", want: "workloads"},
		"MissingLetter":   {word: "webhok", want: "webhook"},
		"OtherCase":       {word: "Vault", want: "vault"},
		"TooFar":          {word: "region", want: ""},
		"ShortWord":       {word: "x", want: ""},
		"Empty":           {word: "", want: ""},
		"OtherAlphabet":   {word: "vаult", want: "vault"}, // a Cyrillic а
		"FurtherThanHalf": {word: "clstr", want: ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := nearest(tc.word, []string{"cluster", "vault", "webhook", "workloads"})
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("nearest to %q is %q, %t; want %q", tc.word, got, ok, tc.want)
			}
		})
	}
}

func TestKeysAreLegalAndDifferent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (stack, scope string) {
			stack = rapid.StringMatching(`[a-zA-Z0-9._-]{1,100}`).Draw(t, label+" stack")
			scope = "/subscriptions/" + rapid.StringMatching(`[a-z0-9/._() -]{1,200}`).Draw(t, label+" scope")
			return stack, scope
		}
		stack1, scope1 := draw("one")
		stack2, scope2 := draw("two")
		for _, key := range []string{clusterKey(stack1), scopeKey("id", scope1), scopeKey("secret", scope1)} {
			if err := validateKey(key); err != nil {
				t.Fatalf("key of stack %q, scope %q: %v", stack1, scope1, err)
			}
		}
		if stack1 != stack2 && clusterKey(stack1) == clusterKey(stack2) {
			t.Fatalf("stacks %q and %q share the key %q", stack1, stack2, clusterKey(stack1))
		}
		if scope1 != scope2 && scopeKey("id", scope1) == scopeKey("id", scope2) {
			t.Fatalf("scopes %q and %q share the key %q", scope1, scope2, scopeKey("id", scope1))
		}
	})
}

package stacks

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

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
			if err := azure.ValidateKey(key); err != nil {
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

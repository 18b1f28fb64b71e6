package chain

import (
	"strings"
	"testing"
)

func TestVaultOf(t *testing.T) {
	const vault = "/subscriptions/s/resourcegroups/rg/providers/microsoft.keyvault/vaults/shop"
	for _, resource := range []string{vault, vault + "/secrets/greeting", strings.Replace(vault, "microsoft.keyvault", "Microsoft.KeyVault", 1) + "/secrets/x"} {
		if got := vaultOf(resource); !strings.EqualFold(got, vault) {
			t.Errorf("vaultOf(%q) = %q", resource, got)
		}
	}
	if got := vaultOf("/subscriptions/s"); got != "/subscriptions/s" {
		t.Errorf("an id without a vault stays as it is, got %q", got)
	}
}

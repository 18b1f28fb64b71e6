package native

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNestedNames converts the names inside an object, which differ between the SDK and Resource
// Manager too, in both directions.
func TestNestedNames(t *testing.T) {
	fake := newFakeARM()
	p := provider(t, fake, "", nil)
	rules := props("defaultAction", "Deny", "ipRules", []any{map[string]any{"iPAddressOrRange": "10.0.0.0/8"}},
		"virtualNetworkRules", []any{map[string]any{"virtualNetworkResourceId": "/subnet"}})
	inputs := props("resourceGroupName", "rg", "accountName", "acct", "location", "westeurope", "kind", "StorageV2",
		"sku", props("name", "Standard_LRS"), "enableHttpsTrafficOnly", true, "networkRuleSet", rules,
		"encryption", props("keySource", "Microsoft.Keyvault", "keyVaultProperties", props("keyName", "k")))
	created, err := create(t, p, "azure-native:storage:StorageAccount", "acct", inputs, false)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"supportsHttpsTrafficOnly": true,
		"networkAcls": map[string]any{
			"defaultAction": "Deny", "ipRules": []any{map[string]any{"value": "10.0.0.0/8"}}, "virtualNetworkRules": []any{map[string]any{"id": "/subnet"}},
		},
		"encryption": map[string]any{"keySource": "Microsoft.Keyvault", "keyvaultproperties": map[string]any{"keyname": "k"}},
	}
	sent := fake.resources[strings.ToLower(groupID+"/providers/Microsoft.Storage/storageAccounts/acct")]
	if diff := cmp.Diff(want, sent["properties"]); diff != "" {
		t.Errorf("body (-want +got)\n%s", diff)
	}
	for _, name := range []string{"networkRuleSet", "encryption", "enableHttpsTrafficOnly"} {
		if diff := cmp.Diff(inputs.Mappable()[name], created.Properties.Mappable()[name]); diff != "" {
			t.Errorf("%s as it comes back (-want +got)\n%s", name, diff)
		}
	}
}

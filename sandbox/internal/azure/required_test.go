package azure_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// TestRequiredPropertiesAreRequired checks for each type that a body without a property that the
// specification requires is refused. Which words are used is the business of the type's own tests.
func TestRequiredPropertiesAreRequired(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	path, id := w.identity("/resourceGroups/rg", "id1")
	must(t, w.arm("PUT", vaultPath("kv-parent"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	const rg = "/resourceGroups/rg/providers/"
	policy := object{"tenantId": w.azure.Account().TenantID, "objectId": id.path("properties", "principalId"), "permissions": object{"secrets": []string{"get"}}}
	vault := vaultBody(w.azure.Account().TenantID)
	vault["properties"].(object)["accessPolicies"] = []object{policy}
	for typ, c := range map[string]struct {
		version, path string
		body          object
	}{
		"Microsoft.ManagedIdentity/userAssignedIdentities":                              {vIdentity, rg + "Microsoft.ManagedIdentity/userAssignedIdentities/new", object{"location": "westeurope"}},
		"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials": {vIdentity, path + "/federatedIdentityCredentials/new", fic(someURL, "a", audience)},
		"Microsoft.KeyVault/vaults":                                                     {vVault, vaultPath("kv-new"), vault},
		"Microsoft.KeyVault/vaults/secrets":                                             {vVault, vaultPath("kv-parent") + "/secrets/new", object{"properties": object{"value": "a"}}},
		"Microsoft.Authorization/roleAssignments":                                       {vAssignment, "/providers/Microsoft.Authorization/roleAssignments/" + fixedName, assignment(w.sub(), contributorRole, id.path("properties", "principalId"))},
		"Microsoft.Storage/storageAccounts":                                             {"2022-09-01", rg + "Microsoft.Storage/storageAccounts/newaccount", object{"location": "westeurope", "kind": "StorageV2", "sku": object{"name": "Standard_LRS"}}},
		"Microsoft.ContainerRegistry/registries":                                        {"2023-07-01", rg + "Microsoft.ContainerRegistry/registries/newregistry", object{"location": "westeurope", "sku": object{"name": "Basic"}}},
		"Microsoft.OperationalInsights/workspaces":                                      {"2022-10-01", rg + "Microsoft.OperationalInsights/workspaces/newspace", object{"location": "westeurope"}},
		"Microsoft.Resources/resourceGroups":                                            {vGroup, "/resourceGroups/new", object{"location": "westeurope"}},
		"Microsoft.ContainerService/managedClusters":                                    {vCluster, clusterPath("/resourceGroups/rg", "new"), newCluster(nil)},
	} {
		spec, ok := specs.Find(typ, c.version)
		if !ok {
			t.Fatalf("no specification of %s@%s", typ, c.version)
		}
		for _, p := range spec.Properties() {
			body := copyOf(t, c.body)
			if !p.Required || p.ReadOnly || p.Side == specs.Response || !remove(body, strings.Split(p.Path, ".")) {
				continue
			}
			t.Run(typ[strings.LastIndex(typ, "/")+1:]+" "+p.Path, func(t *testing.T) {
				if got := w.arm("PUT", c.path, c.version, body); got.status != 400 {
					t.Errorf("%d %s", got.status, got.text)
				}
			})
		}
	}
}

func copyOf(t *testing.T, body object) object {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var copied object
	if err := json.Unmarshal(raw, &copied); err != nil {
		t.Fatal(err)
	}
	return copied
}

// remove removes a property from a body, in the first element of each list above it, and reports
// whether the body had it.
func remove(body object, path []string) bool {
	name, isList := strings.CutSuffix(path[0], "[]")
	value, given := body[name]
	if !given {
		return false
	}
	if len(path) == 1 {
		delete(body, name)
		return !isList
	}
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	below, ok := value.(object)
	return ok && remove(below, path[1:])
}

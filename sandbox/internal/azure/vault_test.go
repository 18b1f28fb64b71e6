package azure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func vaultPath(name string) string {
	return "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/" + name
}

func TestVaultIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	w.group("rg2")
	tenant := w.azure.Account().TenantID
	must(t, w.arm("PUT", vaultPath("kv-taken"), vVault, vaultBody(tenant)), 200)
	with := func(change func(object)) object {
		body := vaultBody(tenant)
		change(body["properties"].(object))
		return body
	}
	cases := map[string]struct {
		path string
		body object
		code string
		text string
	}{
		"name of two characters":           {vaultPath("kv"), vaultBody(tenant), "VaultNameNotValid", "The vault name 'kv' is invalid."},
		"name of 25 characters":            {vaultPath(strings.Repeat("a", 25)), vaultBody(tenant), "VaultNameNotValid", "3-24"},
		"name that starts with a digit":    {vaultPath("1kv"), vaultBody(tenant), "VaultNameNotValid", "begin with a letter"},
		"name with two hyphens together":   {vaultPath("kv--a"), vaultBody(tenant), "VaultNameNotValid", "consecutive hyphens"},
		"name that ends with a hyphen":     {vaultPath("kva-"), vaultBody(tenant), "VaultNameNotValid", "end with"},
		"name of a vault in another group": {strings.Replace(vaultPath("KV-Taken"), "/rg/", "/rg2/", 1), vaultBody(tenant), "VaultAlreadyExists", "is already in use"},
		"no tenant":                        {vaultPath("kv-new"), with(func(p object) { delete(p, "tenantId") }), "BadRequest", "tenantId is not specified"},
		"another tenant":                   {vaultPath("kv-new"), with(func(p object) { p["tenantId"] = uuid.NewString() }), "VaultTenantNotValid", tenant},
		"no sku":                           {vaultPath("kv-new"), with(func(p object) { delete(p, "sku") }), "BadRequest", "sku is not specified"},
		"unknown sku":                      {vaultPath("kv-new"), with(func(p object) { p["sku"] = object{"family": "A", "name": "gold"} }), "BadRequest", "gold"},
		"retention of six days":            {vaultPath("kv-new"), with(func(p object) { p["softDeleteRetentionInDays"] = 6 }), "BadRequest", "between 7 and 90"},
		"retention of 91 days":             {vaultPath("kv-new"), with(func(p object) { p["softDeleteRetentionInDays"] = 91 }), "BadRequest", "between 7 and 90"},
		"purge protection disabled":        {vaultPath("kv-new"), with(func(p object) { p["enablePurgeProtection"] = false }), "BadRequest", `"enablePurgeProtection" cannot be set to false`},
		"soft delete disabled":             {vaultPath("kv-new"), with(func(p object) { p["enableSoftDelete"] = false }), "BadRequest", "irreversible"},
		"neither roles nor policies":       {vaultPath("kv-new"), with(func(p object) { delete(p, "enableRbacAuthorization") }), "BadRequest", "accessPolicies is not specified"},
		"policy for a name instead of a GUID": {vaultPath("kv-new"), with(func(p object) {
			p["accessPolicies"] = []object{{"tenantId": tenant, "objectId": "me", "permissions": object{}}}
		}), "BadRequest", "not a GUID"},
		"policy of another tenant": {vaultPath("kv-new"), with(func(p object) {
			p["accessPolicies"] = []object{{"tenantId": uuid.NewString(), "objectId": uuid.NewString(), "permissions": object{}}}
		}), "BadRequest", "vault's tenant"},
		"permission that does not exist": {vaultPath("kv-new"), with(func(p object) {
			p["accessPolicies"] = []object{{"tenantId": tenant, "objectId": uuid.NewString(), "permissions": object{"secrets": []string{"read"}}}}
		}), "BadRequest", "read"},
		"permission for keys that does not exist": {vaultPath("kv-new"), with(func(p object) {
			p["accessPolicies"] = []object{{"tenantId": tenant, "objectId": uuid.NewString(), "permissions": object{"keys": []string{"read"}}}}
		}), "BadRequest", "permissions.keys: read"},
		"permission for certificates that does not exist": {vaultPath("kv-new"), with(func(p object) {
			p["accessPolicies"] = []object{{"tenantId": tenant, "objectId": uuid.NewString(), "permissions": object{"certificates": []string{"read"}}}}
		}), "BadRequest", "permissions.certificates: read"},
		"permission for storage that does not exist": {vaultPath("kv-new"), with(func(p object) {
			p["accessPolicies"] = []object{{"tenantId": tenant, "objectId": uuid.NewString(), "permissions": object{"storage": []string{"read"}}}}
		}), "BadRequest", "permissions.storage: read"},
		"unknown network bypass":                   {vaultPath("kv-new"), with(func(p object) { p["networkAcls"] = object{"bypass": "Everyone"} }), "BadRequest", "bypass 'Everyone'"},
		"unknown property":                         {vaultPath("kv-new"), with(func(p object) { p["enableRBAC"] = true }), "InvalidRequestContent", "properties.enableRBAC"},
		"recovery of a vault that was not deleted": {vaultPath("kv-new"), with(func(p object) { p["createMode"] = "recover" }), "DeletedVaultNotFound", "kv-new"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", c.path, vVault, c.body)
			if got.status < 400 || got.status >= 500 || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %s with %q", got.status, got.text, c.code, c.text)
			}
		})
	}
	t.Run("retention cannot be changed", func(t *testing.T) {
		got := w.arm("PUT", vaultPath("kv-taken"), vVault, with(func(p object) { p["softDeleteRetentionInDays"] = 7 }))
		if got.status != 400 || got.message() != `The property "softDeleteRetentionInDays" has been set already and it can't be modified.` {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
}

func TestVaultDefaults(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	tenant := w.azure.Account().TenantID
	bare := object{"location": "westeurope", "properties": object{"tenantId": tenant, "sku": object{"family": "A", "name": "standard"}, "accessPolicies": []object{}}}
	old := must(t, w.arm("PUT", vaultPath("kv-old"), "2023-07-01", bare), 200)
	want := object{
		"accessPolicies": []any{}, "enableSoftDelete": true, "enabledForDeployment": false, "provisioningState": "Succeeded",
		"publicNetworkAccess": "Enabled", "sku": object{"family": "A", "name": "standard"}, "tenantId": tenant,
		"vaultUri": "https://kv-old.vault.azure.net/",
	}
	if diff := cmp.Diff(want, old.body["properties"]); diff != "" {
		t.Errorf("a vault shows what was set, soft delete and deployment (-want +got):\n%s", diff)
	}
	young := must(t, w.arm("PUT", vaultPath("kv-new"), "2026-02-01", bare), 200)
	props := young.body["properties"].(map[string]any)
	if props["enableRbacAuthorization"] != true || props["softDeleteRetentionInDays"] != nil || props["vaultUri"] != "https://kv-new.vault.azure.net/" || props["provisioningState"] != "Succeeded" {
		t.Errorf("defaults: %s", young.text)
	}
	kept := must(t, w.arm("PUT", vaultPath("kv-old"), "2026-02-01", bare), 200)
	if got := kept.body["properties"].(map[string]any)["enableRbacAuthorization"]; got != nil {
		t.Errorf("an existing vault's model changed to %v", got)
	}
}

func TestVaultSoftDelete(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	tenant := w.azure.Account().TenantID
	_, identity := w.identity("/resourceGroups/rg", "id1")
	path := vaultPath("kv-soft")
	deleted := "/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-soft"
	must(t, w.arm("PUT", path, vVault, vaultBody(tenant)), 200)
	must(t, w.arm("PUT", path+"/secrets/s", vVault, object{"properties": object{"value": "v"}}), 201)
	must(t, w.arm("PUT", at(path, fixedName), vAssignment, assignment(w.sub(), secretsUser, identity.path("properties", "principalId"))), 201)
	must(t, w.arm("DELETE", path, vVault, nil), 200)
	must(t, w.arm("GET", path, vVault, nil), 404)
	got := must(t, w.arm("GET", deleted, vVault, nil), 200)
	if got.path("properties", "vaultId") != w.sub()+path {
		t.Errorf("deleted vault: %s", got.text)
	}
	conflict := w.arm("PUT", path, vVault, vaultBody(tenant))
	if conflict.status != 409 || conflict.code() != "ConflictError" || !strings.HasPrefix(conflict.message(), "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault.") {
		t.Errorf("name of a deleted vault: %d %s", conflict.status, conflict.text)
	}
	body := vaultBody(tenant)
	body["properties"].(object)["createMode"] = "recover"
	must(t, w.arm("PUT", path, vVault, body), 200)
	must(t, w.arm("GET", path+"/secrets/s", vVault, nil), 200)
	must(t, w.arm("GET", at(path, fixedName), vAssignment, nil), 404)

	must(t, w.arm("DELETE", path, vVault, nil), 200)
	w.poll(must(t, w.arm("POST", deleted+"/purge", vVault, nil), 202))
	must(t, w.arm("GET", deleted, vVault, nil), 404)
	must(t, w.arm("PUT", path, vVault, vaultBody(tenant)), 200)
	must(t, w.arm("GET", path+"/secrets/s", vVault, nil), 404)

	t.Run("purge protection", func(t *testing.T) {
		body := vaultBody(tenant)
		body["properties"].(object)["enablePurgeProtection"] = true
		must(t, w.arm("PUT", path, vVault, body), 200)
		must(t, w.arm("DELETE", path, vVault, nil), 200)
		if got := w.arm("POST", deleted+"/purge", vVault, nil); got.status != 405 || got.message() != `Operation "DeletedVaultPurge" is not allowed.` {
			t.Errorf("purge: %d %s", got.status, got.text)
		}
	})
	t.Run("after the retention the name can be used", func(t *testing.T) {
		w.clock.advance(91 * 24 * time.Hour)
		w.tokens = map[string]string{}
		must(t, w.arm("GET", deleted, vVault, nil), 404)
		must(t, w.arm("PUT", path, vVault, vaultBody(tenant)), 200)
	})
}

func TestVaultNameAvailability(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	must(t, w.arm("PUT", vaultPath("kv-live"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	must(t, w.arm("PUT", vaultPath("kv-gone"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	must(t, w.arm("DELETE", vaultPath("kv-gone"), vVault, nil), 200)
	for name, want := range map[string]string{"kv-live": "AlreadyExists", "kv-gone": "AlreadyExists", "x": "AccountNameInvalid", "kv-free": ""} {
		got := must(t, w.arm("POST", "/providers/Microsoft.KeyVault/checkNameAvailability", vVault, object{"name": name, "type": "Microsoft.KeyVault/vaults"}), 200)
		if got.body["nameAvailable"] != (want == "") || got.path("reason") != want {
			t.Errorf("%s: %s, want reason %q", name, got.text, want)
		}
	}
}

func TestSecretsThroughARM(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	path := vaultPath("kv1")
	must(t, w.arm("PUT", path, vVault, vaultBody(w.azure.Account().TenantID)), 200)
	made := must(t, w.arm("PUT", path+"/secrets/db-password", vVault, object{"properties": object{"value": "hunter2"}, "tags": object{"a": "b"}}), 201)
	if strings.Contains(made.text, "hunter2") {
		t.Errorf("ARM shows the value: %s", made.text)
	}
	if got := made.path("properties", "secretUri"); got != "https://kv1.vault.azure.net/secrets/db-password" {
		t.Errorf("secretUri %q", got)
	}
	versioned := made.path("properties", "secretUriWithVersion")
	again := must(t, w.arm("PUT", path+"/secrets/db-password", vVault, object{"properties": object{"value": "hunter3"}}), 200)
	if again.path("properties", "secretUriWithVersion") == versioned {
		t.Error("a new value has the old version")
	}
	for _, get := range []string{path + "/secrets/db-password", path + "/secrets"} {
		if got := must(t, w.arm("GET", get, vVault, nil), 200); strings.Contains(got.text, "hunter") {
			t.Errorf("GET %s shows the value: %s", get, got.text)
		}
	}
	for reason, c := range map[string]struct {
		path   string
		body   object
		status int
	}{
		"name with a dot":           {path + "/secrets/a.b", object{"properties": object{"value": "v"}}, 400},
		"name of 128 characters":    {path + "/secrets/" + strings.Repeat("a", 128), object{"properties": object{"value": "v"}}, 400},
		"no value":                  {path + "/secrets/a", object{"properties": object{}}, 400},
		"vault that does not exist": {vaultPath("none") + "/secrets/a", object{"properties": object{"value": "v"}}, 404},
		"sixteen tags":              {path + "/secrets/a", object{"properties": object{"value": "v"}, "tags": manyTags(16)}, 400},
		"value of more than 25 KiB": {path + "/secrets/a", object{"properties": object{"value": strings.Repeat("v", 25*1024+1)}}, 400},
		"unknown property":          {path + "/secrets/a", object{"properties": object{"value": "v", "kind": "x"}}, 400},
	} {
		t.Run(reason, func(t *testing.T) { must(t, w.arm("PUT", c.path, vVault, c.body), c.status) })
	}
	t.Run("ARM does not delete secrets", func(t *testing.T) {
		must(t, w.arm("DELETE", path+"/secrets/db-password", vVault, nil), 405)
	})
}

package azure_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStorageAccountIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	w.group("rg2")
	must(t, w.arm("PUT", accountPath("taken1"), vStorage, accountBody(nil)), 200)
	with := func(change func(p object)) object {
		return accountBody(func(b object) { change(b["properties"].(object)) })
	}
	for reason, c := range map[string]struct {
		path       string
		body       object
		status     int
		code, text string
	}{
		"name of two characters":                 {accountPath("ab"), accountBody(nil), 400, "AccountNameInvalid", "ab is not a valid storage account name."},
		"name of 25 characters":                  {accountPath(strings.Repeat("a", 25)), accountBody(nil), 400, "AccountNameInvalid", "between 3 and 24"},
		"name with a hyphen":                     {accountPath("a-b-c"), accountBody(nil), 400, "AccountNameInvalid", "lower-case letters only"},
		"name with an upper-case letter":         {accountPath("Acct"), accountBody(nil), 400, "AccountNameInvalid", "lower-case"},
		"name of an account in another group":    {strings.Replace(accountPath("taken1"), "/rg/", "/rg2/", 1), accountBody(nil), 409, "StorageAccountAlreadyTaken", "The storage account named taken1 is already taken."},
		"no sku":                                 {accountPath("acct1"), accountBody(func(b object) { delete(b, "sku") }), 400, "BadRequest", "sku.name"},
		"no kind":                                {accountPath("acct1"), accountBody(func(b object) { delete(b, "kind") }), 400, "BadRequest", "'kind' is required"},
		"unknown sku":                            {accountPath("acct1"), accountBody(func(b object) { b["sku"] = object{"name": "Gold_LRS"} }), 400, "BadRequest", "Gold_LRS"},
		"unknown kind":                           {accountPath("acct1"), accountBody(func(b object) { b["kind"] = "Disk" }), 400, "BadRequest", "'Disk'"},
		"file storage with a Standard sku":       {accountPath("acct1"), accountBody(func(b object) { b["kind"] = "FileStorage" }), 400, "BadRequest", "FileStorage"},
		"blob storage without a tier":            {accountPath("acct1"), accountBody(func(b object) { b["kind"] = "BlobStorage" }), 400, "BadRequest", "accessTier"},
		"unknown TLS version":                    {accountPath("acct1"), with(func(p object) { p["minimumTlsVersion"] = "TLS2" }), 400, "BadRequest", "TLS2"},
		"customer-managed keys":                  {accountPath("acct1"), with(func(p object) { p["encryption"] = object{"keySource": "Microsoft.Keyvault"} }), 400, "BadRequest", "Microsoft.Keyvault"},
		"encryption disabled":                    {accountPath("acct1"), with(func(p object) { p["encryption"] = object{"services": object{"blob": object{"enabled": false}}} }), 400, "BadRequest", "always on"},
		"SFTP":                                   {accountPath("acct1"), with(func(p object) { p["isSftpEnabled"] = true }), 400, "BadRequest", "isSftpEnabled"},
		"network rules without a default action": {accountPath("acct1"), with(func(p object) { p["networkAcls"] = object{"ipRules": []object{}} }), 400, "BadRequest", "defaultAction"},
		"an IP rule with a host name": {accountPath("acct1"), with(func(p object) {
			p["networkAcls"] = object{"defaultAction": "Deny", "ipRules": []object{{"value": "a.example"}}}
		}), 400, "BadRequest", "a.example"},
		"a virtual network rule without a subnet": {accountPath("acct1"), with(func(p object) {
			p["networkAcls"] = object{"defaultAction": "Deny", "virtualNetworkRules": []object{{"id": "/x"}}}
		}), 400, "BadRequest", "subnet"},
		"unknown property":    {accountPath("acct1"), with(func(p object) { p["routingPreference"] = object{} }), 400, "InvalidRequestContent", "properties.routingPreference"},
		"an identity":         {accountPath("acct1"), accountBody(func(b object) { b["identity"] = object{"type": "SystemAssigned"} }), 400, "BadRequest", "'SystemAssigned'"},
		"no location":         {accountPath("acct1"), accountBody(func(b object) { delete(b, "location") }), 400, "LocationRequired", "location"},
		"another location":    {accountPath("taken1"), accountBody(func(b object) { b["location"] = "eastus" }), 409, "InvalidResourceLocation", "westeurope"},
		"another performance": {accountPath("taken1"), accountBody(func(b object) { b["sku"] = object{"name": "Premium_LRS"} }), 400, "BadRequest", "performance"},
		"a hierarchical namespace after creation": {accountPath("taken1"), with(func(p object) { p["isHnsEnabled"] = true }), 400, "AccountPropertyCannotBeUpdated", "isHnsEnabled"},
		"another kind":                                  {accountPath("taken1"), accountBody(func(b object) { b["kind"] = "Storage" }), 400, "BadRequest", "StorageV2"},
		"a container with dots":                         {containerPath("taken1", "a.b"), object{}, 400, "ContainerOperationFailure", "'a.b'"},
		"a container with public access":                {containerPath("taken1", "abc"), object{"properties": object{"publicAccess": "Blob"}}, 409, "PublicAccessNotPermitted", "not permitted"},
		"a container in another service":                {strings.Replace(containerPath("taken1", "abc"), "/default/", "/other/", 1), object{}, 404, "ParentResourceNotFound", "blobServices/other"},
		"a container in an account that does not exist": {containerPath("none1", "abc"), object{}, 404, "ParentResourceNotFound", "none1"},
		"a queue with an underscore":                    {accountPath("taken1") + "/queueServices/default/queues/a_b", object{}, 400, "QueueOperationFailure", "'a_b'"},
	} {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", c.path, vStorage, c.body)
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
		})
	}
}

func TestStorageAccountLife(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	path := accountPath("acct1")
	made := must(t, w.arm("PUT", path, vStorage, accountBody(func(b object) { b["sku"] = object{"name": "Standard_RAGRS"} })), 200)
	p := made.body["properties"].(map[string]any)
	got := map[string]any{}
	for _, name := range []string{
		"accessTier", "allowBlobPublicAccess", "allowSharedKeyAccess", "minimumTlsVersion", "supportsHttpsTrafficOnly", "primaryLocation", "secondaryLocation",
		"statusOfSecondary", "provisioningState", "networkAcls",
	} {
		got[name] = p[name]
	}
	want := map[string]any{
		"accessTier": "Hot", "allowBlobPublicAccess": false, "allowSharedKeyAccess": false, "minimumTlsVersion": "TLS1_0", "supportsHttpsTrafficOnly": true,
		"primaryLocation": "westeurope", "secondaryLocation": "northeurope", "statusOfSecondary": "available", "provisioningState": "Succeeded",
		"networkAcls": map[string]any{"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": []any{}, "virtualNetworkRules": []any{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got)\n%s", diff)
	}
	if made.path("properties", "primaryEndpoints", "blob") != "https://acct1.blob.core.windows.net/" || made.path("sku", "tier") != "Standard" {
		t.Errorf("endpoints and tier: %s", made.text)
	}
	patched := must(t, w.arm("PATCH", path, vStorage, object{"tags": object{"a": "b"}, "properties": object{"allowSharedKeyAccess": true, "minimumTlsVersion": "TLS1_2"}}), 200)
	q := patched.body["properties"].(map[string]any)
	if q["allowSharedKeyAccess"] != true || q["minimumTlsVersion"] != "TLS1_2" || q["secondaryLocation"] != "northeurope" || patched.path("tags", "a") != "b" {
		t.Errorf("PATCH: %s", patched.text)
	}
	again := must(t, w.arm("PUT", path, vStorage, accountBody(func(b object) { b["properties"] = object{} })), 200)
	if r := again.body["properties"].(map[string]any); r["allowSharedKeyAccess"] != true || r["secondaryLocation"] != nil {
		t.Errorf("a PUT with fewer properties must keep the others, except for the sku: %s", again.text)
	}
	must(t, w.arm("PUT", containerPath("acct1", "one"), vStorage, object{}), 201)
	must(t, w.arm("PUT", containerPath("acct1", "one"), vStorage, object{}), 200)
	must(t, w.arm("PUT", path+"/queueServices/default/queues/jobs", vStorage, object{}), 200)
	must(t, w.arm("GET", path+"/queueServices/default/queues/jobs", vStorage, nil), 200)
	if got := must(t, w.arm("GET", path+"/blobServices/default/containers", vStorage, nil), 200); len(got.body["value"].([]any)) != 1 {
		t.Errorf("containers: %s", got.text)
	}
	for name, reason := range map[string]string{"acct1": "AlreadyExists", "Acct": "AccountNameInvalid", "free1": ""} {
		got := must(t, w.arm("POST", "/providers/Microsoft.Storage/checkNameAvailability", vStorage, object{"name": name, "type": "Microsoft.Storage/storageAccounts"}), 200)
		if got.path("reason") != reason || got.body["nameAvailable"] != (reason == "") {
			t.Errorf("availability of %s: %s", name, got.text)
		}
	}
	must(t, w.arm("POST", path+"/listKeys", vStorage, nil), 403)
	must(t, w.arm("GET", path+"?$expand=geoReplicationStats", vStorage, nil), 400)
	must(t, w.arm("HEAD", path, vStorage, nil), 204)
	must(t, w.arm("DELETE", path, vStorage, nil), 200)
	must(t, w.arm("DELETE", path, vStorage, nil), 204)
	must(t, w.arm("GET", path, vStorage, nil), 404)
	must(t, w.arm("PUT", path, vStorage, accountBody(nil)), 200)
	must(t, w.arm("GET", containerPath("acct1", "one"), vStorage, nil), 404)
}

package azure_test

import (
	"testing"
)

// TestBlobAddAction checks that add/action allows creating a blob but not replacing it; write
// allows both.
func TestBlobAddAction(t *testing.T) {
	s := newSignIn(t)
	w := s.w
	client, principal := s.blobs(t, "acct1")
	must(t, w.arm("PUT", definitionPath("/resourceGroups/rg", customName), vDefinition, w.customBody("Adds blobs", func(p object) {
		p["permissions"] = []object{{"dataActions": []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"}}}
	})), 201)
	must(t, w.arm("PUT", at(accountPath("acct1"), fixedName), vAssignment, assignment(w.sub(), customName, principal)), 201)
	if err := put(t, client, "one", "a", "1"); err != nil {
		t.Errorf("a new blob: %v", err)
	}
	refusedWith(t, "over a blob that exists", put(t, client, "one", "a", "2"), 403, mismatch)
	_, err := read(t, client, "one", "a")
	refusedWith(t, "reading what was added", err, 403, mismatch)
}

// TestBlobsAreDeletedWithTheirAccount checks that blobs are deleted with their container, account
// or group, and do not come back with a new account of the same name.
func TestBlobsAreDeletedWithTheirAccount(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	const target = "https://acct1.blob.core.windows.net/one/a"
	must(t, w.arm("PUT", at("", fixedName), vAssignment, assignment(w.sub(), blobContributor, w.azure.Account().Deployer.ObjectID)), 201)
	bearer := "Bearer " + w.token(storage)
	build := func() {
		must(t, w.arm("PUT", accountPath("acct1"), vStorage, accountBody(nil)), 200)
		must(t, w.arm("PUT", containerPath("acct1", "one"), vStorage, object{}), 200, 201)
	}
	for reason, remove := range map[string]func(){
		"the account":        func() { must(t, w.arm("DELETE", accountPath("acct1"), vStorage, nil), 200) },
		"the container":      func() { must(t, w.arm("DELETE", containerPath("acct1", "one"), vStorage, nil), 200) },
		"the resource group": func() { w.poll(must(t, w.arm("DELETE", "/resourceGroups/rg", vGroup, nil), 202)); w.group("rg") },
	} {
		build()
		if status, _, text := w.raw(bearer, "PUT", target, map[string]string{"x-ms-blob-type": "BlockBlob"}); status != 201 {
			t.Fatalf("put: %d %s", status, text)
		}
		remove()
		build()
		if status, _, text := w.raw(bearer, "GET", target, nil); status != 404 {
			t.Errorf("%s was deleted, but the blob is read: %d %s", reason, status, text)
		}
	}
}

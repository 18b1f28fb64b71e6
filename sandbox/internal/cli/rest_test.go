package cli

import (
	"os"
	"strings"
	"testing"
)

// TestRest sends requests to every plane as the deployer, through the proxy.
func TestRest(t *testing.T) {
	h := serve(t, t.TempDir(), os.Args[0], false)
	const (
		group   = "/subscriptions/{subscriptionId}/resourceGroups/mine"
		account = group + "/providers/Microsoft.Storage/storageAccounts/byhand01"
		role    = "/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a10"
		blob    = "https://byhand01.blob.core.windows.net/one/hello.txt"
	)
	for _, step := range []struct {
		reason string
		args   []string
		want   string
		fails  string
	}{
		{"create a group", []string{"-m", "put", "-b", `{"location": "westeurope"}`, group + "?api-version=2022-09-01"}, `"name":"mine"`, ""},
		{"create a storage account in it", []string{"-m", "put", "-b", `{"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}`, account + "?api-version=2022-09-01"}, "byhand01.blob.core.windows.net", ""},
		{"create a container in the account", []string{"-m", "put", "-b", "{}", account + "/blobServices/default/containers/one?api-version=2022-09-01"}, `"name":"one"`, ""},
		{"the owner of the account cannot read a blob", []string{blob}, "AuthorizationPermissionMismatch", "403"},
		{"assign a role: the placeholders of the body are filled in", []string{"-m", "put", "-b", `{"properties": {"principalId": "{deployerObjectId}", "principalType": "ServicePrincipal",
			"roleDefinitionId": "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"}}`,
			account + role + "?api-version=2022-04-01"}, `"principalId"`, ""},
		{"write a blob", []string{"-m", "put", "-H", "x-ms-blob-type: BlockBlob", "-b", "hello", blob}, "", ""},
		{"read the blob", []string{blob}, "hello", ""},
		{"a header without a value is an error", []string{"-H", "x", blob}, "", "'NAME: VALUE'"},
		{"a body from a file that does not exist is an error", []string{"-b", "@none", group}, "", "body"},
		{"a URL without a host and a slash is an error", []string{"subscriptions"}, "", "must start with"},
		{"delete the group", []string{"-m", "delete", group + "?api-version=2022-09-01"}, "", ""},
	} {
		out, err := sandbox(t, h.Dir, append([]string{"rest"}, step.args...)...)
		if step.fails == "" && err != nil || step.fails != "" && (err == nil || !strings.Contains(err.Error(), step.fails)) {
			t.Fatalf("%s: %v %s", step.reason, err, out)
		}
		if !strings.Contains(out, step.want) {
			t.Errorf("%s: %q lacks %q", step.reason, out, step.want)
		}
	}
}

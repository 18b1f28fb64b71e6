package azure_test

import (
	"os"
	"path/filepath"
	"testing"
)

// group creates a resource group and returns its path below the subscription.
func (w *world) group(name string) string {
	w.t.Helper()
	must(w.t, w.arm("PUT", "/resourceGroups/"+name, vGroup, object{"location": "westeurope"}), 200, 201)
	return "/resourceGroups/" + name
}

// identity creates a user-assigned identity.
func (w *world) identity(group, name string) (path string, got reply) {
	w.t.Helper()
	path = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
	return path, must(w.t, w.arm("PUT", path, vIdentity, object{"location": "westeurope"}), 201)
}

// fic returns the body of a federated identity credential.
func fic(issuer, subject string, audiences ...string) object {
	return object{"properties": object{"issuer": issuer, "subject": subject, "audiences": audiences}}
}

func vaultBody(tenant string) object {
	return object{"location": "westeurope", "properties": object{
		"tenantId": tenant, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": true,
	}}
}

func assignment(sub, role, principal string) object {
	return object{"properties": object{
		"roleDefinitionId": sub + "/providers/Microsoft.Authorization/roleDefinitions/" + role,
		"principalId":      principal, "principalType": "ServicePrincipal",
	}}
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("write %s: %v", name, err)
	}
	return path
}

package native

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
)

const policyToken = "azure-native:keyvault:AccessPolicy"

const policyVaultID = groupID + "/providers/Microsoft.KeyVault/vaults/vault"

// policyARM is a vault that has the policies of the principals, and takes further ones.
func policyARM(principals ...any) *fakeARM {
	fake := newFakeARM()
	list := []any{}
	for _, p := range principals {
		list = append(list, map[string]any{"objectId": p, "permissions": map[string]any{"secrets": []any{"get"}}})
	}
	vault := map[string]any{"id": policyVaultID, "name": "vault", "properties": map[string]any{"accessPolicies": list}}
	fake.resources[strings.ToLower(policyVaultID)] = vault
	fake.after = func(id string, doc map[string]any) {
		if !strings.HasSuffix(id, "/accesspolicies/replace") {
			return
		}
		properties := vault["properties"].(map[string]any)
		given := doc["properties"].(map[string]any)["accessPolicies"].([]any)
		properties["accessPolicies"] = append(properties["accessPolicies"].([]any), given...)
	}
	return fake
}

func policyInputs(objectID string) resource.PropertyMap {
	return props("resourceGroupName", "rg", "vaultName", "vault", "policy",
		props("tenantId", "t", "objectId", objectID, "permissions", props("secrets", []any{"get"})))
}

// What an interrupted run wrote for this very principal is taken over; what it wrote for another one of the same vault,
// which has the same id, is not.
func TestInterruptedAccessPolicy(t *testing.T) {
	for reason, c := range map[string]struct{ begun, failure string }{
		"its own policy is taken over":                       {"a", ""},
		"another principal's entry does not make it its own": {"b", "access policy for a already exists"},
		"nothing was begun":                                  {"", "access policy for a already exists"},
	} {
		t.Run(reason, func(t *testing.T) {
			dir := t.TempDir()
			urn, _, _ := urnOf(policyToken, "policy")
			if c.begun != "" {
				entry := bridge.Entry{URN: urn, ID: policyVaultID + "/accessPolicy/" + c.begun}
				if err := bridgeJournal(dir).Write(entry); err != nil {
					t.Fatal(err)
				}
			}
			_, err := create(t, provider(t, policyARM("a"), dir, nil), policyToken, "policy", policyInputs("a"), false)
			if c.failure == "" && err != nil || c.failure != "" && (err == nil || !strings.Contains(err.Error(), c.failure)) {
				t.Errorf("got %v, want %q", err, c.failure)
			}
		})
	}
}

// A run that is killed after its creation succeeded, and before the engine wrote that down, is finished by the next one.
func TestAccessPolicyIsTakenOverAfterItsCreation(t *testing.T) {
	dir, fake := t.TempDir(), policyARM()
	for _, run := range []string{"first", "after the kill"} {
		if _, err := create(t, provider(t, fake, dir, nil), policyToken, "policy", policyInputs("a"), false); err != nil {
			t.Errorf("%s: %v", run, err)
		}
	}
	if _, err := create(t, provider(t, fake, dir, nil), policyToken, "other", policyInputs("a"), false); err == nil {
		t.Error("another resource took it over")
	}
}

func TestAccessPolicyIsToldByItsPrincipal(t *testing.T) {
	p := provider(t, policyARM("other"), "", nil)
	created, err := create(t, p, policyToken, "policy", policyInputs("a"), false)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, p, policyToken, created.ID, policyInputs("a"), created.Properties); got.ID != created.ID {
		t.Errorf("read as %q, created as %q", got.ID, created.ID)
	}
	if got := read(t, p, policyToken, created.ID, policyInputs("A"), created.Properties); got.ID != "" {
		t.Error("an object id in another case is the same to azure-native; it is not")
	}
	req := plugin.DiffRequest{ID: created.ID, OldInputs: policyInputs("a"), NewInputs: policyInputs("b"), OldOutputs: created.Properties}
	req.URN, req.Name, req.Type = urnOf(policyToken, "policy")
	diff, err := p.Diff(t.Context(), req)
	if err != nil || diff.Replace() || len(diff.DetailedDiff) != 1 {
		t.Errorf("another principal is an update, which then fails: %+v %v", diff, err)
	}
	// The path by which components/workload asks for the replacement (ReplaceOnChanges).
	if _, ok := diff.DetailedDiff["policy.objectId"]; !ok {
		t.Errorf("the difference is at %v, not at policy.objectId", diff.DetailedDiff)
	}
}

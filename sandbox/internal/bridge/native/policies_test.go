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

// policyARM returns a Resource Manager with a vault that has policies for the principals and
// accepts further ones.
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

// TestInterruptedAccessPolicy takes over a policy that an interrupted run wrote for the same
// principal. A policy of another principal in the same vault, which has the same ID, is not taken
// over.
func TestInterruptedAccessPolicy(t *testing.T) {
	for reason, c := range map[string]struct{ begun, failure string }{
		"a policy of the same principal is taken over": {"a", ""},
		"a policy of another principal is not":         {"b", "access policy for a already exists"},
		"without an entry in the journal it is not":    {"", "access policy for a already exists"},
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

// TestAccessPolicyIsTakenOverAfterItsCreation repeats a run that was killed after the creation
// succeeded, and before the engine stored the result.
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

func TestAccessPolicyIsIdentifiedByItsPrincipal(t *testing.T) {
	p := provider(t, policyARM("other"), "", nil)
	created, err := create(t, p, policyToken, "policy", policyInputs("a"), false)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, p, policyToken, created.ID, policyInputs("a"), created.Properties); got.ID != created.ID {
		t.Errorf("read as %q, created as %q", got.ID, created.ID)
	}
	if got := read(t, p, policyToken, created.ID, policyInputs("A"), created.Properties); got.ID != "" {
		t.Error("object IDs are compared with case, as in azure-native")
	}
	req := plugin.DiffRequest{ID: created.ID, OldInputs: policyInputs("a"), NewInputs: policyInputs("b"), OldOutputs: created.Properties}
	req.URN, req.Name, req.Type = urnOf(policyToken, "policy")
	diff, err := p.Diff(t.Context(), req)
	if err != nil || diff.Replace() || len(diff.DetailedDiff) != 1 {
		t.Errorf("another principal must be an update, which Azure refuses: %+v %v", diff, err)
	}
	// components/workload uses this path to request the replacement (ReplaceOnChanges).
	if _, ok := diff.DetailedDiff["policy.objectId"]; !ok {
		t.Errorf("the difference is at %v, not at policy.objectId", diff.DetailedDiff)
	}
}

package azure_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func policyVault(tenant string, policies ...object) object {
	return object{"location": "westeurope", "properties": object{
		"tenantId": tenant, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": false, "accessPolicies": append([]object{}, policies...),
	}}
}

func entryOf(tenant, principal string, permissions object) object {
	return object{"tenantId": tenant, "objectId": principal, "permissions": permissions}
}

func policies(entries ...object) object {
	return object{"properties": object{"accessPolicies": entries}}
}

func TestAccessPolicyOperations(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	tenant, me, other := w.azure.Account().TenantID, uuid.NewString(), uuid.NewString()
	secrets := func(names ...string) object { return object{"secrets": names} }
	for reason, c := range map[string]struct {
		operation string
		entry     object
		want      []any // the resulting permissions of me for secrets
	}{
		"add adds a permission":                                  {"add", entryOf(tenant, me, secrets("list")), []any{"get", "list"}},
		"add of an existing permission has no effect":            {"add", entryOf(tenant, strings.ToUpper(me), secrets("Get")), []any{"get"}},
		"replace replaces the permissions":                       {"replace", entryOf(tenant, me, secrets("set")), []any{"set"}},
		"remove removes the given permissions":                   {"remove", entryOf(tenant, me, secrets("list", "set")), []any{"get"}},
		"remove of the last permission removes the policy":       {"remove", entryOf(tenant, me, secrets("get")), nil},
		"remove for another principal has no effect on this one": {"remove", entryOf(tenant, uuid.NewString(), secrets("get")), []any{"get"}},
		"an empty application ID means none":                     {"replace", object{"tenantId": tenant, "objectId": me, "applicationId": "", "permissions": secrets("set")}, []any{"set"}},
		"a policy with an application ID is another policy":      {"replace", object{"tenantId": tenant, "objectId": me, "applicationId": other, "permissions": secrets("set")}, []any{"get"}},
		"operations are compared without case":                   {"Add", entryOf(tenant, me, secrets("list")), []any{"get", "list"}},
		"permissions for other kinds of object are kept":         {"add", entryOf(tenant, me, object{"keys": []string{"get"}}), []any{"get"}},
	} {
		t.Run(reason, func(t *testing.T) {
			must(t, w.arm("PUT", vaultPath("kv1"), vVault, policyVault(tenant, entryOf(tenant, me, secrets("get")), entryOf(tenant, other, secrets("all")))), 200)
			response := must(t, w.arm("PUT", vaultPath("kv1")+"/accessPolicies/"+c.operation, vVault, policies(c.entry)), 200)
			vault := must(t, w.arm("GET", vaultPath("kv1"), vVault, nil), 200)
			list := func(r reply) []any { return r.body["properties"].(map[string]any)["accessPolicies"].([]any) }
			if diff := cmp.Diff(list(response), list(vault)); diff != "" {
				t.Errorf("the response differs from the policies of the vault\n%s", diff)
			}
			found := map[string]any{}
			for _, item := range list(vault) {
				entry := item.(map[string]any)
				if entry["applicationId"] == nil {
					found[entry["objectId"].(string)] = entry["permissions"].(map[string]any)["secrets"]
				}
			}
			want := map[string]any{other: []any{"all"}}
			if c.want != nil {
				want[me] = c.want
			}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	w.refuses(t, vVault, map[string]refusalCase{
		"an operation that does not exist":        {vaultPath("kv1") + "/accessPolicies/set", policies(), 400, "BadRequest", "'set'"},
		"an object ID that is not a GUID":         {vaultPath("kv1") + "/accessPolicies/add", policies(entryOf(tenant, "me", secrets("get"))), 400, "BadRequest", "not a GUID"},
		"an application ID that is not a GUID":    {vaultPath("kv1") + "/accessPolicies/add", policies(object{"tenantId": tenant, "objectId": me, "applicationId": "app", "permissions": object{}}), 400, "BadRequest", "'app'"},
		"a permission that does not exist":        {vaultPath("kv1") + "/accessPolicies/add", policies(entryOf(tenant, me, secrets("read"))), 400, "BadRequest", "read"},
		"another tenant":                          {vaultPath("kv1") + "/accessPolicies/add", policies(entryOf(uuid.NewString(), me, secrets("get"))), 400, "BadRequest", "vault's tenant"},
		"no properties":                           {vaultPath("kv1") + "/accessPolicies/add", object{}, 400, "BadRequest", "properties"},
		"policies of a vault that does not exist": {vaultPath("none") + "/accessPolicies/add", policies(), 404, "ParentResourceNotFound", "vaults/none"},
	})
	for _, method := range []string{"GET", "DELETE"} {
		must(t, w.arm(method, vaultPath("kv1")+"/accessPolicies/add", vVault, nil), 405)
	}
}

// TestAccessPoliciesHaveNoEffectWithRoles checks that policies have no effect in a vault with
// roles. The opposite is checked by TestVaultDataPlaneWithPolicies.
func TestAccessPoliciesHaveNoEffectWithRoles(t *testing.T) {
	s := newSignIn(t)
	w, ctx := s.w, context.Background()
	tenant := w.azure.Account().TenantID
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, policyVault(tenant)), 200)
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/one", vVault, object{"properties": object{"value": "1"}}), 201)
	must(t, w.arm("PUT", vaultPath("kv1")+"/accessPolicies/add", vVault, policies(entryOf(tenant, principal, object{"secrets": []string{"all"}}))), 200)
	client := s.secrets(t, "kv1")
	if _, err := client.GetSecret(ctx, "one", "", nil); err != nil {
		t.Errorf("with a policy: %v", err)
	}
	roles := vaultBody(tenant)
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, roles), 200)
	if _, err := client.GetSecret(ctx, "one", "", nil); refusal(t, err).StatusCode != 403 || !strings.Contains(err.Error(), "ForbiddenByRbac") {
		t.Errorf("after the vault was changed to roles: %v", err)
	}
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, policyVault(tenant)), 200)
	must(t, w.arm("PUT", vaultPath("kv1")+"/accessPolicies/replace", vVault, policies(object{
		"tenantId": tenant, "objectId": principal, "applicationId": uuid.NewString(), "permissions": object{"secrets": []string{"all"}},
	})), 200)
	if _, err := client.GetSecret(ctx, "one", "", nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("a policy for users of an application allows a workload: %v", err)
	}
}

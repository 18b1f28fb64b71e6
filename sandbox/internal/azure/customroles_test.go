package azure_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/google/uuid"
)

const (
	condition  = `(!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'}) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'public'))`
	customName = "7d1f0a3e-2b7a-4a57-9f0e-0d6a5c2b1a20"
)

func definitionPath(scope, name string) string {
	return scope + "/providers/Microsoft.Authorization/roleDefinitions/" + name
}

// customBody returns the body of a role that reads secrets and is assignable in the group rg.
func (w *world) customBody(name string, change func(object)) object {
	p := object{
		"roleName": name, "type": "CustomRole", "description": "reads secrets", "assignableScopes": []string{w.sub() + "/resourceGroups/rg"},
		"permissions": []object{{
			"actions": []string{"Microsoft.KeyVault/vaults/read"}, "dataActions": []string{"Microsoft.KeyVault/vaults/secrets/*"},
			"notDataActions": []string{"Microsoft.KeyVault/vaults/secrets/setSecret/action"},
		}},
	}
	if change != nil {
		change(p)
	}
	return object{"properties": p}
}

func TestCustomRoleIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	must(t, w.arm("PUT", definitionPath(rg, customName), vDefinition, w.customBody("Taken", nil)), 201)
	group := "/providers/Microsoft.Management/managementGroups/"
	fresh := definitionPath(rg, uuid.NewString())
	permission := func(kind, action string) func(object) {
		return func(p object) { p["permissions"] = []object{{kind: []string{action}}} }
	}
	cases := map[string]struct {
		path   string
		body   object
		status int
		code   string
		text   string
	}{
		"name that is not a GUID":                     {definitionPath(rg, "reader"), w.customBody("New", nil), 400, "InvalidRoleDefinitionId", "must be a GUID"},
		"GUID of a built-in role":                     {definitionPath(rg, readerRole), w.customBody("New", nil), 400, "RoleDefinitionCannotBeChanged", readerRole},
		"no name":                                     {fresh, w.customBody("", nil), 400, "InvalidRoleDefinition", "no name"},
		"name of 513 characters":                      {fresh, w.customBody(strings.Repeat("n", 513), nil), 400, "InvalidRoleDefinition", "512"},
		"description of 2049 characters":              {fresh, w.customBody("New", func(p object) { p["description"] = strings.Repeat("d", 2049) }), 400, "InvalidRoleDefinition", "2048"},
		"name that another role has, in another case": {fresh, w.customBody("taken", nil), 409, "RoleDefinitionWithSameNameExists", "'taken' is taken"},
		"name of a built-in role":                     {fresh, w.customBody("Reader", nil), 409, "RoleDefinitionWithSameNameExists", "Reader"},
		"a role that claims to be built in":           {fresh, w.customBody("New", func(p object) { p["type"] = "BuiltInRole" }), 400, "InvalidRoleDefinition", "BuiltInRole"},
		"no permissions":                              {fresh, w.customBody("New", func(p object) { p["permissions"] = []object{} }), 400, "InvalidRoleDefinition", "allows nothing"},
		"only notActions":                             {fresh, w.customBody("New", permission("notActions", "Microsoft.KeyVault/vaults/read")), 400, "InvalidRoleDefinition", "allows nothing"},
		"action without a verb":                       {fresh, w.customBody("New", permission("actions", "Microsoft.KeyVault/vaults")), 400, "InvalidActionOrNotAction", "'Microsoft.KeyVault/vaults'"},
		"action with blanks":                          {fresh, w.customBody("New", permission("actions", "read everything")), 400, "InvalidActionOrNotAction", "read everything"},
		"data action without an operation":            {fresh, w.customBody("New", permission("dataActions", "secrets")), 400, "InvalidDataActionOrNotDataAction", "'secrets'"},
		"no assignable scopes":                        {fresh, w.customBody("New", func(p object) { delete(p, "assignableScopes") }), 400, "InvalidRoleDefinition", "0 assignable scopes"},
		"the root as assignable scope":                {fresh, w.customBody("New", func(p object) { p["assignableScopes"] = []string{"/"} }), 400, "InvalidRoleDefinition", "root scope"},
		"an assignable scope that is not an ID":       {fresh, w.customBody("New", func(p object) { p["assignableScopes"] = []string{"rg"} }), 400, "InvalidAssignableScope", "'rg'"},
		"two management groups":                       {fresh, w.customBody("New", func(p object) { p["assignableScopes"] = []string{group + "a", group + "b"} }), 400, "InvalidRoleDefinition", "only one management group"},
		"data actions with a management group":        {fresh, w.customBody("New", func(p object) { p["assignableScopes"] = []string{group + "a"} }), 400, "InvalidRoleDefinition", "You cannot add data action permissions when you have a management group as an assignable scope"},
		"a management group": {fresh, w.customBody("New", func(p object) {
			permission("actions", "*/read")(p)
			p["assignableScopes"] = []string{group + "a"}
		}), 403, "LinkedAuthorizationFailed", "linked scope(s) '" + group + "a'"},
		"an assignable scope that does not exist": {fresh, w.customBody("New", func(p object) { p["assignableScopes"] = []string{w.sub() + "/resourceGroups/none"} }), 403, "LinkedAuthorizationFailed", "resourceGroups/none' or the linked scope(s) are invalid"},
		"another subscription":                    {fresh, w.customBody("New", func(p object) { p["assignableScopes"] = []string{"/subscriptions/" + uuid.NewString()} }), 403, "LinkedAuthorizationFailed", "does not have permission"},
		"unknown property":                        {fresh, w.customBody("New", func(p object) { p["scopes"] = []string{} }), 400, "InvalidRequestContent", "properties.scopes"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", c.path, vDefinition, c.body)
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
		})
	}
	t.Run("a built-in role cannot be deleted", func(t *testing.T) {
		must(t, w.arm("DELETE", definitionPath("", readerRole), vDefinition, nil), 400)
	})
}

func TestCustomRoleLife(t *testing.T) {
	w := newWorld(t, quiet)
	rg, other := w.group("rg"), w.group("other")
	_, identity := w.identity(rg, "id1")
	principal := identity.path("properties", "principalId")
	path := definitionPath(rg, customName)
	made := must(t, w.arm("PUT", path, vDefinition, w.customBody("Secrets, slowly", nil)), 201)
	if id := made.path("id"); id != w.sub()+definitionPath("", customName) {
		t.Errorf("the ID is %q, not one at the subscription", id)
	}
	if made.path("properties", "type") != "CustomRole" || made.path("properties", "createdBy") != w.azure.Account().Deployer.ObjectID || made.path("properties", "createdOn") == "" {
		t.Errorf("values that Azure sets: %s", made.text)
	}
	w.restart()
	for _, version := range []string{vDefinition, "2022-04-01"} {
		if got := must(t, w.arm("GET", definitionPath("", customName), version, nil), 200); got.text != made.text {
			t.Errorf("read with %s after a restart: %s, written %s", version, got.text, made.text)
		}
	}
	names := func(scope, filter string) string {
		t.Helper()
		got := must(t, w.arm("GET", definitionPath(scope, "")+"?$filter="+url.QueryEscape(filter), vDefinition, nil), 200)
		var list []string
		for _, item := range got.body["value"].([]any) {
			list = append(list, item.(map[string]any)["properties"].(map[string]any)["roleName"].(string))
		}
		return strings.Join(list, ";")
	}
	for reason, c := range map[string]struct{ scope, filter, want string }{
		"at its scope":     {rg, "type eq 'CustomRole'", "Secrets, slowly"},
		"at another scope": {other, "type eq 'CustomRole'", ""},
		"above its scope":  {"", "type eq 'CustomRole'", ""},
		"above its scope, with atScopeAndBelow()": {"", "atScopeAndBelow() and type eq 'CustomRole'", "Secrets, slowly"},
		"by name":                       {rg, "roleName eq 'secrets, SLOWLY'", "Secrets, slowly"},
		"a built-in role, at any scope": {other, "roleName eq 'Reader'", "Reader"},
	} {
		if got := names(c.scope, c.filter); got != c.want {
			t.Errorf("listed %s: %q, want %q", reason, got, c.want)
		}
	}
	refused := w.arm("PUT", at(other, uuid.NewString()), vAssignment, assignment(w.sub(), customName, principal))
	if refused.status != 400 || refused.code() != "RoleDefinitionDoesNotExist" {
		t.Errorf("assigned outside its scopes: %d %s", refused.status, refused.text)
	}
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), customName, principal)), 201)
	for reason, c := range map[string]struct {
		got        reply
		code, text string
	}{
		"deletion while it is assigned": {w.arm("DELETE", path, vDefinition, nil), "RoleDefinitionHasAssignments", "There are existing role assignments referencing role"},
		"removal of the scope under which it is assigned": {w.arm("PUT", path, vDefinition, w.customBody("Secrets, slowly", func(p object) { p["assignableScopes"] = []string{w.sub() + other} })),
			"RoleScopeBeingRemovedContainsAssignments", "scope '" + w.sub() + rg + "' which is being removed"},
	} {
		if c.got.status != 400 || c.got.code() != c.code || !strings.Contains(c.got.message(), c.text) {
			t.Errorf("%s: %d %s", reason, c.got.status, c.got.text)
		}
	}
	renamed := must(t, w.arm("PUT", path, vDefinition, w.customBody("Secrets, fast", func(p object) { p["assignableScopes"] = []string{w.sub()} })), 201)
	if renamed.path("properties", "roleName") != "Secrets, fast" || renamed.path("properties", "createdOn") != made.path("properties", "createdOn") {
		t.Errorf("an update: %s", renamed.text)
	}
	must(t, w.arm("DELETE", at(rg, fixedName), vAssignment, nil), 200)
	listed := func() bool {
		all, err := w.azure.Resources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if r.Type == "Microsoft.Authorization/roleDefinitions" {
				return true
			}
		}
		return false
	}
	if !listed() {
		t.Error("Resources does not list the role")
	}
	must(t, w.arm("DELETE", path, vDefinition, nil), 200)
	must(t, w.arm("DELETE", path, vDefinition, nil), 204)
	must(t, w.arm("GET", path, vDefinition, nil), 404)
	if listed() {
		t.Error("Resources lists a deleted role")
	}
}

// TestCustomRoleIsEvaluated checks that a custom role has the same effect as a built-in one, for
// actions and data actions.
func TestCustomRoleIsEvaluated(t *testing.T) {
	s := newSignIn(t)
	w, ctx, rg := s.w, context.Background(), "/resourceGroups/rg"
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	must(t, w.arm("PUT", vaultPath("kv1"), vVault, vaultBody(w.azure.Account().TenantID)), 200)
	must(t, w.arm("PUT", vaultPath("kv1")+"/secrets/one", vVault, object{"properties": object{"value": "1"}}), 201)
	must(t, w.arm("PUT", definitionPath(rg, customName), vDefinition, w.customBody("Reads secrets", nil)), 201)
	client, token := s.secrets(t, "kv1"), s.armToken(t)
	must(t, w.armAs(token, "GET", vaultPath("kv1"), vVault, nil), 403)
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), customName, principal)), 201)

	must(t, w.armAs(token, "GET", vaultPath("kv1"), vVault, nil), 200)
	must(t, w.armAs(token, "GET", s.path, vIdentity, nil), 403)
	if got, err := client.GetSecret(ctx, "one", "", nil); err != nil || *got.Value != "1" {
		t.Errorf("the data action gives no access: %v", err)
	}
	value := "2"
	if _, err := client.SetSecret(ctx, "one", azsecrets.SetSecretParameters{Value: &value}, nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("notDataActions have no effect: %v", err)
	}
	must(t, w.arm("PUT", definitionPath(rg, customName), vDefinition, w.customBody("Reads secrets", func(p object) {
		p["permissions"] = []object{{"actions": []string{"Microsoft.KeyVault/vaults/read"}}}
	})), 201)
	if _, err := client.GetSecret(ctx, "one", "", nil); refusal(t, err).StatusCode != 403 {
		t.Errorf("a data action that was removed from the role still has an effect: %v", err)
	}
}

// TestCustomRoleNeedsRightsAtEveryScope checks that a caller who may write roles at one scope may
// not extend them to another.
func TestCustomRoleNeedsRightsAtEveryScope(t *testing.T) {
	s := newSignIn(t)
	w, rg := s.w, "/resourceGroups/rg"
	other := w.group("other")
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), owner, principal)), 201)
	token := s.armToken(t)
	must(t, w.armAs(token, "PUT", definitionPath(rg, customName), vDefinition, w.customBody("Mine", nil)), 201)
	wider := w.customBody("Mine", func(p object) { p["assignableScopes"] = []string{w.sub() + rg, w.sub() + other} })
	got := w.armAs(token, "PUT", definitionPath(rg, customName), vDefinition, wider)
	if got.status != 403 || got.code() != "LinkedAuthorizationFailed" || !strings.Contains(got.message(), "'"+w.sub()+other+"'") {
		t.Errorf("a scope without rights: %d %s", got.status, got.text)
	}
	must(t, w.arm("PUT", definitionPath(rg, customName), vDefinition, wider), 201)
	must(t, w.armAs(token, "DELETE", definitionPath(rg, customName), vDefinition, nil), 403)
}

func TestConditionIsStoredAndCanChange(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	_, identity := w.identity(rg, "id1")
	body := assignment(w.sub(), readerRole, identity.path("properties", "principalId"))
	p := body["properties"].(object)
	p["condition"], p["conditionVersion"] = condition, "2.0"
	made := must(t, w.arm("PUT", at(rg, fixedName), vAssignment, body), 201)
	if made.path("properties", "condition") != condition || made.path("properties", "conditionVersion") != "2.0" {
		t.Errorf("created: %s", made.text)
	}
	delete(p, "condition")
	delete(p, "conditionVersion")
	if got := must(t, w.arm("PUT", at(rg, fixedName), vAssignment, body), 200); got.path("properties", "condition") != "" {
		t.Errorf("removed: %s", got.text)
	}
}

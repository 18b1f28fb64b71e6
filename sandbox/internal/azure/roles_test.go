package azure_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

const (
	readerRole      = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	contributorRole = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	fixedName       = "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a10"
)

func at(scope, name string) string {
	return scope + "/providers/Microsoft.Authorization/roleAssignments/" + name
}

func TestRoleAssignmentIsRefused(t *testing.T) {
	w := newWorld(t, azure.Profile{FederatedCredentialWriteWindow: -1, PrincipalReplicationDelay: 10 * time.Second})
	rg := w.group("rg")
	_, identity := w.identity(rg, "id1")
	principal := identity.path("properties", "principalId")
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), readerRole, principal)), 201)
	with := func(change func(object)) object {
		body := assignment(w.sub(), contributorRole, principal)
		change(body["properties"].(object))
		return body
	}
	none := uuid.NewString()
	cases := map[string]struct {
		path   string
		body   object
		status int
		code   string
		text   string
	}{
		"name that is not a GUID":                                              {at(rg, "reader"), assignment(w.sub(), readerRole, principal), 400, "InvalidRoleAssignmentId", "must be a GUID"},
		"the same assignment under another name":                               {at(rg, uuid.NewString()), assignment(w.sub(), readerRole, principal), 409, "RoleAssignmentExists", "The role assignment already exists. The ID of the existing role assignment is " + strings.ReplaceAll(fixedName, "-", "") + "."},
		"the same name for another role":                                       {at(rg, fixedName), assignment(w.sub(), contributorRole, principal), 400, "RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."},
		"the same name at another scope, since names are unique in the tenant": {at("", fixedName), assignment(w.sub(), readerRole, principal), 400, "RoleAssignmentUpdateNotPermitted", "principal ID, and scope are not allowed to be updated."},
		"fresh principal without principalType":                                {at(rg, uuid.NewString()), with(func(p object) { delete(p, "principalType") }), 400, "PrincipalNotFound", "does not exist in the directory " + w.azure.Account().TenantID + ". Check that you have the correct principal ID."},
		"unknown principal without principalType":                              {at(rg, uuid.NewString()), with(func(p object) { delete(p, "principalType"); p["principalId"] = none }), 400, "PrincipalNotFound", strings.ReplaceAll(none, "-", "")},
		"principal of another type":                                            {at(rg, uuid.NewString()), with(func(p object) { p["principalType"] = "User" }), 400, "UnmatchedPrincipalType", "ServicePrincipal"},
		"principalType that does not exist":                                    {at(rg, uuid.NewString()), with(func(p object) { p["principalType"] = "Robot" }), 400, "InvalidPrincipalType", "Robot"},
		"principalId that is not a GUID":                                       {at(rg, uuid.NewString()), with(func(p object) { p["principalId"] = "id1" }), 400, "InvalidPrincipalId", "'id1'"},
		"role that does not exist":                                             {at(rg, uuid.NewString()), assignment(w.sub(), none, principal), 400, "RoleDefinitionDoesNotExist", strings.ReplaceAll(none, "-", "")},
		"role given by name":                                                   {at(rg, uuid.NewString()), with(func(p object) { p["roleDefinitionId"] = "Reader" }), 400, "InvalidRoleDefinitionId", "'Reader'"},
		"scope in a resource group that does not exist":                        {at("/resourceGroups/none", uuid.NewString()), assignment(w.sub(), readerRole, principal), 404, "ResourceGroupNotFound", "'none' could not be found"},
		"scope that does not exist":                                            {at(rg+"/providers/Microsoft.KeyVault/vaults/none", uuid.NewString()), assignment(w.sub(), readerRole, principal), 404, "ResourceNotFound", "vaults/none"},
		"condition without a version":                                          {at(rg, uuid.NewString()), with(func(p object) { p["condition"] = condition }), 400, "InvalidConditionVersion", "'2.0'"},
		"condition of a version that is not 2.0":                               {at(rg, uuid.NewString()), with(func(p object) { p["condition"], p["conditionVersion"] = condition, "1.0" }), 400, "InvalidConditionVersion", "'1.0'"},
		"version without a condition":                                          {at(rg, uuid.NewString()), with(func(p object) { p["conditionVersion"] = "2.0" }), 400, "InvalidConditionVersion", "without a condition"},
		"condition with a syntax error":                                        {at(rg, uuid.NewString()), with(func(p object) { p["condition"], p["conditionVersion"] = "true", "2.0" }), 400, "InvalidCondition", "operator expected"},
		"unknown property":                                                     {at(rg, uuid.NewString()), with(func(p object) { p["principalName"] = "x" }), 400, "InvalidRequestContent", "properties.principalName"},
		"no role":                                                              {at(rg, uuid.NewString()), with(func(p object) { delete(p, "roleDefinitionId") }), 400, "BadRequestFormat", "roleDefinitionId"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", c.path, vAssignment, c.body)
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
		})
	}
	t.Run("with principalType the principal need not exist", func(t *testing.T) {
		must(t, w.arm("PUT", at(rg, uuid.NewString()), vAssignment, assignment(w.sub(), readerRole, uuid.NewString())), 201)
	})
	t.Run("after replication principalType is set", func(t *testing.T) {
		w.clock.advance(11 * time.Second)
		got := must(t, w.arm("PUT", at(rg, uuid.NewString()), vAssignment, with(func(p object) { delete(p, "principalType") })), 201)
		if got.path("properties", "principalType") != "ServicePrincipal" {
			t.Errorf("principalType: %s", got.text)
		}
	})
	t.Run("repeating an assignment is no error", func(t *testing.T) {
		must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), readerRole, principal)), 200)
	})
}

func TestRoleAssignmentsFollowTheirScope(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path, identity := w.identity(rg, "id1")
	principal := identity.path("properties", "principalId")
	must(t, w.arm("PUT", at(path, fixedName), vAssignment, assignment(w.sub(), readerRole, principal)), 201)
	must(t, w.arm("PUT", at(rg, "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a11"), vAssignment, assignment(w.sub(), readerRole, principal)), 201)
	list := func(scope, filter string) int {
		t.Helper()
		got := must(t, w.arm("GET", scope+"/providers/Microsoft.Authorization/roleAssignments?$filter="+url.QueryEscape(filter), vAssignment, nil), 200)
		return len(got.body["value"].([]any))
	}
	for reason, c := range map[string]struct {
		scope, filter string
		want          int
	}{
		"at, above and below the group":      {rg, "", 3},
		"at and above the group":             {rg, "atScope()", 2},
		"of one principal":                   {rg, "principalId eq '" + principal + "'", 2},
		"at and above the identity":          {path, "atScope()", 3},
		"of the whole subscription":          {"", "", 3},
		"of a principal without assignments": {rg, "principalId eq '" + fixedName + "'", 0},
	} {
		t.Run(reason, func(t *testing.T) {
			if got := list(c.scope, c.filter); got != c.want {
				t.Errorf("%d assignments, want %d", got, c.want)
			}
		})
	}
	if got := w.arm("GET", rg+"/providers/Microsoft.Authorization/roleAssignments?$filter=x", vAssignment, nil); got.code() != "UnsupportedQuery" {
		t.Errorf("unsupported filter: %d %s", got.status, got.text)
	}
	must(t, w.arm("DELETE", path, vIdentity, nil), 200)
	must(t, w.arm("GET", at(path, fixedName), vAssignment, nil), 404)
	orphan := must(t, w.arm("GET", at(rg, "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a11"), vAssignment, nil), 200)
	if orphan.path("properties", "principalId") != principal {
		t.Errorf("the assignment of a deleted principal: %s", orphan.text)
	}
	must(t, w.arm("DELETE", at(rg, "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a11"), vAssignment, nil), 200)
	must(t, w.arm("DELETE", at(rg, "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a11"), vAssignment, nil), 204)
}

func TestRoleDefinitions(t *testing.T) {
	w := newWorld(t, quiet)
	base := "/providers/Microsoft.Authorization/roleDefinitions"
	got := must(t, w.arm("GET", base+"?$filter="+url.QueryEscape("roleName eq 'Key Vault Secrets User'"), vDefinition, nil), 200)
	list := got.body["value"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["name"] != secretsUser {
		t.Fatalf("by name: %s", got.text)
	}
	one := must(t, w.arm("GET", base+"/"+secretsUser, vDefinition, nil), 200)
	if one.path("properties", "roleName") != "Key Vault Secrets User" || one.path("properties", "type") != "BuiltInRole" {
		t.Errorf("by ID: %s", one.text)
	}
	tenantLevel := must(t, w.send(w.token("https://management.azure.com"), "GET", "https://management.azure.com"+base+"/"+secretsUser+"?api-version="+vDefinition, nil), 200)
	if tenantLevel.path("id") != base+"/"+secretsUser {
		t.Errorf("at tenant level: %s", tenantLevel.text)
	}
	missing := w.arm("GET", base+"/"+fixedName, vDefinition, nil)
	if missing.status != 404 || missing.code() != "RoleDefinitionDoesNotExist" {
		t.Errorf("unknown: %d %s", missing.status, missing.text)
	}
}

// armToken returns an access token of the identity for ARM.
func (s signIn) armToken(t *testing.T) string {
	t.Helper()
	got := s.w.exchange(s.w.azure.Account().TenantID, s.clientID, s.issuer.sign(t, s.w.clock.now(), webSubject, nil), "https://management.azure.com/.default")
	return must(t, got, 200).path("access_token")
}

func TestAuthorisation(t *testing.T) {
	s := newSignIn(t)
	w, rg := s.w, "/resourceGroups/rg"
	token := s.armToken(t)
	principal := w.arm("GET", s.path, vIdentity, nil).path("properties", "principalId")
	forbidden := func(method, path, version, action string, body any) {
		t.Helper()
		got := w.armAs(token, method, path, version, body)
		want := "The client '" + s.clientID + "' with object id '" + principal + "' does not have authorization to perform action '" + action + "' over scope '" + w.sub() + path + "' or the scope is invalid. If access was recently granted, please refresh your credentials."
		if got.status != 403 || got.code() != "AuthorizationFailed" || got.message() != want {
			t.Errorf("%s %s: got %d %s, want %q", method, path, got.status, got.text, want)
		}
	}
	forbidden("GET", rg, vGroup, "Microsoft.Resources/subscriptions/resourceGroups/read", nil)
	forbidden("GET", "/resourceGroups/none", vGroup, "Microsoft.Resources/subscriptions/resourceGroups/read", nil)
	forbidden("GET", s.path, vIdentity, "Microsoft.ManagedIdentity/userAssignedIdentities/read", nil)

	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), readerRole, principal)), 201)
	must(t, w.armAs(token, "GET", s.path, vIdentity, nil), 200)
	forbidden("PUT", s.path, vIdentity, "Microsoft.ManagedIdentity/userAssignedIdentities/write", object{"location": "westeurope"})
	forbidden("DELETE", s.path, vIdentity, "Microsoft.ManagedIdentity/userAssignedIdentities/delete", nil)

	must(t, w.arm("PUT", at(rg, uuid.NewString()), vAssignment, assignment(w.sub(), contributorRole, principal)), 201)
	must(t, w.armAs(token, "PUT", s.path, vIdentity, object{"location": "westeurope"}), 200)
	forbidden("PUT", at(rg, "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a12"), vAssignment, "Microsoft.Authorization/roleAssignments/write", assignment(w.sub(), readerRole, principal))
	forbidden("PUT", "/resourceGroups/other", vGroup, "Microsoft.Resources/subscriptions/resourceGroups/write", object{"location": "westeurope"})
}

func TestRoleEffectDelay(t *testing.T) {
	w := newWorld(t, azure.Profile{FederatedCredentialWriteWindow: -1, RoleEffectDelay: time.Minute})
	issuer := w.newIssuer("https://westeurope.oic.prod-aks.azure.com/t/u/")
	rg := w.group("rg")
	path, identity := w.identity(rg, "id1")
	must(t, w.arm("PUT", path+"/federatedIdentityCredentials/web", vIdentity, fic(issuer.url, webSubject, audience)), 201)
	s := signIn{w, issuer, identity.path("properties", "clientId"), path}
	token := s.armToken(t)
	must(t, w.arm("PUT", at(rg, fixedName), vAssignment, assignment(w.sub(), readerRole, identity.path("properties", "principalId"))), 201)
	must(t, w.armAs(token, "GET", rg, vGroup, nil), 403)
	w.clock.advance(61 * time.Second)
	must(t, w.armAs(token, "GET", rg, vGroup, nil), 200)
}

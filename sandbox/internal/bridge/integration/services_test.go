package integration

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// merge returns the properties with further ones set.
func merge(base resource.PropertyMap, pairs ...any) resource.PropertyMap {
	out := base.Copy()
	for k, v := range props(pairs...) {
		out[k] = v
	}
	return out
}

func (f *fixture) invoke(token string, args resource.PropertyMap) resource.PropertyMap {
	f.t.Helper()
	res, err := f.native.Invoke(f.t.Context(), plugin.InvokeRequest{Tok: tokensOf(token), Args: args})
	if err != nil || len(res.Failures) > 0 {
		f.t.Fatalf("%s: %v %v", token, err, res.Failures)
	}
	return value.Bare(res.Properties)
}

func TestEveryServiceType(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{
		p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope"),
	})
	rg := group.text("name")
	account := props("resourceGroupName", rg, "kind", "StorageV2", "sku", object{"name": "Standard_LRS"}, "allowSharedKeyAccess", false,
		"networkRuleSet", object{"defaultAction": "Deny", "ipRules": []any{object{"iPAddressOrRange": "10.0.0.0/8"}}})
	storage := f.create(scenario{
		p: f.native, token: "azure-native:storage:StorageAccount", name: "data",
		inputs: account, later: merge(account, "minimumTlsVersion", "TLS1_2", "enableHttpsTrafficOnly", true),
	})
	registry := f.create(scenario{
		p: f.native, token: "azure-native:containerregistry:Registry", name: "images",
		inputs: props("resourceGroupName", rg, "sku", object{"name": "Basic"}),
		later:  props("resourceGroupName", rg, "sku", object{"name": "Standard"}, "adminUserEnabled", false),
	})
	workspace := f.create(scenario{
		p: f.native, token: "azure-native:operationalinsights:Workspace", name: "logs",
		inputs: props("resourceGroupName", rg), later: props("resourceGroupName", rg, "retentionInDays", 90.0),
	})
	server := f.create(scenario{
		p: f.native, token: "azure-native:sql:Server", name: "db",
		inputs: props("resourceGroupName", rg, "administratorLogin", "boss", "administratorLoginPassword", "S3cret!enough"),
		later:  props("resourceGroupName", rg, "administratorLogin", "boss", "administratorLoginPassword", "An0ther!secret", "minimalTlsVersion", "1.2"),
		unread: []string{"administratorLoginPassword"},
	})
	sid := "22222222-3333-4444-8555-666666666666"
	administrator := props("resourceGroupName", rg, "serverName", server.text("name"), "administratorName", "ActiveDirectory",
		"administratorType", "ActiveDirectory", "login", "dba", "sid", sid)
	admin := f.create(scenario{
		p: f.native, token: "azure-native:sql:ServerAzureADAdministrator", name: "admin",
		inputs: administrator, later: merge(administrator, "login", "app"),
	})
	in := func(name string, m *existing) resource.PropertyMap {
		return props("resourceGroupName", rg, name, m.text("name"))
	}
	for reason, c := range map[string]struct {
		token, property, want string
		args                  resource.PropertyMap
	}{
		"a storage account":         {"azure-native:storage:getStorageAccount", "id", string(storage.id), in("accountName", storage)},
		"a registry":                {"azure-native:containerregistry:getRegistry", "loginServer", registry.text("name") + ".azurecr.io", in("registryName", registry)},
		"a workspace":               {"azure-native:operationalinsights:getWorkspace", "customerId", workspace.text("customerId"), in("workspaceName", workspace)},
		"a server":                  {"azure-native:sql:getServer", "fullyQualifiedDomainName", server.text("name") + ".database.windows.net", in("serverName", server)},
		"the administrator of one":  {"azure-native:sql:getServerAzureADAdministrator", "sid", sid, merge(in("serverName", server), "administratorName", "ActiveDirectory")},
		"its administrator's login": {"azure-native:sql:getServerAzureADAdministrator", "login", "app", merge(in("serverName", server), "administratorName", "ActiveDirectory")},
	} {
		if got := f.invoke(c.token, c.args)[resource.PropertyKey(c.property)]; got.V != c.want {
			t.Errorf("%s: %s is %v, want %s", reason, c.property, got, c.want)
		}
	}
	if got := f.invoke("azure-native:sql:getServer", in("serverName", server)); got.HasValue("administrators") {
		t.Errorf("a server shows administrators without a request for them: %v", got)
	}
	expanded := f.invoke("azure-native:sql:getServer", merge(in("serverName", server), "expand", "administrators/activedirectory"))
	if !expanded.HasValue("administrators") || expanded["administrators"].ObjectValue()["login"].V != "app" {
		t.Errorf("a server does not show its administrator on request: %v", expanded)
	}
	for _, m := range []*existing{admin, server, workspace, registry, storage, group} {
		f.remove(m)
	}
}

// TestCustomRole creates a custom role and its assignment. The definition is read as it was
// written, and a second update changes nothing.
func TestCustomRole(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{
		p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope"),
	})
	definition := props("scope", string(group.id), "roleName", "Reads secrets", "roleType", "CustomRole", "description", "d",
		"assignableScopes", []any{string(group.id)},
		"permissions", []any{object{"actions": []any{"Microsoft.KeyVault/vaults/read"}, "dataActions": []any{"Microsoft.KeyVault/vaults/secrets/getSecret/action"}}})
	role := f.create(scenario{
		p: f.native, token: "azure-native:authorization:RoleDefinition", name: "role",
		inputs: definition, later: merge(definition, "description", "reads the secrets of a vault"),
	})
	if want := "/subscriptions/" + f.subscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/" + role.text("name"); string(role.id) != want {
		t.Errorf("id %s, want %s", role.id, want)
	}
	diff := plugin.DiffRequest{ID: role.id, OldInputs: role.checked, NewInputs: f.check(role.scenario, role.later, role.checked), OldOutputs: role.outputs}
	diff.URN, diff.Name, diff.Type = role.urn()
	if again, err := f.native.Diff(t.Context(), diff); err != nil || again.Changes != plugin.DiffNone {
		t.Errorf("the same role again: %v %+v", err, again)
	}
	assignment := f.create(scenario{
		p: f.native, token: "azure-native:authorization:RoleAssignment", name: "assignment",
		inputs: props("scope", string(group.id), "principalId", f.account.Deployer.ObjectID, "principalType", "ServicePrincipal",
			"roleDefinitionId", string(role.id), "condition", "!(ActionMatches{'Microsoft.KeyVault/vaults/read'})", "conditionVersion", "2.0"),
	})
	del := plugin.DeleteRequest{ID: role.id, Inputs: role.checked, Outputs: role.outputs}
	del.URN, del.Name, del.Type = role.urn()
	if _, err := f.native.Delete(t.Context(), del); err == nil || !strings.Contains(err.Error(), "RoleDefinitionHasAssignments") {
		t.Errorf("deleting a role that is assigned: %v", err)
	}
	for _, m := range []*existing{assignment, role, group} {
		f.remove(m)
	}
}

func TestAccessPolicies(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{
		p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope"),
	})
	rg := group.text("name")
	vault := f.create(scenario{
		p: f.native, token: "azure-native:keyvault:Vault", name: "vault",
		inputs: props("resourceGroupName", rg, "properties", object{
			"tenantId": f.account.TenantID, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": false,
		}),
	})
	policy := func(objectID string, permissions ...any) resource.PropertyMap {
		return props("resourceGroupName", rg, "vaultName", vault.text("name"), "policy", object{
			"tenantId": f.account.TenantID, "objectId": objectID, "permissions": object{"secrets": permissions},
		})
	}
	a, b := "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
	policyOf := func(name, objectID string) scenario {
		return scenario{
			p: f.native, token: "azure-native:keyvault:AccessPolicy", name: name, noImport: true,
			inputs: policy(objectID, "get"), later: policy(objectID, "get", "list"),
		}
	}
	first, second := f.create(policyOf("first", a)), f.create(policyOf("second", b))
	if first.id != second.id || !strings.HasSuffix(string(first.id), "/vaults/"+vault.text("name")+"/accessPolicy") {
		t.Errorf("ids %s and %s", first.id, second.id)
	}
	again := policyOf("again", a)
	req := plugin.CreateRequest{Properties: f.check(again, again.inputs, nil)}
	req.URN, req.Name, req.Type = again.urn()
	if _, err := f.native.Create(t.Context(), req); err == nil || !strings.Contains(err.Error(), "access policy for "+a+" already exists") {
		t.Errorf("a second policy for one principal: %v", err)
	}
	moved := plugin.UpdateRequest{ID: first.id, OldInputs: first.checked, OldOutputs: first.outputs, NewInputs: policy("cccccccc-0000-4000-8000-000000000003", "get")}
	moved.URN, moved.Name, moved.Type = first.urn()
	if _, err := f.native.Update(t.Context(), moved); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("another principal, in place: %v", err)
	}
	imported := plugin.ReadRequest{ID: first.id}
	imported.URN, imported.Name, imported.Type = first.urn()
	if _, err := f.native.Read(t.Context(), imported); err == nil || !strings.Contains(err.Error(), "cannot be imported") {
		t.Errorf("an import: %v", err)
	}
	seen := f.read(vault, vault.checked, vault.outputs)
	if diff := cmp.Diff(value.Bare(vault.checked).Mappable(), value.Bare(seen.Inputs).Mappable()); diff != "" {
		t.Errorf("policies that the vault's program does not list are drift (-want +got)\n%s", diff)
	}
	if list := value.Bare(seen.Outputs)["properties"].ObjectValue()["accessPolicies"]; !list.IsArray() || len(list.ArrayValue()) > 0 {
		t.Errorf("policies that the vault's program does not list are shown by a refresh: %v", list)
	}
	f.update(vault, merge(vault.checked, "tags", object{"team": "a"}))
	f.refresh(second, "after the vault changed")
	f.remove(first)
	f.refresh(second, "after the other was removed")
	f.remove(second)
	del := plugin.DeleteRequest{ID: first.id, Inputs: first.checked, Outputs: first.outputs}
	del.URN, del.Name, del.Type = first.urn()
	f.remove(vault)
	if _, err := f.native.Delete(t.Context(), del); err == nil || !strings.Contains(err.Error(), "Status=404") {
		t.Errorf("a policy of a deleted vault: %v", err)
	}
	f.remove(group)
}

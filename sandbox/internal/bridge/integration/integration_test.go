package integration

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

const audience = "api://AzureADTokenExchange"

func TestEveryAzureNativeType(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{
		p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg",
		inputs: props("location", "westeurope"), later: props("location", "westeurope", "tags", object{"team": "a"}),
	})
	rg := group.text("name")
	identity := f.create(scenario{
		p: f.native, token: "azure-native:managedidentity:UserAssignedIdentity", name: "id",
		inputs: props("resourceGroupName", rg), later: props("resourceGroupName", rg, "tags", object{"team": "a"}),
	})
	if identity.text("location") != "westeurope" {
		t.Errorf("the identity is in %q, not where its group is", identity.text("location"))
	}
	pool := object{"name": "system", "mode": "System", "count": 1.0, "vmSize": "Standard_D2s_v5", "osType": "Linux"}
	cluster := f.create(scenario{
		p: f.native, token: "azure-native:containerservice:ManagedCluster", name: "aks",
		inputs: props("resourceGroupName", rg, "dnsPrefix", "aks", "identity", object{"type": "SystemAssigned"},
			"agentPoolProfiles", []any{pool}, "oidcIssuerProfile", object{"enabled": true}),
		later: props("resourceGroupName", rg, "dnsPrefix", "aks", "identity", object{"type": "SystemAssigned"},
			"agentPoolProfiles", []any{pool}, "oidcIssuerProfile", object{"enabled": true},
			"securityProfile", object{"workloadIdentity": object{"enabled": true}}),
	})
	issuer := cluster.outputs["oidcIssuerProfile"].ObjectValue()["issuerURL"].StringValue()
	if !strings.HasPrefix(issuer, "https://westeurope.oic.prod-aks.azure.com/") || !strings.HasSuffix(issuer, "/") {
		t.Errorf("issuer %q", issuer)
	}
	agents := f.create(scenario{
		p: f.native, token: "azure-native:containerservice:AgentPool", name: "user",
		inputs: props("resourceGroupName", rg, "resourceName", cluster.text("name"), "vmSize", "Standard_D2s_v5",
			"count", 1.0, "mode", "User", "osType", "Linux"),
		later: props("resourceGroupName", rg, "resourceName", cluster.text("name"), "vmSize", "Standard_D2s_v5",
			"count", 2.0, "mode", "User", "osType", "Linux"),
	})
	credential := f.create(scenario{
		p: f.native, token: "azure-native:managedidentity:FederatedIdentityCredential", name: "fic",
		inputs: props("resourceGroupName", rg, "resourceName", identity.text("name"), "issuer", issuer,
			"subject", "system:serviceaccount:a:b", "audiences", []any{audience}),
		later: props("resourceGroupName", rg, "resourceName", identity.text("name"), "issuer", issuer,
			"subject", "system:serviceaccount:a:c", "audiences", []any{audience}),
	})
	vault := f.create(scenario{
		p: f.native, token: "azure-native:keyvault:Vault", name: "vault",
		inputs: props("resourceGroupName", rg, "properties", object{
			"tenantId": f.account.TenantID, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": true,
		}),
		later: props("resourceGroupName", rg, "tags", object{"team": "a"}, "properties", object{
			"tenantId": f.account.TenantID, "sku": object{"family": "A", "name": "standard"}, "enableRbacAuthorization": true,
		}),
	})
	role := "/subscriptions/" + f.subscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/"
	grant := func(name, principal, definition string) *existing {
		return f.create(scenario{
			p: f.native, token: "azure-native:authorization:RoleAssignment", name: name,
			inputs: props("scope", string(vault.id), "principalId", principal, "principalType", "ServicePrincipal",
				"roleDefinitionId", role+definition),
		})
	}
	reader := grant("reader", identity.text("principalId"), "4633458b-17de-408a-b874-0445c86b69e6")
	officer := grant("officer", f.account.Deployer.ObjectID, "b86a8fe4-44ce-4948-aee5-eccb2c155cd7")
	secret := f.create(scenario{
		p: f.native, token: "azure-native:keyvault:Secret", name: "secret",
		inputs: props("resourceGroupName", rg, "vaultName", vault.text("name"), "properties", object{"value": "hush-hush"}),
		later:  props("resourceGroupName", rg, "vaultName", vault.text("name"), "properties", object{"value": "still"}),
	})
	// The value is in the copy of the inputs, which is secret as a whole, and nowhere else.
	shown := secret.outputs.Copy()
	if !shown["__inputs"].IsSecret() {
		t.Error("the inputs in the state are not secret")
	}
	delete(shown, "__inputs")
	if strings.Contains(resource.NewObjectProperty(value.Bare(shown)).String(), "still") {
		t.Errorf("the secret's value is among the outputs: %v", shown)
	}
	f.functions(rg, cluster, vault, identity)
	for _, m := range []*existing{secret, reader, officer, credential, agents, cluster, vault, identity, group} {
		f.remove(m)
	}
}

func (f *fixture) functions(rg string, cluster, vault, identity *existing) {
	f.t.Helper()
	invoke := func(token string, args resource.PropertyMap) resource.PropertyMap {
		f.t.Helper()
		res, err := f.native.Invoke(f.t.Context(), plugin.InvokeRequest{Tok: tokensOf(token), Args: args})
		if err != nil || len(res.Failures) > 0 {
			f.t.Errorf("%s: %v %v", token, err, res.Failures)
			return nil
		}
		return value.Bare(res.Properties)
	}
	if got := invoke("azure-native:authorization:getClientConfig", nil)["objectId"]; got.V != f.account.Deployer.ObjectID {
		f.t.Errorf("getClientConfig returns %v, want %s", got, f.account.Deployer.ObjectID)
	}
	in := func(name string, m *existing) resource.PropertyMap {
		return props("resourceGroupName", rg, name, m.text("name"))
	}
	for token, args := range map[string]resource.PropertyMap{
		"azure-native:containerservice:getManagedCluster":      in("resourceName", cluster),
		"azure-native:keyvault:getVault":                       in("vaultName", vault),
		"azure-native:managedidentity:getUserAssignedIdentity": in("resourceName", identity),
		"azure-native:resources:getResourceGroup":              props("resourceGroupName", rg),
	} {
		if got := invoke(token, args); !strings.HasPrefix(got["id"].StringValue(), "/subscriptions/"+f.subscriptionID) {
			f.t.Errorf("%s: %v", token, got)
		}
	}
	definition := invoke("azure-native:authorization:getRoleDefinition", props(
		"scope", "subscriptions/"+f.subscriptionID, "roleDefinitionId", "4633458b-17de-408a-b874-0445c86b69e6"))
	if definition["roleName"].V != "Key Vault Secrets User" || definition["roleType"].V != "BuiltInRole" {
		f.t.Errorf("getRoleDefinition: %v", definition)
	}
	for _, kind := range []string{"User", "Admin"} {
		got := invoke("azure-native:containerservice:listManagedCluster"+kind+"Credentials", in("resourceName", cluster))
		if len(got["kubeconfigs"].ArrayValue()) == 0 {
			f.t.Errorf("no %s credentials", kind)
		}
	}
}

func TestAzureRefusesThroughTheBridge(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{
		p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope"),
	})
	l := scenario{
		p: f.native, token: "azure-native:managedidentity:FederatedIdentityCredential", name: "fic",
		inputs: props("resourceGroupName", group.text("name"), "resourceName", "none", "issuer", "https://i/",
			"subject", "s", "audiences", []any{audience}),
	}
	req := plugin.CreateRequest{Properties: f.check(l, l.inputs, nil)}
	req.URN, req.Name, req.Type = l.urn()
	_, err := l.p.Create(t.Context(), req)
	if err == nil || !strings.Contains(err.Error(), "Status=404") || !strings.Contains(err.Error(), "Message=") {
		t.Errorf("a credential without its identity: %v", err)
	}
}

func TestEveryAzureADType(t *testing.T) {
	f := newFixture(t)
	app := f.create(scenario{
		p: f.entra, token: "azuread:index/application:Application", name: "app",
		inputs: props("displayName", "app"), later: props("displayName", "renamed"),
	})
	principal := f.create(scenario{
		p: f.entra, token: "azuread:index/servicePrincipal:ServicePrincipal", name: "sp",
		inputs: props("clientId", app.text("clientId")),
	})
	fic := f.create(scenario{
		p: f.entra, token: "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
		name: "fic",
		inputs: props("applicationId", string(app.id), "displayName", "fic", "issuer", "https://i.example/", "subject", "s",
			"audiences", []any{audience}),
		later: props("applicationId", string(app.id), "displayName", "fic", "issuer", "https://i.example/", "subject", "t",
			"audiences", []any{audience}, "description", "d"),
	})
	who, err := f.entra.Invoke(t.Context(), plugin.InvokeRequest{Tok: "azuread:index/getClientConfig:getClientConfig"})
	if err != nil || who.Properties["objectId"].V != f.account.Deployer.ObjectID {
		t.Errorf("getClientConfig: %v %v", who.Properties, err)
	}
	for _, m := range []*existing{fic, principal, app} {
		f.remove(m)
	}
}

func TestPasswordsCanBePreviewedOnly(t *testing.T) {
	f := newFixture(t)
	app := f.create(scenario{
		p: f.entra, token: "azuread:index/application:Application", name: "app", inputs: props("displayName", "app"),
	})
	principal := f.create(scenario{
		p: f.entra, token: "azuread:index/servicePrincipal:ServicePrincipal", name: "sp", inputs: props("clientId", app.text("clientId")),
	})
	l := scenario{
		p: f.entra, token: "azuread:index/servicePrincipalPassword:ServicePrincipalPassword", name: "password",
		inputs: props("servicePrincipalId", string(principal.id)),
	}
	req := plugin.CreateRequest{Properties: f.check(l, l.inputs, nil), Preview: true}
	req.URN, req.Name, req.Type = l.urn()
	if _, err := l.p.Create(t.Context(), req); err != nil {
		t.Errorf("policies never see the password, because its preview fails: %v", err)
	}
	req.Preview = false
	_, err := l.p.Create(t.Context(), req)
	if err == nil || !strings.Contains(err.Error(), "never creates passwords") {
		t.Errorf("a password: %v", err)
	}
}

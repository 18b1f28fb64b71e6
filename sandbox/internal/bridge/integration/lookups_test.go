package integration

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// TestLookupsInTheDirectory looks up an application and its principal, and the principal of a
// managed identity, which has no application.
func TestLookupsInTheDirectory(t *testing.T) {
	f := newFixture(t)
	app := f.create(scenario{p: f.entra, token: "azuread:index/application:Application", name: "app", inputs: props("displayName", "shop and 'web'")})
	principal := f.create(scenario{p: f.entra, token: "azuread:index/servicePrincipal:ServicePrincipal", name: "sp", inputs: props("clientId", app.text("clientId"))})
	group := f.create(scenario{p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope")})
	identity := f.create(scenario{
		p: f.native, token: "azure-native:managedidentity:UserAssignedIdentity", name: "id", inputs: props("resourceGroupName", group.text("name")),
	})
	invoke := func(kind string, pairs ...any) (resource.PropertyMap, error) {
		res, err := f.entra.Invoke(t.Context(), plugin.InvokeRequest{Tok: tokensOf("azuread:index/get" + kind + ":get" + kind), Args: props(pairs...)})
		return value.Bare(res.Properties), err
	}
	for _, by := range [][]any{{"clientId", app.text("clientId")}, {"objectId", app.text("objectId")}, {"displayName", "shop and 'web'"}} {
		if got, err := invoke("Application", by...); err != nil || got["id"].V != string(app.id) || got["clientId"].V != app.text("clientId") {
			t.Errorf("getApplication by %v: %v %v", by, got, err)
		}
	}
	for _, by := range [][]any{{"clientId", app.text("clientId")}, {"objectId", principal.text("objectId")}} {
		if got, err := invoke("ServicePrincipal", by...); err != nil || got["objectId"].V != string(principal.id) || got["type"].V != "Application" {
			t.Errorf("getServicePrincipal by %v: %v %v", by, got, err)
		}
	}
	managed, err := invoke("ServicePrincipal", "clientId", identity.text("clientId"))
	if err != nil || managed["objectId"].V != identity.text("principalId") || managed["type"].V != "ManagedIdentity" {
		t.Errorf("the principal of a managed identity: %v %v", managed, err)
	}
	if _, err := invoke("Application", "clientId", identity.text("clientId")); err == nil || !strings.Contains(err.Error(), "Application not found") {
		t.Errorf("the application of a managed identity: %v", err)
	}
}

package native

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
)

func TestFunctions(t *testing.T) {
	fake := newFakeARM()
	fake.resources[strings.ToLower(groupID)] = map[string]any{
		"id": groupID, "name": "rg", "location": "westeurope", "properties": map[string]any{"provisioningState": "Succeeded"},
	}
	p := provider(t, fake, "", nil)
	who, err := p.Invoke(t.Context(), plugin.InvokeRequest{Tok: "azure-native:authorization:getClientConfig"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"clientId": bridgetest.Client, "tenantId": bridgetest.Tenant,
		"subscriptionId": bridgetest.Subscription, "objectId": bridgetest.Object,
	}
	if diff := cmp.Diff(want, who.Properties.Mappable()); diff != "" {
		t.Errorf("getClientConfig (-want +got)\n%s", diff)
	}
	group, err := p.Invoke(t.Context(), plugin.InvokeRequest{
		Tok: "azure-native:resources:getResourceGroup", Args: props("resourceGroupName", "rg"),
	})
	if err != nil || group.Properties["id"].V != groupID || group.Properties["location"].V != "westeurope" {
		t.Errorf("getResourceGroup: %v %v", group.Properties, err)
	}
	credentials, err := p.Invoke(t.Context(), plugin.InvokeRequest{
		Tok:  "azure-native:containerservice:listManagedClusterUserCredentials",
		Args: props("resourceGroupName", "rg", "resourceName", "c", "serverFqdn", "public"),
	})
	if err != nil || !credentials.Properties["kubeconfigs"].IsArray() || len(credentials.Properties) != 1 {
		t.Errorf("credentials: %v %v", credentials.Properties, err)
	}
	wrong, err := p.Invoke(t.Context(), plugin.InvokeRequest{
		Tok: "azure-native:keyvault:getVault", Args: props("vault", "v"),
	})
	if err != nil || len(wrong.Failures) != 3 {
		t.Errorf("getVault with a wrong argument: %v %v", wrong.Failures, err)
	}
	_, err = p.Invoke(t.Context(), plugin.InvokeRequest{
		Tok: "azure-native:resources:getResourceGroup", Args: props("resourceGroupName", "none"),
	})
	if err == nil || !strings.Contains(err.Error(), `Code="ResourceNotFound"`) {
		t.Errorf("a group that does not exist: %v", err)
	}
}

func TestErrorWithoutCredentialsHasARemedy(t *testing.T) {
	p, err := New(bridge.Options{Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: props("clientId", "x")})
	if err == nil || !strings.Contains(err.Error(), "sandbox run -- pulumi up") ||
		!strings.Contains(err.Error(), "ARM_OIDC_TOKEN_FILE_PATH, ARM_SUBSCRIPTION_ID, ARM_TENANT_ID, ARM_USE_OIDC=true not set") {
		t.Errorf("got %v", err)
	}
	res, err := create(t, p, groupToken, "g", props("resourceGroupName", "rg"), false)
	if err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("an unconfigured provider created %v", res)
	}
	bad, err := p.CheckConfig(t.Context(), plugin.CheckConfigRequest{News: props("locaton", "x", "version", "2.92.3")})
	if err != nil || len(bad.Failures) != 1 || !strings.Contains(bad.Failures[0].Reason, "'locaton'") {
		t.Errorf("a misspelt setting: %v %v", bad.Failures, err)
	}
}

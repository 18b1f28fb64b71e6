package native

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
)

const groupID = "/subscriptions/" + bridgetest.Subscription + "/resourceGroups/rg"

var cluster = props("resourceGroupName", "rg", "resourceName", "c", "location", "westeurope", "dnsPrefix", "d",
	"oidcIssuerProfile", props("enabled", true),
	"identity", props("type", "UserAssigned", "userAssignedIdentities", []any{"/id/a"}),
	"autoScalerProfile", props("scanInterval", "10s", "balanceSimilarNodeGroups", "true"),
	"sku", props("name", "Base", "tier", "Free"), "tags", props("team", "a"))

const clusterID = groupID + "/providers/Microsoft.ContainerService/managedClusters/c"

// fillIn adds what a service adds: a default and read-only values.
func fillIn(id string, doc map[string]any) {
	properties, ok := doc["properties"].(map[string]any)
	if !ok {
		properties = map[string]any{}
		doc["properties"] = properties
	}
	properties["provisioningState"] = "Succeeded"
	if strings.Contains(id, "managedclusters") {
		properties["enableRBAC"] = true
		properties["oidcIssuerProfile"] = map[string]any{"enabled": true, "issuerURL": "https://issuer/"}
		if identity, ok := doc["identity"].(map[string]any); ok {
			identity["userAssignedIdentities"] = map[string]any{"/id/a": map[string]any{"clientId": "1"}}
		}
	}
}

func create(t *testing.T, p plugin.Provider, token, name string, inputs resource.PropertyMap, preview bool) (plugin.CreateResponse, error) {
	t.Helper()
	req := plugin.CreateRequest{Properties: inputs, Preview: preview}
	req.URN, req.Name, req.Type = urnOf(token, name)
	return p.Create(t.Context(), req)
}

func TestCreateSendsWhatAzureExpectsAndReadsItBack(t *testing.T) {
	fake := newFakeARM()
	fake.polls, fake.after = 3, fillIn
	p := provider(t, fake, "", nil)
	res, err := create(t, p, clusterToken, "c", cluster, false)
	if err != nil {
		t.Fatal(err)
	}
	doc := fake.resources[strings.ToLower(clusterID)]
	want := map[string]any{
		"id": clusterID, "name": "c", "type": "Fake/type", "location": "westeurope",
		"sku": map[string]any{"name": "Base", "tier": "Free"}, "tags": map[string]any{"team": "a"},
		"identity": map[string]any{"type": "UserAssigned", "userAssignedIdentities": map[string]any{"/id/a": map[string]any{"clientId": "1"}}},
		"properties": map[string]any{
			"dnsPrefix": "d", "enableRBAC": true, "provisioningState": "Succeeded",
			"oidcIssuerProfile": map[string]any{"enabled": true, "issuerURL": "https://issuer/"},
			"autoScalerProfile": map[string]any{"scan-interval": "10s", "balance-similar-node-groups": "true"},
		},
	}
	if diff := cmp.Diff(want, doc); diff != "" {
		t.Errorf("body (-want +got)\n%s", diff)
	}
	got := res.Properties
	issuer := got["oidcIssuerProfile"].ObjectValue()["issuerURL"].StringValue()
	scan := got["autoScalerProfile"].ObjectValue()["scanInterval"].StringValue()
	_, hasGroup := got["resourceGroupName"]
	if string(res.ID) != clusterID || issuer != "https://issuer/" || scan != "10s" || hasGroup {
		t.Errorf("id %s, issuer %s, interval %s, outputs %v", res.ID, issuer, scan, got)
	}
	if n := fake.count("GET /operations"); n != 3 {
		t.Errorf("the operation was asked for %d times, want 3", n)
	}
}

func TestPreviewShowsUnknownsAtEveryLevel(t *testing.T) {
	fake := newFakeARM()
	p := provider(t, fake, "", nil)
	res, err := create(t, p, clusterToken, "c", cluster, true)
	if err != nil {
		t.Fatal(err)
	}
	profile := res.Properties["oidcIssuerProfile"].ObjectValue()
	if !profile["enabled"].IsBool() || !profile["issuerURL"].IsComputed() || !res.Properties["fqdn"].IsComputed() {
		t.Errorf("outputs: %v", res.Properties)
	}
	if !res.Properties["identity"].ObjectValue()["userAssignedIdentities"].IsComputed() {
		t.Error("the list of identities must be unknown, because Azure returns an object")
	}
	if len(fake.requests) != 0 {
		t.Errorf("a preview sent requests to Azure: %v", fake.requests)
	}
	req := plugin.UpdateRequest{ID: "i", NewInputs: cluster, Preview: true, OldOutputs: props("name", "c", "location", "westeurope", "fqdn", "f")}
	req.URN, req.Name, req.Type = urnOf(clusterToken, "c")
	up, err := p.Update(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if up.Properties["name"].V != "c" || !up.Properties["fqdn"].IsComputed() {
		t.Errorf("outputs of an update's preview: %v", up.Properties)
	}
}

func TestVaultIsCreatedWithAListOfPoliciesAndKeepsIt(t *testing.T) {
	fake := newFakeARM()
	p := provider(t, fake, "", nil)
	inputs := props("resourceGroupName", "rg", "vaultName", "vault", "location", "westeurope",
		"properties", props("tenantId", "t", "sku", props("family", "A", "name", "standard")))
	created, err := create(t, p, vaultToken, "v", inputs, false)
	if err != nil {
		t.Fatal(err)
	}
	doc := fake.resources[strings.ToLower(string(created.ID))]
	properties := doc["properties"].(map[string]any)
	if diff := cmp.Diff([]any{}, properties["accessPolicies"]); diff != "" {
		t.Errorf("a new vault's policies %s", diff)
	}
	properties["accessPolicies"] = []any{map[string]any{"objectId": "by hand"}}
	req := plugin.UpdateRequest{ID: created.ID, OldInputs: inputs, NewInputs: inputs, OldOutputs: created.Properties}
	req.URN, req.Name, req.Type = urnOf(vaultToken, "v")
	if _, err := p.Update(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	properties = fake.resources[strings.ToLower(string(created.ID))]["properties"].(map[string]any)
	if diff := cmp.Diff([]any{map[string]any{"objectId": "by hand"}}, properties["accessPolicies"]); diff != "" {
		t.Errorf("an update lost the policies %s", diff)
	}
}

func TestDeleteWaitsAndAcceptsAMissingResource(t *testing.T) {
	fake := newFakeARM()
	fake.polls = 2
	fake.resources[strings.ToLower(groupID)] = map[string]any{"id": groupID}
	p := provider(t, fake, "", nil)
	req := plugin.DeleteRequest{ID: groupID}
	req.URN, req.Name, req.Type = urnOf(groupToken, "g")
	for range 2 {
		if _, err := p.Delete(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if n := fake.count("GET /operations"); n != 2 {
		t.Errorf("the operation was asked for %d times, want 2", n)
	}
}

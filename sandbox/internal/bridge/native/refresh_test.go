package native

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func read(t *testing.T, p plugin.Provider, token string, id resource.ID, inputs, state resource.PropertyMap) plugin.ReadResponse {
	t.Helper()
	req := plugin.ReadRequest{ID: id, Inputs: inputs, State: state}
	req.URN, req.Name, req.Type = urnOf(token, "c")
	res, err := p.Read(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestReadReturnsDriftOnly(t *testing.T) {
	fake := newFakeARM()
	fake.after = fillIn
	p := provider(t, fake, "", nil)
	created, err := create(t, p, clusterToken, "c", cluster, false)
	if err != nil {
		t.Fatal(err)
	}
	res := read(t, p, clusterToken, created.ID, cluster, created.Properties)
	if diff := cmp.Diff(cluster.Mappable(), res.Inputs.Mappable()); diff != "" {
		t.Errorf("a refresh without drift changes the inputs (-want +got)\n%s", diff)
	}
	doc := fake.resources[strings.ToLower(clusterID)]
	doc["tags"] = map[string]any{"team": "b", "by": "hand"}
	doc["properties"].(map[string]any)["kubernetesVersion"] = "1.34"
	doc["properties"].(map[string]any)["fqdn"] = "new"
	res = read(t, p, clusterToken, created.ID, cluster, created.Properties)
	want := cluster.Copy()
	want["tags"], want["kubernetesVersion"] = prop(props("team", "b", "by", "hand")), prop("1.34")
	if diff := cmp.Diff(want.Mappable(), res.Inputs.Mappable()); diff != "" {
		t.Errorf("drift (-want +got)\n%s", diff)
	}
	if res.Outputs["fqdn"].V != "new" {
		t.Error("outputs are not the live ones")
	}
	delete(fake.resources, strings.ToLower(clusterID))
	if res := read(t, p, clusterToken, created.ID, cluster, created.Properties); res.ID != "" {
		t.Error("a resource that does not exist must be read as an empty ID")
	}
}

func TestReadImports(t *testing.T) {
	fake := newFakeARM()
	id := groupID + "/providers/Microsoft.ContainerService/managedClusters/c/agentPools/p"
	fake.resources[strings.ToLower(id)] = map[string]any{
		"id": id, "name": "p", "type": "Microsoft.ContainerService/managedClusters/agentPools",
		"properties": map[string]any{"type": "VirtualMachineScaleSets", "count": 3.0, "provisioningState": "Succeeded"},
	}
	p := provider(t, fake, "", nil)
	res := read(t, p, poolToken, resource.ID(id), nil, nil)
	want := map[string]any{
		"resourceGroupName": "rg", "resourceName": "c", "agentPoolName": "p", "count": 3.0, "type": "VirtualMachineScaleSets",
	}
	if diff := cmp.Diff(want, res.Inputs.Mappable()); diff != "" {
		t.Errorf("inputs (-want +got)\n%s", diff)
	}
	if res.Outputs["type"].V != "Microsoft.ContainerService/managedClusters/agentPools" {
		t.Errorf("type is %v", res.Outputs["type"])
	}
}

func TestValueOfASecretIsKeptAndNotAnOutput(t *testing.T) {
	fake := newFakeARM()
	fake.after = func(_ string, doc map[string]any) {
		properties := doc["properties"].(map[string]any)
		if properties["value"] != "hush" {
			t.Errorf("Azure got %v", properties)
		}
		delete(properties, "value")
		properties["secretUri"] = "https://vault/secrets/s"
	}
	p := provider(t, fake, "", nil)
	inputs := props("resourceGroupName", "rg", "vaultName", "vault", "secretName", "s",
		"properties", props("value", resource.MakeSecret(prop("hush"))))
	created, err := create(t, p, secretToken, "s", inputs, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, shown := created.Properties["properties"].ObjectValue()["value"]; shown {
		t.Error("the value is among the outputs")
	}
	res := read(t, p, secretToken, created.ID, inputs, created.Properties)
	kept := res.Inputs["properties"].ObjectValue()["value"]
	if kept.V != "hush" {
		t.Errorf("after a refresh the value is %v", kept)
	}
}

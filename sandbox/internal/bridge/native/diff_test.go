package native

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

func TestDiff(t *testing.T) {
	p := provider(t, newFakeARM(), "", nil)
	secret := func(v any) resource.PropertyValue { return resource.MakeSecret(prop(v)) }
	random := []any{"__createBeforeDelete", true}
	with := func(pairs []any, more ...any) resource.PropertyMap {
		return props(append(append([]any{}, pairs...), more...)...)
	}
	for name, tc := range map[string]struct {
		token                string
		olds, news, outputs  resource.PropertyMap
		want                 map[string]string
		deleteBeforeReplaced bool
	}{
		"no change: one side is secret, and the region is written differently": {
			token: identityToken,
			olds:  props("resourceGroupName", "rg", "location", "West Europe", "tags", props("a", secret("1"))),
			news:  props("resourceGroupName", "RG", "location", "westeurope", "tags", props("a", "1")),
		},
		"tags change in place": {
			token: identityToken,
			olds:  props("tags", props("a", "1", "b", "2")), news: props("tags", props("a", "3", "c/d", "4")),
			want: map[string]string{"tags.a": "update", "tags.b": "delete", `tags["c/d"]`: "add"},
		},
		"another region replaces an identity; with a random name the new one is created first": {
			token: identityToken, olds: with(random, "location", "westeurope"), news: with(random, "location", "eastus"),
			want: map[string]string{"location": "update-replace"},
		},
		"with a name that the program chose the old one is deleted first": {
			token: identityToken, olds: props("resourceName", "a"), news: props("resourceName", "b"),
			want: map[string]string{"resourceName": "update-replace"}, deleteBeforeReplaced: true,
		},
		"an unknown issuer is an update of the credential, not a replacement": {
			token: credentialToken, olds: props("issuer", "https://a/"), news: props("issuer", value.Unknown()),
			want: map[string]string{"issuer": "update"},
		},
		"subject and audiences change in place": {
			token: credentialToken,
			olds:  props("subject", "a", "audiences", []any{"x"}), news: props("subject", "b", "audiences", []any{"y", "z"}),
			want: map[string]string{"subject": "update", "audiences[0]": "update", "audiences[1]": "add"},
		},
		"principal and scope replace a role assignment, the role does not": {
			token: roleToken,
			olds:  with(random, "principalId", "a", "scope", "/s/1", "roleDefinitionId", "r"),
			news:  with(random, "principalId", "b", "scope", "/s/2", "roleDefinitionId", "q"),
			want:  map[string]string{"principalId": "update-replace", "scope": "update-replace", "roleDefinitionId": "update"},
		},
		"the DNS prefix replaces a cluster, its version does not": {
			token: clusterToken,
			olds:  with(random, "dnsPrefix", "a", "kubernetesVersion", "1.33"),
			news:  with(random, "dnsPrefix", "b", "kubernetesVersion", "1.34"),
			want:  map[string]string{"dnsPrefix": "update-replace", "kubernetesVersion": "update"},
		},
		"any change in the network profile replaces a cluster": {
			token: clusterToken,
			olds:  with(random, "networkProfile", props("podCidrs", []any{"a"}, "loadBalancerProfile", props("idleTimeoutInMinutes", 4.0))),
			news: with(random, "networkProfile", props("podCidrs", []any{"b"}, "loadBalancerProfile", props("idleTimeoutInMinutes", 5.0),
				"networkPolicy", "cilium")),
			want: map[string]string{
				"networkProfile.podCidrs[0]":                              "update-replace",
				"networkProfile.loadBalancerProfile.idleTimeoutInMinutes": "update-replace",
				"networkProfile.networkPolicy":                            "add",
				"networkProfile":                                          "update-replace",
			},
		},
		"another api-version's token is the same resource; an input that its SDK does not send replaces it nevertheless": {
			token: clusterToken2025,
			olds:  with(random, "dnsPrefix", "a", "networkProfile", props("networkPlugin", "kubenet", "podCidr", "10.244.0.0/16")),
			news:  with(random, "dnsPrefix", "a", "networkProfile", props("podCidr", "10.244.0.0/16")),
			want:  map[string]string{"networkProfile.networkPlugin": "delete", "networkProfile": "update-replace"},
		},
		"another name replaces a maintenance configuration, another time does not": {
			token: maintenanceToken,
			olds:  props("configName", "default", "maintenanceWindow", props("durationHours", 4.0)),
			news:  props("configName", "aksManagedAutoUpgradeSchedule", "maintenanceWindow", props("durationHours", 5.0)),
			want:  map[string]string{"configName": "update-replace", "maintenanceWindow.durationHours": "update"}, deleteBeforeReplaced: true,
		},
		"an input with the value that Azure has chosen is an update, no replacement": {
			token: clusterToken, olds: props(), news: props("nodeResourceGroup", "MC_a", "dnsPrefix", "new"),
			outputs: props("nodeResourceGroup", "MC_a", "dnsPrefix", "old"),
			want:    map[string]string{"dnsPrefix": "add-replace", "nodeResourceGroup": "add"}, deleteBeforeReplaced: true,
		},
		"the size of a pool's machines replaces the pool": {
			token: poolToken, olds: props("vmSize", "a", "count", 1.0), news: props("vmSize", "b", "count", 2.0),
			want: map[string]string{"vmSize": "update-replace", "count": "update"}, deleteBeforeReplaced: true,
		},
		"the size of the machines in a cluster's list of pools does not replace the cluster": {
			token: clusterToken,
			olds:  props("agentPoolProfiles", []any{map[string]any{"name": "a", "vmSize": "x"}}),
			news:  props("agentPoolProfiles", []any{map[string]any{"name": "a", "vmSize": "y"}}),
			want:  map[string]string{"agentPoolProfiles[0].vmSize": "update"},
		},
		"the network profile of an inline pool replaces the cluster, by a coincidence of names": {
			token: clusterToken2025,
			olds:  with(random, "agentPoolProfiles", []any{map[string]any{"name": "a", "networkProfile": map[string]any{"allowedHostPorts": []any{"x"}}}}),
			news:  with(random, "agentPoolProfiles", []any{map[string]any{"name": "a", "networkProfile": map[string]any{"allowedHostPorts": []any{"y"}}}}),
			want:  map[string]string{"agentPoolProfiles[0].networkProfile.allowedHostPorts[0]": "update-replace"},
		},
		"the two names of a tier are the same": {
			token: clusterToken, olds: props("sku", props("name", "Basic", "tier", "Paid")), news: props("sku", props("name", "Base", "tier", "Standard")),
		},
		"another tier": {
			token: clusterToken, olds: props("sku", props("name", "Base", "tier", "Free")), news: props("sku", props("name", "Base", "tier", "Standard")),
			want: map[string]string{"sku.tier": "update"},
		},
		"an added default of the specification is no change": {
			token: poolToken, olds: props("count", 1.0), news: props("count", 1.0, "scaleSetPriority", "Regular"),
		},
		"the case of an ID up to its provider has no meaning, after it it has": {
			token: credentialToken,
			olds:  props("issuer", "/subscriptions/s/resourceGroups/rg/providers/Microsoft.X/things/a", "subject", "/subscriptions/s/resourceGroups/rg/providers/Microsoft.X/things/a"),
			news:  props("issuer", "/subscriptions/s/resourcegroups/RG/providers/microsoft.x/things/a", "subject", "/subscriptions/s/resourceGroups/rg/providers/Microsoft.X/things/A"),
			want:  map[string]string{"subject": "update"},
		},
		"a list with identifiers is a set": {
			token: vaultToken,
			olds:  props("properties", props("networkAcls", props("virtualNetworkRules", []any{map[string]any{"id": "a"}, map[string]any{"id": "b"}, map[string]any{"id": "c"}}))),
			news:  props("properties", props("networkAcls", props("virtualNetworkRules", []any{map[string]any{"id": "d"}, map[string]any{"id": "b"}, map[string]any{"id": "a"}}))),
			want: map[string]string{
				"properties.networkAcls.virtualNetworkRules[0]": "add", "properties.networkAcls.virtualNetworkRules[2]": "delete",
			},
		},
		"two elements with one identity: the list is compared by index": {
			token: vaultToken,
			olds:  props("properties", props("networkAcls", props("virtualNetworkRules", []any{map[string]any{"id": "a"}, map[string]any{"id": "a"}}))),
			news:  props("properties", props("networkAcls", props("virtualNetworkRules", []any{map[string]any{"id": "a"}, map[string]any{"id": "b"}}))),
			want:  map[string]string{"properties.networkAcls.virtualNetworkRules[1].id": "update"},
		},
		"a vault's region is sent to Azure, which refuses it": {
			token: vaultToken, olds: props("location", "a"), news: props("location", "b"),
			want: map[string]string{"location": "update"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := plugin.DiffRequest{ID: "id", OldInputs: tc.olds, NewInputs: tc.news, OldOutputs: tc.outputs}
			req.URN, req.Name, req.Type = urnOf(tc.token, "x")
			res, err := p.Diff(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for path, d := range res.DetailedDiff {
				got[path] = d.Kind.String()
			}
			if tc.want == nil {
				tc.want = map[string]string{}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if (res.Changes == plugin.DiffNone) != (len(tc.want) == 0) || res.DeleteBeforeReplace != tc.deleteBeforeReplaced {
				t.Errorf("changes %v, delete before replace %v", res.Changes, res.DeleteBeforeReplace)
			}
		})
	}
}

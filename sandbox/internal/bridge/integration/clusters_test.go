package integration

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

const containers2025 = "azure-native:containerservice/v20250101:"

// TestClusterTypesOf2025 tests the types of the later api-version.
func TestClusterTypesOf2025(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope")})
	rg := group.text("name")
	control := f.create(scenario{p: f.native, token: "azure-native:managedidentity:UserAssignedIdentity", name: "control", inputs: props("resourceGroupName", rg)})
	nodes := f.create(scenario{p: f.native, token: "azure-native:managedidentity:UserAssignedIdentity", name: "nodes", inputs: props("resourceGroupName", rg)})
	operator := f.create(scenario{
		p: f.native, token: "azure-native:authorization:RoleAssignment", name: "operator",
		inputs: props("scope", string(nodes.id), "principalId", control.text("principalId"), "principalType", "ServicePrincipal", "roleDefinitionId",
			"/subscriptions/"+f.subscriptionID+"/providers/Microsoft.Authorization/roleDefinitions/f1a07417-d97a-45cb-824c-7a7467783830"),
	})
	inputs := func(channel string) resource.PropertyMap {
		return props("resourceGroupName", rg, "dnsPrefix", "aks", "kubernetesVersion", "1.34", "supportPlan", "KubernetesOfficial",
			"identity", object{"type": "UserAssigned", "userAssignedIdentities": []any{string(control.id)}},
			"identityProfile", object{"kubeletidentity": object{
				"resourceId": string(nodes.id), "clientId": nodes.text("clientId"), "objectId": nodes.text("principalId"),
			}},
			"agentPoolProfiles", []any{object{
				"name": "system", "mode": "System", "count": 2.0, "vmSize": "Standard_D2s_v5", "osType": "Linux", "osSKU": "AzureLinux",
				"availabilityZones": []any{"1", "2"}, "maxPods": 250.0, "nodeTaints": []any{"CriticalAddonsOnly=true:NoSchedule"},
				"upgradeSettings": object{"maxSurge": "33%"},
			}},
			"networkProfile", object{
				"networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "cilium", "networkPolicy": "cilium",
				"podCidr": "10.244.0.0/16", "serviceCidr": "10.0.0.0/16", "dnsServiceIP": "10.0.0.10", "outboundType": "loadBalancer",
			},
			"apiServerAccessProfile", object{"enablePrivateCluster": true, "privateDNSZone": "system", "disableRunCommand": true},
			"aadProfile", object{"managed": true, "enableAzureRBAC": true, "adminGroupObjectIDs": []any{"3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a17"}},
			"disableLocalAccounts", true, "oidcIssuerProfile", object{"enabled": true},
			"addonProfiles", object{"azurepolicy": object{"enabled": true}, "azureKeyvaultSecretsProvider": object{
				"enabled": true, "config": object{"enableSecretRotation": "true", "rotationPollInterval": "2m"},
			}},
			"securityProfile", object{"imageCleaner": object{"enabled": true, "intervalHours": 48.0}, "workloadIdentity": object{"enabled": true}},
			"autoUpgradeProfile", object{"upgradeChannel": "patch", "nodeOSUpgradeChannel": channel})
	}
	cluster := f.create(scenario{p: f.native, token: containers2025 + "ManagedCluster", name: "aks", inputs: inputs("SecurityPatch"), later: inputs("NodeImage")})
	if !strings.HasSuffix(cluster.text("privateFQDN"), ".privatelink.westeurope.azmk8s.io") {
		t.Errorf("private name %q", cluster.text("privateFQDN"))
	}
	of := func(pairs ...any) resource.PropertyMap {
		return props(append([]any{"resourceGroupName", rg, "resourceName", cluster.text("name")}, pairs...)...)
	}
	spot := func(price float64, labels object) resource.PropertyMap {
		return of("agentPoolName", "spot", "vmSize", "Standard_D2s_v5", "mode", "User", "osType", "Linux", "scaleSetPriority", "Spot",
			"spotMaxPrice", price, "enableAutoScaling", true, "minCount", 0.0, "maxCount", 3.0, "nodeLabels", labels)
	}
	pool := f.create(scenario{p: f.native, token: containers2025 + "AgentPool", name: "spot", inputs: spot(-1, object{"a": "b"}), later: spot(-1, object{"a": "c"})})
	window := func(hours float64) resource.PropertyMap {
		return of("configName", "aksManagedNodeOSUpgradeSchedule", "maintenanceWindow", object{
			"durationHours": hours, "startTime": "01:00", "utcOffset": "+02:00", "schedule": object{"weekly": object{"intervalWeeks": 1.0, "dayOfWeek": "Sunday"}},
		})
	}
	maintenance := f.create(scenario{p: f.native, token: containers2025 + "MaintenanceConfiguration", name: "maintenance", inputs: window(4), later: window(8)})
	slots := of("configName", "default", "timeInWeek", []any{object{"day": "Monday", "hourSlots": []any{1.0, 2.0}}})
	hours := f.create(scenario{p: f.native, token: "azure-native:containerservice:MaintenanceConfiguration", name: "hours", inputs: slots})

	f.clusterFunctions(rg, cluster)
	for _, m := range []*existing{hours, maintenance, pool, cluster, operator, nodes, control, group} {
		f.remove(m)
	}
}

func (f *fixture) clusterFunctions(rg string, cluster *existing) {
	f.t.Helper()
	args := props("resourceGroupName", rg, "resourceName", cluster.text("name"))
	invoke := func(name string, args resource.PropertyMap) (resource.PropertyMap, error) {
		res, err := f.native.Invoke(f.t.Context(), plugin.InvokeRequest{Tok: tokensOf(containers2025 + name), Args: args})
		return res.Properties, err
	}
	found, err := invoke("getManagedCluster", args)
	if err != nil || value.Bare(found)["autoUpgradeProfile"].ObjectValue()["nodeOSUpgradeChannel"].V != "NodeImage" {
		f.t.Errorf("getManagedCluster: %v %v", found, err)
	}
	if _, err := invoke("listManagedClusterAdminCredentials", args); err == nil ||
		!strings.Contains(err.Error(), "Getting static credential is not allowed because this cluster is set to disable local accounts.") {
		f.t.Errorf("a static credential of a cluster without local accounts: %v", err)
	}
	user, err := invoke("listManagedClusterUserCredentials", args)
	if err != nil || user["kubeconfigs"].ContainsSecrets() {
		f.t.Fatalf("listManagedClusterUserCredentials: %v", err)
	}
	text := value.Bare(user)["kubeconfigs"].ArrayValue()[0].ObjectValue()["value"].StringValue()
	kubeconfig, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !strings.Contains(string(kubeconfig), "command: kubelogin") {
		f.t.Errorf("the user's kubeconfig: %v %s", err, kubeconfig)
	}
	args["agentPoolName"] = resource.NewStringProperty("spot")
	if found, err := invoke("getAgentPool", args); err != nil || found["scaleSetPriority"].V != "Spot" {
		f.t.Errorf("getAgentPool: %v %v", found, err)
	}
	delete(args, "agentPoolName")
	args["configName"] = resource.NewStringProperty("default")
	if found, err := invoke("getMaintenanceConfiguration", args); err != nil || !found["timeInWeek"].IsArray() {
		f.t.Errorf("getMaintenanceConfiguration: %v %v", found, err)
	}
}

// TestClusterMovesToAnotherVersion changes a program to the later api-version's type; the cluster
// stays.
func TestClusterMovesToAnotherVersion(t *testing.T) {
	f := newFixture(t)
	group := f.create(scenario{p: f.native, token: "azure-native:resources:ResourceGroup", name: "rg", inputs: props("location", "westeurope")})
	// The older SDK also sends a network plugin by default. Its removal would replace the cluster,
	// so that a program has to set the plugin before it changes the version.
	inputs := func(network object) resource.PropertyMap {
		network["podCidr"], network["serviceCidr"], network["dnsServiceIP"], network["outboundType"] = "10.244.0.0/16", "10.0.0.0/16", "10.0.0.10", "loadBalancer"
		return props("resourceGroupName", group.text("name"), "dnsPrefix", "aks", "identity", object{"type": "SystemAssigned"}, "networkProfile", network,
			"agentPoolProfiles", []any{object{"name": "system", "mode": "System", "count": 1.0, "vmSize": "Standard_D2s_v5"}}, "oidcIssuerProfile", object{"enabled": true})
	}
	cluster := f.create(scenario{p: f.native, token: "azure-native:containerservice:ManagedCluster", name: "aks", inputs: inputs(object{"networkPlugin": "kubenet"})})
	before, id := cluster.text("fqdn"), cluster.id
	cluster.scenario.token = containers2025 + "ManagedCluster"
	f.update(cluster, f.check(cluster.scenario, merge(inputs(object{"networkPlugin": "kubenet"}), "tags", object{"moved": "yes"}), cluster.checked))
	f.refresh(cluster, "moved")
	if diff := cmp.Diff([2]string{string(id), before}, [2]string{string(cluster.id), cluster.text("fqdn")}); diff != "" {
		t.Errorf("the cluster was replaced (-want +got)\n%s", diff)
	}
	f.remove(cluster)
}

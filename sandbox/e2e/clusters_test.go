//go:build e2e

package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWholeCluster deploys a cluster with most of what Cluster can do, in a network and with identities that somebody else
// made, changes it in place, and destroys it.
//
// Carries R1, R16, R27.
func TestWholeCluster(t *testing.T) {
	w := newWorld(t)
	w.start(t)
	around := w.surroundings(t)
	before := w.status(t).ids()
	w.edit(t, func(config map[string]any) {
		config[project+":cluster"] = around.wholeCluster()
		chart := at(t, config, project+":webhook", "chart")
		chart["tolerations"] = []any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"}} // every pool has taints
		chart["timeoutSeconds"] = 120
	})

	out := w.make(t, "up")
	assert.Contains(t, out, "proven")
	outputs := w.outputs(t)
	assert.Equal(t, "whole-cluster", outputs.ClusterName)
	const version = "?api-version=2025-01-01"
	cluster := func(t *testing.T) azureResource { return w.get(t, outputs.ClusterID+version) }

	t.Run("Azure has what the file says", func(t *testing.T) {
		c := cluster(t)
		assert.Equal(t, outputs.IssuerURL, c.property("oidcIssuerProfile", "issuerURL"), "the issuer is an output, byte for byte")
		assert.Equal(t, "Standard", c.SKU["tier"])
		assert.Equal(t, "patch", c.property("autoUpgradeProfile", "upgradeChannel"))
		assert.Equal(t, "SecurityPatch", c.property("autoUpgradeProfile", "nodeOSUpgradeChannel"))
		assert.Equal(t, "UserAssigned", c.Identity["type"])
		assert.Equal(t, around.kubeletID, c.property("identityProfile", "kubeletidentity", "resourceId"))
		assert.Equal(t, []any{"198.51.100.0/24"}, c.property("apiServerAccessProfile", "authorizedIPRanges"))
		assert.Equal(t, true, c.property("apiServerAccessProfile", "disableRunCommand"))
		for _, addOn := range []string{"azurepolicy", "azureKeyvaultSecretsProvider", "omsagent"} {
			assert.Equal(t, true, c.property("addonProfiles", addOn, "enabled"), addOn)
		}
		assert.EqualValues(t, 48, c.property("securityProfile", "imageCleaner", "intervalHours"))
		assert.Equal(t, "azure", c.property("networkProfile", "networkDataplane"))

		spot := w.get(t, outputs.ClusterID+"/agentPools/batch"+version)
		assert.Equal(t, "Spot", spot.property("scaleSetPriority"))
		assert.Equal(t, around.subnetID, spot.property("vnetSubnetID"))
		windows := w.get(t, outputs.ClusterID+"/agentPools/win"+version)
		assert.Equal(t, "Windows", windows.property("osType"))
		apps := w.get(t, outputs.ClusterID+"/agentPools/apps"+version)
		assert.Equal(t, map[string]any{"team": "orders"}, apps.property("nodeLabels"))
		assert.Equal(t, []any{"dedicated=orders:NoSchedule"}, apps.property("nodeTaints"))
		assert.EqualValues(t, 5, apps.property("maxCount"))
		window := w.get(t, outputs.ClusterID+"/maintenanceConfigurations/aksManagedAutoUpgradeSchedule"+version)
		assert.Equal(t, "+01:00", window.property("maintenanceWindow", "utcOffset"))
		pulls := w.rest(t, "get", around.registryID+"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=principalId+eq+'"+around.kubeletPrincipal+"'", "")
		assert.Contains(t, pulls, "7f951dda-4ed3-4680-a7ca-43fe172d538d", "the nodes hold AcrPull")
	})

	t.Run("a second up changes nothing, and a refresh is settled by one", func(t *testing.T) {
		requireNoChange(t, w.make(t, "up"))
		w.refreshesOnce(t)
	})

	t.Run("the rest changes in place", func(t *testing.T) {
		w.edit(t, func(config map[string]any) {
			c := at(t, config, project+":cluster")
			c["skuTier"] = "Free"
			c["nodeOsUpgradeChannel"] = "NodeImage"
			c["apiServer"] = map[string]any{"authorizedIpRanges": []string{"198.51.100.0/24", "203.0.113.7/32"}}
			addOns := at(t, c, "addOns")
			delete(addOns, "azurePolicy")
			at(t, addOns, "imageCleaner")["intervalHours"] = 72
			apps := c["nodePools"].([]any)[0].(map[string]any)
			apps["maxCount"] = 8
			apps["nodeLabels"] = map[string]any{"team": "orders", "tier": "web"}
			c["nodePools"] = c["nodePools"].([]any)[:2] // without Windows
			windows := c["maintenanceWindows"].([]any)
			windows[0].(map[string]any)["durationHours"] = 6
			c["containerRegistries"] = []any{}
		})
		out := w.make(t, "up")
		assert.NotContains(t, out, "replaced")
		assert.NotContains(t, out, "created")
		assert.Contains(t, out, "3 updated", "cluster, pool and window")
		assert.Contains(t, out, "2 deleted", "the Windows pool and the right to pull")
		c := cluster(t)
		assert.Equal(t, "Free", c.SKU["tier"])
		assert.Equal(t, "NodeImage", c.property("autoUpgradeProfile", "nodeOSUpgradeChannel"))
		assert.NotEqual(t, true, c.property("addonProfiles", "azurepolicy", "enabled"), "an add-on that is left out is turned off")
		assert.Equal(t, outputs.IssuerURL, w.outputs(t).IssuerURL)
		apps := w.get(t, outputs.ClusterID+"/agentPools/apps"+version)
		assert.EqualValues(t, 8, apps.property("maxCount"))
		w.refreshesOnce(t)
	})

	t.Run("down leaves what was there before", func(t *testing.T) {
		out, code := w.run(t, "make", "down")
		assert.NotZero(t, code, "the check for leftovers finds what is not the stack's")
		assert.Contains(t, out, "0 clusters are left")
		require.Equal(t, before, w.status(t).ids())
	})
}

// refreshesOnce sees what a refresh finds after pools have changed that are resources of their own: azure-native reads them
// as the cluster's too, and the next up writes the cluster as the program has it, which leaves the pools alone. After
// that, a refresh finds nothing.
func (w *world) refreshesOnce(t *testing.T) {
	t.Helper()
	out := w.make(t, "up", "UP_FLAGS=--refresh")
	assert.Contains(t, out, "ManagedCluster platform-aks updated")
	assert.Regexp(t, `\n    ~ 1 updated\n    \d+ unchanged\n`, out)
	requireNoChange(t, w.make(t, "up", "UP_FLAGS=--refresh"))
}

// surroundings are what a cluster is put into: a network, identities, a registry and a workspace.
type surroundings struct {
	subnetID, registryID, workspaceID string
	controlID, controlPrincipal       string
	kubeletID, kubeletClient          string
	kubeletPrincipal                  string
}

func (w *world) surroundings(t *testing.T) surroundings {
	t.Helper()
	var s surroundings
	const providers = beforehand + "/providers/"
	s.controlID, _, s.controlPrincipal = w.identity(t, "control-plane")
	s.kubeletID, s.kubeletClient, s.kubeletPrincipal = w.identity(t, "kubelet")
	network := w.put(t, providers+"Microsoft.Network/virtualNetworks/spoke?api-version=2023-09-01", map[string]any{
		"location": "westeurope",
		"properties": map[string]any{
			"addressSpace": map[string]any{"addressPrefixes": []string{"10.100.0.0/16"}},
			"subnets":      []any{map[string]any{"name": "nodes", "properties": map[string]any{"addressPrefix": "10.100.0.0/20"}}},
		},
	})
	s.subnetID = network.ID + "/subnets/nodes"
	// Network Contributor: the control plane joins the subnet.
	w.put(t, s.subnetID+"/providers/Microsoft.Authorization/roleAssignments/0d1f6a52-0c3e-4f3e-9a63-9d5b4a7d1c01?api-version=2022-04-01", map[string]any{
		"properties": map[string]any{
			"roleDefinitionId": "/subscriptions/" + subscription(network.ID) + "/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7",
			"principalId":      s.controlPrincipal, "principalType": "ServicePrincipal",
		},
	})
	s.registryID = w.put(t, providers+"Microsoft.ContainerRegistry/registries/wholecluster?api-version=2023-07-01", map[string]any{
		"location": "westeurope", "sku": map[string]any{"name": "Basic"}, "properties": map[string]any{},
	}).ID
	s.workspaceID = w.put(t, providers+"Microsoft.OperationalInsights/workspaces/logs?api-version=2023-09-01", map[string]any{
		"location": "westeurope", "properties": map[string]any{"sku": map[string]any{"name": "PerGB2018"}},
	}).ID
	return s
}

// wholeCluster is the section cluster of the stack file.
func (s surroundings) wholeCluster() map[string]any {
	return map[string]any{
		"resourceName":         "whole-cluster",
		"kubernetesVersion":    "1.34",
		"dnsPrefix":            "whole",
		"nodeResourceGroup":    "whole-cluster-nodes",
		"skuTier":              "Standard",
		"upgradeChannel":       "patch",
		"nodeOsUpgradeChannel": "SecurityPatch",
		"maintenanceWindows": []any{
			map[string]any{
				"name": "aksManagedAutoUpgradeSchedule", "startTime": "01:00", "utcOffset": "+01:00",
				"schedule":        map[string]any{"weekly": map[string]any{"dayOfWeek": "Sunday"}},
				"notAllowedDates": []any{map[string]any{"start": "2027-12-20", "end": "2028-01-02"}},
			},
			map[string]any{
				"name": "aksManagedNodeOSUpgradeSchedule", "startTime": "03:00", "durationHours": 8,
				"schedule": map[string]any{"relativeMonthly": map[string]any{"weekIndex": "First", "dayOfWeek": "Monday"}},
			},
		},
		"controlPlaneIdentityId": s.controlID,
		"kubeletIdentity": map[string]any{
			"identityId": s.kubeletID, "clientId": s.kubeletClient, "objectId": s.kubeletPrincipal,
			"controlPlanePrincipalId": s.controlPrincipal,
		},
		"containerRegistries": []any{map[string]any{"key": "images", "id": s.registryID}},
		"network":             map[string]any{"dataplane": "azure", "policy": "calico", "serviceCidr": "10.200.0.0/16", "podCidr": "10.201.0.0/16"},
		"apiServer":           map[string]any{"authorizedIpRanges": []string{"198.51.100.0/24"}},
		"addOns": map[string]any{
			"azurePolicy":             true,
			"keyVaultSecretsProvider": map[string]any{"rotationPollInterval": "5m"},
			"containerInsights":       map[string]any{"workspaceId": s.workspaceID},
			"imageCleaner":            map[string]any{"intervalHours": 48},
		},
		"systemPool": map[string]any{"count": 1, "vnetSubnetId": s.subnetID, "nodeTaints": []string{"CriticalAddonsOnly=true:NoSchedule"}, "availabilityZones": []string{"1", "2"}},
		"nodePools": []any{
			map[string]any{
				"name": "apps", "minCount": 1, "maxCount": 5, "vnetSubnetId": s.subnetID, "maxSurge": "33%", "osSku": "AzureLinux",
				"nodeLabels": map[string]any{"team": "orders"}, "nodeTaints": []string{"dedicated=orders:NoSchedule"},
			},
			map[string]any{"name": "batch", "count": 0, "vnetSubnetId": s.subnetID, "spot": map[string]any{"maxPrice": 0.05}},
			map[string]any{"name": "win", "osType": "Windows", "vnetSubnetId": s.subnetID},
		},
	}
}

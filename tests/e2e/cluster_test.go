package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWholeCluster deploys a cluster with most of what Cluster can do, in a network and with
// identities of another team, changes it in place, and destroys it.
//
// Carries R1, R16, R27.
func TestWholeCluster(t *testing.T) {
	w := newWorld(t)
	w.startSandbox(t)
	around := w.makeSurroundings(t)
	before := w.status(t).ids()
	w.edit(t, func(config map[string]any) {
		config[project+":cluster"] = around.wholeCluster()
		chart := at(t, config, project+":webhook", "chart")
		chart["tolerations"] = []any{object{"key": "CriticalAddonsOnly", "operator": "Exists"}} // every pool has taints
		chart["timeoutSeconds"] = 120
	})

	out := w.up(t)
	assert.Contains(t, out, "proven")
	outputs := w.outputs(t)
	assert.Equal(t, "whole-cluster", outputs.ClusterName)
	cluster := func(t *testing.T) azureResource { return w.get(t, outputs.ClusterID) }

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

		spot := w.get(t, outputs.ClusterID+"/agentPools/batch")
		assert.Equal(t, "Spot", spot.property("scaleSetPriority"))
		assert.Equal(t, around.subnetID, spot.property("vnetSubnetID"))
		windows := w.get(t, outputs.ClusterID+"/agentPools/win")
		assert.Equal(t, "Windows", windows.property("osType"))
		apps := w.get(t, outputs.ClusterID+"/agentPools/apps")
		assert.Equal(t, object{"team": "orders"}, apps.property("nodeLabels"))
		assert.Equal(t, []any{"dedicated=orders:NoSchedule"}, apps.property("nodeTaints"))
		assert.EqualValues(t, 5, apps.property("maxCount"))
		window := w.get(t, outputs.ClusterID+"/maintenanceConfigurations/aksManagedAutoUpgradeSchedule")
		assert.Equal(t, "+01:00", window.property("maintenanceWindow", "utcOffset"))
		pulls := w.rest(t, http.MethodGet, around.registryID+"/providers/Microsoft.Authorization/roleAssignments?$filter=principalId+eq+'"+around.kubeletPrincipal+"'", nil)
		assert.Contains(t, pulls, "7f951dda-4ed3-4680-a7ca-43fe172d538d", "the nodes hold AcrPull")
	})

	t.Run("a second up changes nothing, and a refresh is settled by one", func(t *testing.T) {
		requireNoChange(t, w.up(t))
		w.requireOneDrift(t)
	})

	t.Run("what others change stays", func(t *testing.T) {
		body := w.azure(t, http.MethodGet, outputs.ClusterID, nil)
		at(t, body, "properties")["autoScalerProfile"] = object{"expander": "priority"}
		w.put(t, outputs.ClusterID, body)
		w.awaitProvisioned(t, outputs.ClusterID)
		requireNoChange(t, w.upRefreshed(t))
		assert.Equal(t, "priority", cluster(t).property("autoScalerProfile", "expander"))
	})

	t.Run("the preview of a change of the cluster shows nothing else", func(t *testing.T) {
		w.edit(t, func(config map[string]any) {
			at(t, config, project+":cluster", "addons", "imageCleaner")["intervalHours"] = 50
		})
		preview := w.make(t, "preview")
		assert.Contains(t, preview, "~ 1 to update")
		assert.NotContains(t, preview, "to replace")
		assert.Equal(t, map[string]int{"updated": 1}, changes(t, w.up(t)))
	})

	t.Run("a protected cluster is not destroyed", func(t *testing.T) {
		protect := func(on bool) {
			w.edit(t, func(config map[string]any) { at(t, config, project+":cluster")["protect"] = on })
			requireNoChange(t, w.up(t))
		}
		protect(true)
		out := w.refused(t, "down")
		assert.Contains(t, out, "because it is protected")
		assert.Equal(t, outputs.IssuerURL, cluster(t).property("oidcIssuerProfile", "issuerURL"))
		protect(false)
	})

	t.Run("the rest changes in place", func(t *testing.T) {
		w.edit(t, func(config map[string]any) {
			c := at(t, config, project+":cluster")
			c["skuTier"] = "Free"
			c["nodeOsUpgradeChannel"] = "NodeImage"
			c["apiServer"] = object{"authorizedIpRanges": []string{"198.51.100.0/24", "203.0.113.7/32"}}
			addons := at(t, c, "addons")
			delete(addons, "azurePolicy")
			at(t, addons, "imageCleaner")["intervalHours"] = 72
			apps := c["nodePools"].([]any)[0].(map[string]any)
			apps["maxCount"] = 8
			apps["nodeLabels"] = object{"team": "orders", "tier": "web"}
			c["nodePools"] = c["nodePools"].([]any)[:2] // without Windows
			windows := c["maintenanceWindows"].([]any)
			windows[0].(map[string]any)["durationHours"] = 6
			c["containerRegistries"] = []any{}
		})
		out := w.up(t)
		assert.NotContains(t, out, "replaced")
		assert.NotContains(t, out, "created")
		assert.Contains(t, out, "3 updated", "cluster, pool and window")
		assert.Contains(t, out, "2 deleted", "the Windows pool and the right to pull")
		c := cluster(t)
		assert.Equal(t, "Free", c.SKU["tier"])
		assert.Equal(t, "NodeImage", c.property("autoUpgradeProfile", "nodeOSUpgradeChannel"))
		assert.NotEqual(t, true, c.property("addonProfiles", "azurepolicy", "enabled"), "an add-on that is left out is turned off")
		assert.Equal(t, outputs.IssuerURL, w.outputs(t).IssuerURL)
		apps := w.get(t, outputs.ClusterID+"/agentPools/apps")
		assert.EqualValues(t, 8, apps.property("maxCount"))
		w.requireOneDrift(t)
	})

	t.Run("down leaves what was there before", func(t *testing.T) {
		out, code := w.run(t, "make", "down", "DOWN_FLAGS="+quick)
		assert.NotZero(t, code, "the check for leftovers finds what is not the stack's")
		assert.Contains(t, out, "0 clusters are left")
		require.Equal(t, before, w.status(t).ids())
	})
}

// requireOneDrift checks what a refresh finds after pools have changed that are separate resources:
// azure-native reads them as the cluster's too, and the next up writes the cluster as the program
// has it, which leaves the pools alone. After that, a refresh finds nothing.
func (w *world) requireOneDrift(t *testing.T) {
	t.Helper()
	out := w.upRefreshed(t)
	assert.Contains(t, out, "ManagedCluster platform-aks updated")
	assert.Regexp(t, `\n    ~ 1 updated\n    \d+ unchanged\n`, out)
	requireNoChange(t, w.upRefreshed(t))
}

// surroundings are what a cluster is put into: a network, identities, a registry and a workspace.
type surroundings struct {
	subnetID, registryID, workspaceID string
	controlID, controlPrincipal       string
	kubeletID, kubeletClient          string
	kubeletPrincipal                  string
}

// makeSurroundings makes them in a resource group that the stack does not own.
func (w *world) makeSurroundings(t *testing.T) surroundings {
	t.Helper()
	const (
		group     = "/resourceGroups/beforehand"
		providers = group + "/providers/"
	)
	w.put(t, group, object{"location": "westeurope"})
	identity := func(name string) (id, client, principal string) {
		r := w.put(t, providers+"Microsoft.ManagedIdentity/userAssignedIdentities/"+name, object{"location": "westeurope"})
		return r.ID, fmt.Sprint(r.property("clientId")), fmt.Sprint(r.property("principalId"))
	}
	var s surroundings
	s.controlID, _, s.controlPrincipal = identity("control-plane")
	s.kubeletID, s.kubeletClient, s.kubeletPrincipal = identity("kubelet")
	network := w.put(t, providers+"Microsoft.Network/virtualNetworks/spoke", object{
		"location": "westeurope",
		"properties": object{
			"addressSpace": object{"addressPrefixes": []string{"10.100.0.0/16"}},
			"subnets":      []any{object{"name": "nodes", "properties": object{"addressPrefix": "10.100.0.0/20"}}},
		},
	})
	s.subnetID = network.ID + "/subnets/nodes"
	// Network Contributor: the control plane joins the subnet.
	w.put(t, s.subnetID+"/providers/Microsoft.Authorization/roleAssignments/0d1f6a52-0c3e-4f3e-9a63-9d5b4a7d1c01", object{
		"properties": object{
			"roleDefinitionId": "/subscriptions/" + strings.Split(network.ID, "/")[2] + "/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7",
			"principalId":      s.controlPrincipal, "principalType": "ServicePrincipal",
		},
	})
	s.registryID = w.put(t, providers+"Microsoft.ContainerRegistry/registries/wholecluster", object{
		"location": "westeurope", "sku": object{"name": "Basic"}, "properties": object{},
	}).ID
	s.workspaceID = w.put(t, providers+"Microsoft.OperationalInsights/workspaces/logs", object{
		"location": "westeurope", "properties": object{"sku": object{"name": "PerGB2018"}},
	}).ID
	return s
}

// wholeCluster returns the section cluster of the stack file.
func (s surroundings) wholeCluster() map[string]any {
	return object{
		"clusterName":          "whole-cluster",
		"kubernetesVersion":    offeredVersion,
		"dnsPrefix":            "whole",
		"nodeResourceGroup":    "whole-cluster-nodes",
		"skuTier":              "Standard",
		"upgradeChannel":       "patch",
		"nodeOsUpgradeChannel": "SecurityPatch",
		"maintenanceWindows": []any{
			object{
				"name": "aksManagedAutoUpgradeSchedule", "startTime": "01:00", "utcOffset": "+01:00",
				"schedule":        object{"weekly": object{"dayOfWeek": "Sunday"}},
				"notAllowedDates": []any{object{"start": "2027-12-20", "end": "2028-01-02"}},
			},
			object{
				"name": "aksManagedNodeOSUpgradeSchedule", "startTime": "03:00", "durationHours": 8,
				"schedule": object{"relativeMonthly": object{"weekIndex": "First", "dayOfWeek": "Monday"}},
			},
		},
		"controlPlaneIdentityId": s.controlID,
		"kubeletIdentity": object{
			"identityId": s.kubeletID, "clientId": s.kubeletClient, "objectId": s.kubeletPrincipal,
			"controlPlanePrincipalId": s.controlPrincipal,
		},
		"containerRegistries": []any{object{"key": "images", "id": s.registryID}},
		"network":             object{"dataplane": "azure", "policy": "calico", "serviceCidr": "10.200.0.0/16", "podCidr": "10.201.0.0/16"},
		"apiServer":           object{"authorizedIpRanges": []string{"198.51.100.0/24"}},
		"addons": object{
			"azurePolicy":             true,
			"keyVaultSecretsProvider": object{"rotationPollInterval": "5m"},
			"containerInsights":       object{"workspaceId": s.workspaceID},
			"imageCleaner":            object{"intervalHours": 48},
		},
		"systemPool": object{"count": 1, "vnetSubnetId": s.subnetID, "nodeTaints": []string{"CriticalAddonsOnly=true:NoSchedule"}, "availabilityZones": []string{"1", "2"}},
		"nodePools": []any{
			object{
				"name": "apps", "minCount": 1, "maxCount": 5, "vnetSubnetId": s.subnetID, "maxSurge": "33%", "osSku": "AzureLinux",
				"nodeLabels": object{"team": "orders"}, "nodeTaints": []string{"dedicated=orders:NoSchedule"},
			},
			object{"name": "batch", "count": 0, "vnetSubnetId": s.subnetID, "spot": object{"maxPrice": 0.05}},
			object{"name": "win", "osType": "Windows", "vnetSubnetId": s.subnetID},
		},
	}
}

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// TestDeployerRole deploys the local stack with the rights of docs/deployer-role.json and no
// others, after a Contributor has failed as in Azure.
func TestDeployerRole(t *testing.T) {
	w := newWorld(t)
	w.startSandbox(t)
	raw, err := os.ReadFile(filepath.Join(w.root, "docs", "deployer-role.json"))
	require.NoError(t, err)
	role := decode[struct {
		Name    string
		Actions []string
	}](t, raw)
	const id = "/providers/Microsoft.Authorization/roleDefinitions/5f0d1c3e-6a39-4a5c-9c8b-2b1f0a3d7e61"
	w.azure(t, "PUT", id, object{"properties": object{
		"roleName": role.Name, "type": "CustomRole", "description": "", "assignableScopes": []string{"/subscriptions/{subscriptionId}"},
		"permissions": []object{{"actions": role.Actions}},
	}})

	w.edit(t, func(config map[string]any) {
		at(t, config, project+":cluster")["nodePools"] = []object{{"name": "user", "vmSize": "Standard_D2s_v5", "count": 1}}
		at(t, config, project+":cluster")["maintenanceWindows"] = []object{{"name": "default", "startTime": "02:00", "schedule": object{"weekly": object{"dayOfWeek": "Sunday"}}}}
		at(t, config, project+":vault")["name"] = "deployer-letters"
		quickStart := at(t, config, project+":workloads", "quick-start")
		quickStart["grants"] = append(quickStart["grants"].([]any), object{
			"scope": "resourceGroup", "customRole": object{"name": "Reads vaults", "actions": []string{"Microsoft.KeyVault/vaults/read"}},
		})
	})
	w.settings(t, object{"deployerRoles": []string{"Contributor"}})
	require.NoError(t, os.MkdirAll(w.state, 0o700))
	report, code := w.preflight(t, w.root, nil, "--stack", "local", "--config-file", w.config)
	assert.Equal(t, 1, code)
	assert.True(t, report.has("AuthorizationFailed", "Microsoft.Authorization/roleAssignments/write"), report)
	out := w.refused(t, "up", "UP_FLAGS="+quick)
	assert.Contains(t, out, "AuthorizationFailed", "Azure's answer")
	assert.Regexp(t, "Microsoft.Authorization/role(Assignments|Definitions)/write", out)

	w.settings(t, object{"deployerRoles": []string{role.Name}})
	assert.Contains(t, w.upRefreshed(t), "proven")
	report, code = w.preflight(t, w.root, nil, "--stack", "local", "--config-file", w.config)
	assert.Zerof(t, code, "a deployed stack passes its own check: %v", report)
	w.pulumiInSandbox(t, "destroy", "--yes", quick)
	w.requireEmptySandbox(t)

	used := strings.Fields(string(w.output(t, w.sandbox(), "actions")))
	unused := slices.DeleteFunc(slices.Clone(role.Actions), func(action string) bool { return slices.Contains(used, action) })
	assert.ElementsMatch(t, elsewhere(), unused, "the role has what stacks use, and nothing else")
}

// elsewhere lists the actions of the role that the deployment of TestDeployerRole has no use for.
func elsewhere() []string {
	list := azure.DeployerActions(azure.NeedSubnet, azure.NeedAssignIdentity, azure.NeedWorkspace, azure.NeedVaultPolicy, azure.NeedSQLAdministrator)
	list = append(list,
		// A cluster's pools and maintenance windows are deleted with it.
		"Microsoft.ContainerService/managedClusters/agentPools/delete",
		"Microsoft.ContainerService/managedClusters/maintenanceConfigurations/delete",
		// Of clusters that give no user credentials.
		"Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
		// The sandbox lets everybody poll a long-running operation.
		"Microsoft.ContainerService/locations/operationresults/read",
		"Microsoft.ContainerService/locations/operations/read",
		"Microsoft.Resources/subscriptions/operationresults/read",
	)
	return slices.DeleteFunc(list, func(action string) bool {
		// Read for other needs as well.
		return action == "Microsoft.KeyVault/vaults/read" || action == "Microsoft.ManagedIdentity/userAssignedIdentities/read"
	})
}

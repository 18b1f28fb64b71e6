package azure_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// azurermCall is a request of Terraform's provider azurerm 5.2.0
// (hashicorp/terraform-provider-azurerm at 69697b7, August 2026, with hashicorp/go-azure-sdk), and
// the status that it goes on with. The provider itself is not built for this; these are the
// requests that the code of each resource makes with the defaults of its schema, in their order.
type azurermCall struct {
	method, path string // below the subscription, or a whole URL
	version      string
	body         any
	status       int
	sentence     string // of a refusal
}

// azurermResources returns the calls of each resource, with the files below internal/services of
// the provider that they are read from.
func azurermResources(w *world) []struct {
	resource, file string
	calls          []azurermCall
} {
	tenant, deployer := w.azure.Account().TenantID, w.azure.Account().Deployer.ObjectID
	const (
		group      = "/resourceGroups/tf"
		identity   = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
		credential = identity + "/federatedIdentityCredentials/aks"
		vault      = group + "/providers/Microsoft.KeyVault/vaults/tf-letters"
		vaultURL   = "https://tf-letters.vault.azure.net"
		account    = group + "/providers/Microsoft.Storage/storageAccounts/tfdocs"
		box        = account + "/blobServices/default/containers/docs"
		cluster    = group + "/providers/Microsoft.ContainerService/managedClusters/aks"
		deleted    = "/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/tf-letters"
	)
	role := "/providers/Microsoft.Authorization/roleDefinitions/" + uuid.NewString()
	assigned := vault + "/providers/Microsoft.Authorization/roleAssignments/" + uuid.NewString()
	vaultProperties := func(change func(object)) object {
		p := object{
			"tenantId": tenant, "sku": object{"family": "A", "name": "standard"}, "accessPolicies": []object{}, "enabledForDeployment": false,
			"enabledForDiskEncryption": false, "enabledForTemplateDeployment": false, "enableRbacAuthorization": true, "enableSoftDelete": true,
			"publicNetworkAccess": "Enabled", "createMode": "default",
		}
		change(p)
		return p
	}
	roleBody := object{"properties": object{
		"roleName": "tf reader", "description": "", "type": "CustomRole", "assignableScopes": []string{w.sub()},
		"permissions": []object{{"actions": []string{"Microsoft.Resources/subscriptions/resourceGroups/read"}, "dataActions": []string{}, "notActions": []string{}, "notDataActions": []string{}}},
	}}
	return []struct {
		resource, file string
		calls          []azurermCall
	}{
		{"the provider itself", "../resourceproviders/cache.go, ../clients/builder.go", []azurermCall{
			{"GET", "https://management.azure.com/metadata/endpoints?api-version=2022-09-01", "", nil, 200, ""},
			{"GET", "/providers", "2022-09-01", nil, 200, ""},
			{"POST", "/providers/Microsoft.KeyVault/register", "2022-09-01", object{}, 200, ""},
		}},
		{"azurerm_resource_group", "resource/resource_group_resource.go", []azurermCall{
			{"GET", group, "2023-07-01", nil, 404, "could not be found"},
			{"PUT", group, "2023-07-01", object{"location": "westeurope", "tags": object{}}, 201, ""},
			{"GET", group, "2023-07-01", nil, 200, ""},
			{"PATCH", group, "2023-07-01", object{"tags": object{"team": "shop"}}, 200, ""},
			{"GET", group + "/resources?$expand=provisioningState&$top=10", "2023-07-01", nil, 200, ""},
		}},
		{"azurerm_user_assigned_identity", "managedidentity/user_assigned_identity_resource.go", []azurermCall{
			{"GET", identity, "2024-11-30", nil, 404, "was not found"},
			{"PUT", identity, "2024-11-30", object{"location": "westeurope", "tags": object{}, "properties": object{}}, 201, ""},
			{"GET", identity, "2024-11-30", nil, 200, ""},
			{"PATCH", identity, "2024-11-30", object{"tags": object{"team": "shop"}, "properties": object{"isolationScope": "None"}}, 200, ""},
		}},
		{"azurerm_federated_identity_credential", "managedidentity/federated_identity_credential_resource.go", []azurermCall{
			{"GET", credential, "2024-11-30", nil, 404, "not found"},
			{"PUT", credential, "2024-11-30", object{"properties": object{
				"audiences": []string{"api://AzureADTokenExchange"}, "issuer": "https://westeurope.oic.prod-aks.azure.com/t/c/", "subject": "system:serviceaccount:shop:orders",
			}}, 201, ""},
			{"GET", credential, "2024-11-30", nil, 200, ""},
			{"DELETE", credential, "2024-11-30", nil, 200, ""},
		}},
		{"azurerm_role_definition", "authorization/role_definition_resource.go", []azurermCall{
			{"GET", role, "2022-05-01-preview", nil, 404, "does not exist"},
			{"PUT", role, "2022-05-01-preview", roleBody, 201, ""},
			{"GET", role, "2022-05-01-preview", nil, 200, ""},
			{"PUT", role, "2022-05-01-preview", roleBody, 201, ""},
			{"GET", "/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName%20eq%20'Key%20Vault%20Administrator'", "2022-05-01-preview", nil, 200, ""},
			{"DELETE", role, "2022-05-01-preview", nil, 200, ""},
		}},
		{"azurerm_key_vault", "keyvault/key_vault_resource.go", []azurermCall{
			{"GET", vault, "2026-02-01", nil, 404, "was not found"},
			{"GET", deleted, "2026-02-01", nil, 404, "tf-letters"},
			{"PUT", vault, "2026-02-01", object{"location": "westeurope", "tags": object{}, "properties": vaultProperties(func(object) {})}, 200, ""},
			{"GET", vault, "2026-02-01", nil, 200, ""},
			{"GET", vaultURL + "/", "", nil, 400, ""}, // any answer means that the vault's host resolves
			{"PATCH", vault, "2026-02-01", object{"properties": object{"enabledForDeployment": true}, "tags": object{"team": "shop"}}, 200, ""},
			{"PATCH", vault, "2026-02-01", object{"properties": object{"softDeleteRetentionInDays": 7}}, 400, "can't be modified"},
			{"GET", vaultURL + "/certificates/contacts?api-version=7.4", "", nil, 404, "certificates"},
			{"GET", "/providers/Microsoft.KeyVault/vaults", "2026-02-01", nil, 200, ""},
		}},
		{"azurerm_role_assignment", "authorization/role_assignment_resource.go", []azurermCall{
			{"GET", assigned, "2022-04-01", nil, 404, "not found"},
			{"PUT", assigned, "2022-04-01", object{"properties": object{
				"roleDefinitionId": w.sub() + "/providers/Microsoft.Authorization/roleDefinitions/00482a5a-887f-4fb3-b363-3b7fe8e74483", "principalId": deployer, "description": "",
			}}, 201, ""},
			{"GET", assigned, "2022-04-01", nil, 200, ""},
		}},
		{"azurerm_key_vault_secret", "keyvault/key_vault_secret_resource.go", []azurermCall{
			{"GET", vaultURL + "/secrets/greeting/?api-version=7.4", "", nil, 404, "greeting"},
			{"PUT", vaultURL + "/secrets/greeting?api-version=7.4", "", object{"value": "hello", "contentType": "", "tags": object{}, "attributes": object{}}, 200, ""},
			{"GET", vaultURL + "/secrets/greeting/?api-version=7.4", "", nil, 200, ""},
			{"PATCH", vaultURL + "/secrets/greeting/?api-version=7.4", "", object{"contentType": "text/plain", "tags": object{}, "attributes": object{}}, 200, ""},
			{"DELETE", vaultURL + "/secrets/greeting?api-version=7.4", "", nil, 200, ""},
			{"GET", vaultURL + "/deletedsecrets/greeting?api-version=7.4", "", nil, 200, ""},
			{"DELETE", vaultURL + "/deletedsecrets/greeting?api-version=7.4", "", nil, 204, ""},
		}},
		{"azurerm_storage_account", "storage/storage_account_resource.go", []azurermCall{
			{"GET", account, "2025-08-01", nil, 404, "was not found"},
			{"PUT", account, "2025-08-01", object{"location": "westeurope", "kind": "StorageV2", "tags": object{}, "sku": object{"name": "Standard_LRS", "tier": "Standard"}, "identity": object{"type": "None"}, "properties": object{
				"accessTier": "Hot", "allowBlobPublicAccess": true, "allowCrossTenantReplication": false, "allowSharedKeyAccess": true, "defaultToOAuthAuthentication": false,
				"dnsEndpointType": "Standard", "supportsHttpsTrafficOnly": true, "isNfsV3Enabled": false, "isHnsEnabled": false, "isLocalUserEnabled": true, "isSftpEnabled": false,
				"minimumTlsVersion": "TLS1_2", "publicNetworkAccess": "Enabled", "networkAcls": object{"bypass": "AzureServices", "defaultAction": "Allow"},
				"encryption": object{"keySource": "Microsoft.Storage", "services": object{"queue": object{"keyType": "Service"}, "table": object{"keyType": "Service"}}},
			}}, 200, ""},
			{"GET", account, "2025-08-01", nil, 200, ""},
			{"POST", account + "/listKeys?$expand=kerb", "2025-08-01", nil, 403, "have no keys"},
			{"GET", account + "/blobServices/default", "2025-08-01", nil, 200, ""},
			{"GET", account + "/fileServices/default", "2025-08-01", nil, 200, ""},
			{"PUT", account + "/blobServices/default", "2025-08-01", object{"properties": object{"isVersioningEnabled": true}}, 405, "not supported"},
			{"PATCH", account, "2025-08-01", object{"properties": object{"minimumTlsVersion": "TLS1_2"}}, 200, ""},
		}},
		{"azurerm_storage_container", "storage/storage_container_resource.go", []azurermCall{
			{"GET", box, "2025-08-01", nil, 404, "was not found"},
			{"PUT", box, "2025-08-01", object{"properties": object{"publicAccess": "None", "metadata": object{}}}, 201, ""},
			{"GET", box, "2025-08-01", nil, 200, ""},
			{"PATCH", box, "2025-08-01", object{"properties": object{"publicAccess": "None", "metadata": object{"team": "shop"}}}, 200, ""},
			{"DELETE", box, "2025-08-01", nil, 200, ""},
			{"DELETE", account, "2025-08-01", nil, 200, ""},
		}},
		{"azurerm_kubernetes_cluster", "containers/kubernetes_cluster_resource.go", []azurermCall{
			{"GET", cluster, "2025-10-01", nil, 404, "was not found"},
			{"PUT", cluster, "2025-10-01", object{"location": "westeurope", "tags": object{}, "identity": object{"type": "SystemAssigned"}, "sku": object{"name": "Base", "tier": "Free"}, "properties": object{
				"apiServerAccessProfile": object{"enablePrivateCluster": false, "enablePrivateClusterPublicFQDN": false, "disableRunCommand": false},
				"agentPoolProfiles": []object{{
					"name": "default", "count": 1, "vmSize": "Standard_D2s_v5", "type": "VirtualMachineScaleSets", "mode": "System", "osType": "Linux", "osDiskType": "Managed",
					"enableAutoScaling": false, "enableFIPS": false, "enableNodePublicIP": false, "enableEncryptionAtHost": false, "enableUltraSSD": false,
					"kubeletDiskType": "", "nodeLabels": object{}, "nodeTaints": []string{}, "tags": object{}, "scaleDownMode": "Delete", "upgradeSettings": object{"maxSurge": "10%"},
				}},
				"autoUpgradeProfile": object{"upgradeChannel": "none", "nodeOSUpgradeChannel": "NodeImage"}, "azureMonitorProfile": object{"metrics": object{"enabled": false}},
				"dnsPrefix": "tf", "enableRBAC": true, "kubernetesVersion": "", "nodeResourceGroup": "", "disableLocalAccounts": false, "addonProfiles": object{},
				"metricsProfile": object{"costAnalysis": object{"enabled": false}}, "oidcIssuerProfile": object{"enabled": true},
				"securityProfile": object{"workloadIdentity": object{"enabled": true}}, "servicePrincipalProfile": object{"clientId": "msi"}, "supportPlan": "KubernetesOfficial",
			}}, 201, ""},
			{"GET", cluster, "2025-10-01", nil, 200, ""},
			{"POST", cluster + "/listClusterUserCredential", "2025-10-01", nil, 200, ""},
			{"POST", cluster + "/listClusterAdminCredential", "2025-10-01", nil, 200, ""},
			{"GET", cluster + "/maintenanceConfigurations/default", "2025-10-01", nil, 404, ""},
			{"GET", cluster + "/agentPools/default", "2025-10-01", nil, 200, ""},
			{"PUT", cluster, "2025-10-01", "GET", 200, ""},
			{"PUT", cluster + "/agentPools/more", "2025-10-01", object{"properties": object{
				"count": 1, "vmSize": "Standard_D2s_v5", "type": "VirtualMachineScaleSets", "mode": "User", "osType": "Linux", "osDiskType": "Managed", "enableAutoScaling": false,
				"upgradeSettings": object{"maxSurge": "10%", "undrainableNodeBehavior": "Schedule"},
			}}, 201, ""},
			{"DELETE", cluster + "/agentPools/more", "2025-10-01", nil, 202, ""},
			{"DELETE", cluster, "2025-10-01", nil, 202, ""},
		}},
		{"what destroy deletes last", "keyvault/key_vault_resource.go, resource/resource_group_resource.go", []azurermCall{
			{"DELETE", assigned, "2022-04-01", nil, 200, ""},
			{"DELETE", vault, "2026-02-01", nil, 200, ""},
			{"POST", deleted + "/purge", "2026-02-01", nil, 202, ""},
			{"DELETE", identity, "2024-11-30", nil, 200, ""},
			{"DELETE", group, "2023-07-01", nil, 202, ""},
		}},
	}
}

// TestCallsOfAzurerm replays what Terraform's azurerm sends from create to destroy: each call is
// served, or refused with a sentence.
func TestCallsOfAzurerm(t *testing.T) {
	w := newWorld(t, quiet)
	for _, r := range azurermResources(w) {
		passed := t.Run(r.resource, func(t *testing.T) {
			for _, c := range r.calls {
				w.azurerm(t, c)
			}
		})
		if !passed {
			t.Fatalf("%s (%s): the next resources need this one", r.resource, r.file)
		}
	}
	if left, err := w.azure.Resources(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left after destroy: %v %v", left, err)
	}
}

func (w *world) azurerm(t *testing.T, c azurermCall) {
	t.Helper()
	var got reply
	switch {
	case strings.HasPrefix(c.path, "https://management"):
		got = w.send("", c.method, c.path, c.body)
	case strings.HasPrefix(c.path, "https://"):
		got = w.send(w.token("https://vault.azure.net"), c.method, c.path, c.body)
	case c.body == "GET": // the provider sends what it has read, changed
		got = w.arm(c.method, c.path, c.version, w.arm("GET", c.path, c.version, nil).body)
	default:
		got = w.arm(c.method, c.path, c.version, c.body)
	}
	if got.status != c.status || !strings.Contains(got.text, c.sentence) {
		t.Fatalf("%s %s: %d %s, want %d with %q", c.method, c.path, got.status, got.text, c.status, c.sentence)
	}
	if got.header.Get("Azure-AsyncOperation") != "" || got.status == http.StatusAccepted {
		w.poll(got)
	}
}

package fake

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func groupID(name string) string {
	return "/subscriptions/" + SubscriptionID + "/resourceGroups/" + name
}

// idOf makes the function that computes an id from its parts; a part that begins with $ names an
// input.
func idOf(parts ...string) func(resource.PropertyMap) string {
	return func(in resource.PropertyMap) string {
		out := make([]string, len(parts))
		for i, part := range parts {
			out[i] = part
			if name, ok := strings.CutPrefix(part, "$"); ok {
				out[i] = text(in, name)
			}
		}
		return strings.Join(out, "/")
	}
}

const (
	group    = "/subscriptions/" + SubscriptionID + "/resourceGroups"
	clusters = "providers/Microsoft.ContainerService/managedClusters"
	vaults   = "providers/Microsoft.KeyVault/vaults"
	roleType = "providers/Microsoft.Authorization/"
)

var azureKinds = []kind{
	{
		token: "azure-native:resources:ResourceGroup", named: "resourceGroupName", random: true, located: true,
		replace: []string{"resourceGroupName", "location"}, required: []string{"location"},
		computed: []string{"name", "type"}, id: idOf(group, "$resourceGroupName"),
		outputs: func(t *thing) resource.PropertyMap {
			return texts("name", text(t.inputs, "resourceGroupName"), "location", region(text(t.inputs, "location")))
		},
	},
	{
		token: "azure-native:containerservice:ManagedCluster", named: "resourceName", random: true, located: true,
		required: []string{"resourceGroupName", "dnsPrefix", "identity", "agentPoolProfiles"},
		replace: []string{
			"resourceGroupName", "resourceName", "diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile",
			"location", "networkProfile", "nodeResourceGroup", "windowsProfile",
		},
		computed: []string{
			"name", "type", "fqdn", "nodeResourceGroup", "oidcIssuerProfile", "identity", "identityProfile",
			"currentKubernetesVersion", "powerState", "provisioningState",
		},
		id: idOf(group, "$resourceGroupName", clusters, "$resourceName"), container: idOf(group, "$resourceGroupName"),
		outputs:  clusterOutputs,
		onCreate: func(_ map[string]*thing, t *thing) { t.inside = map[string]*thing{} },
	},
	{
		token: "azure-native:containerservice:AgentPool", named: "agentPoolName",
		required:  []string{"resourceGroupName", "resourceName"},
		replace:   []string{"resourceGroupName", "resourceName", "agentPoolName", "vmSize", "gpuInstanceProfile"},
		computed:  []string{"name", "type", "provisioningState"},
		id:        idOf(group, "$resourceGroupName", clusters, "$resourceName", "agentPools", "$agentPoolName"),
		container: idOf(group, "$resourceGroupName", clusters, "$resourceName"),
		outputs:   func(t *thing) resource.PropertyMap { return texts("name", text(t.inputs, "agentPoolName")) },
	},
	{
		token: "azure-native:authorization:RoleAssignment", named: "roleAssignmentName",
		required: []string{"scope", "principalId", "principalType", "roleDefinitionId"},
		replace:  []string{"scope", "roleAssignmentName", "principalId"},
		computed: []string{"name", "type"},
		id:       idOf("$scope", roleType+"roleAssignments", "$roleAssignmentName"),
		rules:    roleAssignmentRules,
		outputs:  func(t *thing) resource.PropertyMap { return texts("name", text(t.inputs, "roleAssignmentName")) },
	},
	{
		token: "azure-native:authorization:RoleDefinition", named: "roleDefinitionId",
		required: []string{"scope"}, replace: []string{"scope", "roleDefinitionId"}, computed: []string{"name"},
		id:        idOf("$scope", roleType+"roleDefinitions", "$roleDefinitionId"),
		outputs:   func(t *thing) resource.PropertyMap { return texts("name", text(t.inputs, "roleDefinitionId")) },
		deletable: roleDefinitionDeletable,
	},
	{
		token: "azure-native:keyvault:Vault", named: "vaultName", random: true, located: true,
		required: []string{"resourceGroupName", "properties"}, replace: []string{"resourceGroupName", "vaultName"},
		computed: []string{"name", "type"},
		id:       idOf(group, "$resourceGroupName", vaults, "$vaultName"), container: idOf(group, "$resourceGroupName"),
		outputs: func(t *thing) resource.PropertyMap { return texts("name", text(t.inputs, "vaultName")) },
	},
	{
		token: "azure-native:keyvault:Secret", named: "secretName",
		required: []string{"resourceGroupName", "vaultName", "properties"}, replace: []string{"resourceGroupName", "vaultName", "secretName"},
		computed:  []string{"name", "type"},
		id:        idOf(group, "$resourceGroupName", vaults, "$vaultName", "secrets", "$secretName"),
		container: idOf(group, "$resourceGroupName", vaults, "$vaultName"),
		outputs:   func(t *thing) resource.PropertyMap { return texts("name", text(t.inputs, "secretName")) },
	},
}

// clusterOutputs returns what AKS adds to the inputs. Issuer and host name differ for every cluster
// that was ever created, also where two have the same name.
func clusterOutputs(t *thing) resource.PropertyMap {
	name, location := text(t.inputs, "resourceName"), region(text(t.inputs, "location"))
	out := texts("name", name, "location", location,
		"fqdn", text(t.inputs, "dnsPrefix")+"-"+t.guid("fqdn")[:8]+".hcp."+location+".azmk8s.io",
		"nodeResourceGroup", "MC_"+text(t.inputs, "resourceGroupName")+"_"+name+"_"+location)
	if given := text(t.inputs, "nodeResourceGroup"); given != "" {
		out["nodeResourceGroup"] = resource.NewProperty(given)
	}
	out["oidcIssuerProfile"] = object(resource.PropertyMap{
		"enabled":   resource.NewProperty(true),
		"issuerURL": resource.NewProperty("https://" + location + ".oic.prod-aks.azure.com/" + TenantID + "/" + t.guid("issuer") + "/"),
	})
	identity := plainMap(t.inputs)["identity"].ObjectValue().Copy()
	identity["principalId"], identity["tenantId"] = resource.NewProperty(t.guid("principal")), resource.NewProperty(TenantID)
	out["identity"] = object(identity)
	out["identityProfile"] = object(resource.PropertyMap{"kubeletidentity": object(
		texts("clientId", t.guid("kubelet client"), "objectId", t.guid("kubelet object"), "resourceId", t.id+"/kubelet"))})
	return out
}

// roleAssignmentRules refuses what Azure refuses: a principal or role that does not exist, a second
// assignment with the same scope, principal and role, and an update of any of the three.
func roleAssignmentRules(_ *World, store map[string]*thing, old *thing, id string, in resource.PropertyMap) error {
	for _, fixed := range []string{"scope", "principalId", "roleDefinitionId"} {
		if old != nil && text(old.inputs, fixed) != text(in, fixed) {
			return errors.New("400 RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated")
		}
	}
	role, err := azure.LookupRole(text(in, "roleDefinitionId"))
	if err != nil {
		return err
	}
	known, principal := role.Name != "", false
	for _, t := range store {
		known = known || t.kind.token == "azure-native:authorization:RoleDefinition" && strings.EqualFold(text(t.state, "name"), role.GUID)
		for _, path := range []string{"principalId", "objectId", "identity.principalId", "identityProfile.kubeletidentity.objectId"} {
			principal = principal || t.kind.token != "azure-native:authorization:RoleAssignment" && text(t.state, path) == text(in, "principalId")
		}
		if t.kind.token == "azure-native:authorization:RoleAssignment" && !strings.EqualFold(t.id, id) && old == nil &&
			text(t.inputs, "scope") == text(in, "scope") && text(t.inputs, "principalId") == text(in, "principalId") &&
			text(t.inputs, "roleDefinitionId") == text(in, "roleDefinitionId") {
			return errors.New("409 RoleAssignmentExists: The role assignment already exists")
		}
	}
	if !principal {
		return fmt.Errorf("400 PrincipalNotFound: Principal %s does not exist in the directory %s", text(in, "principalId"), TenantID)
	}
	if !known {
		return fmt.Errorf("404 RoleDefinitionDoesNotExist: The specified role definition with ID '%s' does not exist", role.GUID)
	}
	return nil
}

func roleDefinitionDeletable(store map[string]*thing, definition *thing) error {
	for _, t := range store {
		if t.kind.token == "azure-native:authorization:RoleAssignment" && strings.HasSuffix(text(t.inputs, "roleDefinitionId"), "/"+text(definition.state, "name")) {
			return errors.New("400 RoleDefinitionHasAssignments: There are existing role assignments referencing role")
		}
	}
	return nil
}

package pulumitest

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Missing begins the names of resources that the fakes do not find.
const Missing = "missing"

// grantFakes returns stand-ins for what gives identities rights: custom roles, access policies, SQL
// administrators, and the resources that grants look up, all of which exist. Vaults use roles, and
// SQL servers have no administrator; a test that needs others adds its own fake.
func grantFakes() Fakes {
	return Fakes{
		Resources: map[string]FakeResource{
			"azure-native:authorization:RoleDefinition": {
				Required: []string{"scope", "roleName", "roleType", "roleDefinitionId", "permissions", "assignableScopes"},
				State:    roleDefinition,
			},
			"azure-native:keyvault:AccessPolicy": {
				Required: []string{"resourceGroupName", "vaultName", "policy"},
				Allowed:  []string{"resourceGroupName", "vaultName", "policy"},
				State:    accessPolicy,
			},
			"azure-native:sql:ServerAzureADAdministrator": {
				Required: []string{"resourceGroupName", "serverName", "administratorType", "login", "sid"},
				Allowed:  []string{"resourceGroupName", "serverName", "administratorName", "administratorType", "login", "sid", "tenantId"},
				State:    sqlAdministrator,
			},
		},
		Calls: map[string]FakeCall{
			"azure-native:storage:getStorageAccount":                    existing("accountName", "Microsoft.Storage", "storageAccounts"),
			"azure-native:keyvault:getVault":                            ExistingVault(true),
			"azure-native:containerregistry:getRegistry":                existing("registryName", "Microsoft.ContainerRegistry", "registries"),
			"azure-native:sql:getServer":                                existing("serverName", "Microsoft.Sql", "servers"),
			"azure-native:sql:getServerAzureADAdministrator":            NoSqlAdministrator,
			"azure-native:operationalinsights:getWorkspace":             existing("workspaceName", "Microsoft.OperationalInsights", "workspaces"),
			"azure-native:resources:getResourceGroup":                   existingGroup,
			"azure-native:containerservice/v20250101:getManagedCluster": existing("resourceName", "Microsoft.ContainerService", "managedClusters"),
		},
	}
}

func roleDefinition(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "roleDefinitionId", "")
	return text(r, "scope", "") + "/providers/Microsoft.Authorization/roleDefinitions/" + name, stringMap("name", name), nil
}

func accessPolicy(r *Resource) (string, resource.PropertyMap, error) {
	policy := r.Inputs["policy"]
	if !policy.IsObject() || !policy.ObjectValue()["objectId"].IsString() {
		return "", nil, fmt.Errorf("policy.objectId is not given")
	}
	vault := armID(text(r, "resourceGroupName", ""), "Microsoft.KeyVault", "vaults", text(r, "vaultName", ""))
	return vault + "/accessPolicy/" + policy.ObjectValue()["objectId"].StringValue(), nil, nil
}

func sqlAdministrator(r *Resource) (string, resource.PropertyMap, error) {
	server := armID(text(r, "resourceGroupName", ""), "Microsoft.Sql", "servers", text(r, "serverName", ""))
	return server + "/administrators/" + text(r, "administratorName", ""), stringMap("name", "ActiveDirectory"), nil
}

// existing answers for resources of a type, all of which exist but the missing.
func existing(nameArgument resource.PropertyKey, provider, typ string) FakeCall {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		name, group := args[nameArgument].StringValue(), args["resourceGroupName"].StringValue()
		id := armID(group, provider, typ, name)
		if strings.HasPrefix(name, Missing) {
			return nil, notFound(id)
		}
		return stringMap("id", id, "name", name, "location", "westeurope", "type", provider+"/"+typ), nil
	}
}

func existingGroup(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := args["resourceGroupName"].StringValue()
	id := "/subscriptions/" + SubscriptionID + "/resourceGroups/" + name
	if strings.HasPrefix(name, Missing) {
		return nil, notFound(id)
	}
	return stringMap("id", id, "name", name, "location", "westeurope", "type", "Microsoft.Resources/resourceGroups"), nil
}

// ExistingVault answers for vaults, which use roles or access policies.
func ExistingVault(roles bool) FakeCall {
	find := existing("vaultName", "Microsoft.KeyVault", "vaults")
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		found, err := find(args)
		if err != nil {
			return nil, err
		}
		found["properties"] = resource.NewProperty(resource.PropertyMap{
			"enableRbacAuthorization": resource.NewProperty(roles), "tenantId": resource.NewProperty(TenantID),
		})
		return found, nil
	}
}

// NoSqlAdministrator answers for a SQL server that has no administrator.
func NoSqlAdministrator(args resource.PropertyMap) (resource.PropertyMap, error) {
	return nil, notFound(armID(args["resourceGroupName"].StringValue(), "Microsoft.Sql", "servers", args["serverName"].StringValue()) + "/administrators/ActiveDirectory")
}

// SqlAdministrator answers for a SQL server that has one.
func SqlAdministrator(login, sid string) FakeCall {
	return func(resource.PropertyMap) (resource.PropertyMap, error) {
		return stringMap("login", login, "sid", sid, "name", "ActiveDirectory", "administratorType", "ActiveDirectory"), nil
	}
}

func notFound(id string) error {
	return fmt.Errorf("GET %s: Status=404 Code=%q Message=%q", id, "ResourceNotFound", "The resource was not found.")
}

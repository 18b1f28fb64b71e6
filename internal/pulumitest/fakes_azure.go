package pulumitest

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// KubeconfigMarker is in every kubeconfig that the fakes hand out, and nowhere else: where it can
// be read, a credential can be.
const KubeconfigMarker = "kubeconfig-credential-7f3a"

// standardFakes returns the types and functions that the product's programs use.
func standardFakes() Fakes {
	f := Fakes{
		Resources: map[string]FakeResource{
			"azure-native:resources:ResourceGroup": {State: resourceGroup},
			"azure-native:managedidentity:UserAssignedIdentity": {
				Required: []string{"resourceGroupName"},
				State:    userAssignedIdentity,
			},
			"azure-native:managedidentity:FederatedIdentityCredential": {
				Required: []string{"resourceGroupName", "resourceName", "issuer", "subject", "audiences"},
				State:    federatedIdentityCredential,
			},
			"azure-native:authorization:RoleAssignment": {
				Required: []string{"scope", "principalId", "principalType", "roleDefinitionId", "roleAssignmentName"},
				State:    roleAssignment,
			},
			"azure-native:keyvault:Vault": {
				Required: []string{"resourceGroupName", "properties"},
				State:    vault,
			},
			"azure-native:keyvault:Secret": {
				Required: []string{"resourceGroupName", "vaultName", "properties"},
				State:    vaultSecret,
			},
		},
		Calls: map[string]FakeCall{
			"azure-native:managedidentity:getUserAssignedIdentity": getUserAssignedIdentity,
			"azure-native:authorization:getClientConfig":           getClientConfig,
		},
	}
	return grantFakes().with(f).with(aksFakes()).with(entraFakes()).with(kubernetesFakes())
}

func armID(group, provider, typ, name string) string {
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s/providers/%s/%s/%s", SubscriptionID, group, provider, typ, name)
}

func resourceGroup(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "resourceGroupName", Physical(r.Name))
	return "/subscriptions/" + SubscriptionID + "/resourceGroups/" + name,
		stringMap("name", name, "location", text(r, "location", "westeurope")), nil
}

func userAssignedIdentity(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "resourceName", Physical(r.Name))
	id := armID(text(r, "resourceGroupName", ""), "Microsoft.ManagedIdentity", "userAssignedIdentities", name)
	return id, stringMap("name", name, "location", text(r, "location", "westeurope"),
		"clientId", GUID(r.Name, "client"), "principalId", GUID(r.Name, "principal"), "tenantId", TenantID), nil
}

func federatedIdentityCredential(r *Resource) (string, resource.PropertyMap, error) {
	if n := length(r, "audiences"); n != 1 {
		return "", nil, fmt.Errorf("federated identity credentials must have exactly one audience, not %d", n)
	}
	name := text(r, "federatedIdentityCredentialResourceName", Physical(r.Name))
	identity := armID(text(r, "resourceGroupName", ""), "Microsoft.ManagedIdentity", "userAssignedIdentities", text(r, "resourceName", ""))
	return identity + "/federatedIdentityCredentials/" + name, stringMap("name", name), nil
}

func roleAssignment(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "roleAssignmentName", "")
	return text(r, "scope", "") + "/providers/Microsoft.Authorization/roleAssignments/" + name, stringMap("name", name), nil
}

func vault(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "vaultName", Physical(r.Name))
	state := stringMap("name", name, "location", text(r, "location", "westeurope"))
	properties := r.Inputs["properties"]
	if !properties.IsObject() {
		return "", nil, errors.New("properties are not an object")
	}
	merged := properties.ObjectValue().Copy()
	merged["vaultUri"] = resource.NewProperty("https://" + name + ".vault.azure.net/")
	state["properties"] = resource.NewProperty(merged)
	return armID(text(r, "resourceGroupName", ""), "Microsoft.KeyVault", "vaults", name), state, nil
}

func vaultSecret(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "secretName", Physical(r.Name))
	id := armID(text(r, "resourceGroupName", ""), "Microsoft.KeyVault", "vaults", text(r, "vaultName", "")) + "/secrets/" + name
	return id, stringMap("name", name), nil
}

func getUserAssignedIdentity(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := args["resourceName"].StringValue()
	return stringMap("name", name, "location", "westeurope", "type", "Microsoft.ManagedIdentity/userAssignedIdentities",
		"id", armID(args["resourceGroupName"].StringValue(), "Microsoft.ManagedIdentity", "userAssignedIdentities", name),
		"clientId", GUID(name, "client"), "principalId", GUID(name, "principal"), "tenantId", TenantID), nil
}

func getClientConfig(resource.PropertyMap) (resource.PropertyMap, error) {
	return stringMap("clientId", ClientID, "objectId", ObjectID, "subscriptionId", SubscriptionID, "tenantId", TenantID), nil
}

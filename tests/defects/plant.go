package main

import (
	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// register registers a resource without an SDK for its type.
func register(ctx *pulumi.Context, typ, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) error {
	return ctx.RegisterResource(typ, name, inputs, &pulumi.CustomResourceState{}, opts...)
}

// addPassword registers a password of the first workload's service principal.
func addPassword(ctx *pulumi.Context, s *recorder) error {
	principal, err := firstAs[pulumi.CustomResource](s, principalType)
	if err != nil {
		return err
	}
	return register(ctx, passwordType, "password", pulumi.Map{"servicePrincipalId": principal.ID()})
}

// labelAccount puts the label on a service account, where it has no effect.
func labelAccount(in pulumi.Map, _ string) error {
	metadata, err := nested(in, "metadata")
	if err != nil {
		return err
	}
	metadata["labels"] = pulumi.StringMap{azwi.LabelUse: pulumi.String("true")}
	return nil
}

// addExplicit registers a Deployment that sets its client id itself.
func addExplicit(ctx *pulumi.Context, s *recorder) error {
	application, err := firstAs[*azuread.Application](s, applicationType)
	if err != nil {
		return err
	}
	return addDeployment(ctx, s, "explicit", pulumi.StringMap{azwi.LabelUse: pulumi.String("true")},
		pulumi.MapArray{pulumi.Map{"name": pulumi.String(azwi.EnvClientID), "value": application.ClientId}})
}

// addDeployment registers a Deployment of the first workload's service account (in the local stack,
// the one with an application). It does not wait for its pods, because the policies do not read
// them.
func addDeployment(ctx *pulumi.Context, s *recorder, name string, labels pulumi.StringMap, environment pulumi.MapArray) error {
	account, err := s.first(accountType)
	if err != nil {
		return err
	}
	cluster, err := firstAs[pulumi.ProviderResource](s, clusterProvider)
	if err != nil {
		return err
	}
	metadata, err := nested(account.inputs, "metadata")
	if err != nil {
		return err
	}
	selector := pulumi.StringMap{"app": pulumi.String(name)}
	template := pulumi.StringMap{"app": pulumi.String(name)}
	for key, value := range labels {
		template[key] = value
	}
	container := pulumi.Map{"name": pulumi.String("app"), "image": pulumi.String(exampleContainer)}
	if environment != nil {
		container["env"] = environment
	}
	return register(ctx, deploymentType, name, pulumi.Map{
		"apiVersion": pulumi.String("apps/v1"), "kind": pulumi.String("Deployment"),
		"metadata": pulumi.Map{
			"name": pulumi.String(name), "namespace": metadata["namespace"],
			"annotations": pulumi.StringMap{skipAwait: pulumi.String("true")},
		},
		"spec": pulumi.Map{
			"selector": pulumi.Map{"matchLabels": selector},
			"template": pulumi.Map{
				"metadata": pulumi.Map{"labels": template},
				"spec": pulumi.Map{
					"serviceAccountName": metadata["name"], "automountServiceAccountToken": pulumi.Bool(false),
					"containers": pulumi.MapArray{container},
				},
			},
		},
	}, pulumi.Provider(cluster), pulumi.DependsOn([]pulumi.Resource{account.resource}))
}

// addPolicy registers an access policy for the workload in a vault with roles, which ignores it.
func addPolicy(ctx *pulumi.Context, s *recorder) error {
	identity, group, err := identityAndGroup(s)
	if err != nil {
		return err
	}
	vault, err := firstAs[*keyvault.Vault](s, vaultType)
	if err != nil {
		return err
	}
	return register(ctx, vaultPolicyType, "policy", pulumi.Map{
		"resourceGroupName": group.Name, "vaultName": vault.Name,
		"policy": pulumi.Map{
			"tenantId": identity.TenantId, "objectId": identity.PrincipalId,
			"permissions": pulumi.Map{"secrets": pulumi.ToStringArray([]string{"get"})},
		},
	})
}

// addServer registers a SQL server with the workload as its administrator.
func addServer(ctx *pulumi.Context, s *recorder) error {
	identity, group, err := identityAndGroup(s)
	if err != nil {
		return err
	}
	return register(ctx, sqlServerType, "database", pulumi.Map{
		"resourceGroupName": group.Name, "location": group.Location,
		"minimalTlsVersion": pulumi.String("1.2"),
		"administrators": pulumi.Map{
			"administratorType": pulumi.String("ActiveDirectory"), "principalType": pulumi.String("Application"),
			"login": identity.Name, "sid": identity.PrincipalId, "tenantId": identity.TenantId,
			"azureADOnlyAuthentication": pulumi.Bool(true),
		},
	})
}

// identityAndGroup returns the user-assigned identity of the stack's first workload, and the
// stack's resource group.
func identityAndGroup(s *recorder) (*managedidentity.UserAssignedIdentity, *resources.ResourceGroup, error) {
	identity, err := firstAs[*managedidentity.UserAssignedIdentity](s, identityType)
	if err != nil {
		return nil, nil, err
	}
	group, err := firstAs[*resources.ResourceGroup](s, resourceGroup)
	return identity, group, err
}

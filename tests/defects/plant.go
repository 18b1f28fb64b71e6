package main

import (
	"fmt"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// register registers a resource as a program does that has no SDK for it.
func register(ctx *pulumi.Context, typ, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) error {
	return ctx.RegisterResource(typ, name, inputs, &pulumi.CustomResourceState{}, opts...)
}

// theIdentity is the user-assigned identity of the stack's first workload.
func theIdentity(s *seen) (*managedidentity.UserAssignedIdentity, error) {
	r, err := s.first(identityType)
	if err != nil {
		return nil, err
	}
	identity, ok := r.resource.(*managedidentity.UserAssignedIdentity)
	if !ok {
		return nil, fmt.Errorf("the identity is a %T", r.resource)
	}
	return identity, nil
}

// theGroup is the stack's resource group.
func theGroup(s *seen) (*resources.ResourceGroup, error) {
	r, err := s.first(resourceGroup)
	if err != nil {
		return nil, err
	}
	group, ok := r.resource.(*resources.ResourceGroup)
	if !ok {
		return nil, fmt.Errorf("the resource group is a %T", r.resource)
	}
	return group, nil
}

// addExplicit registers a Deployment that is told who it is by its program, and not by the webhook.
func addExplicit(ctx *pulumi.Context, s *seen) error {
	r, err := s.first(applicationType)
	if err != nil {
		return err
	}
	application, ok := r.resource.(*azuread.Application)
	if !ok {
		return fmt.Errorf("the application is a %T", r.resource)
	}
	return addDeployment(ctx, s, "explicit", pulumi.StringMap{azwi.LabelUse: pulumi.String("true")},
		pulumi.MapArray{pulumi.Map{"name": pulumi.String(azwi.EnvClientID), "value": application.ClientId}})
}

func addPassword(ctx *pulumi.Context, s *seen) error {
	principal, err := s.first(principalType)
	if err != nil {
		return err
	}
	custom, ok := principal.resource.(pulumi.CustomResource)
	if !ok {
		return fmt.Errorf("the service principal is a %T", principal.resource)
	}
	return register(ctx, passwordType, "password", pulumi.Map{"servicePrincipalId": custom.ID()})
}

// labelAccount puts the label where it has no effect.
func labelAccount(in pulumi.Map, _ string) error {
	metadata, err := open(in, "metadata")
	if err != nil {
		return err
	}
	metadata["labels"] = pulumi.StringMap{azwi.LabelUse: pulumi.String("true")}
	return nil
}

// addDeployment registers a Deployment of the first workload's service account (the local stack's has an application). Nothing waits for its pods: what they would do is
// not the question.
func addDeployment(ctx *pulumi.Context, s *seen, name string, labels pulumi.StringMap, environment pulumi.MapArray) error {
	account, err := s.first(accountType)
	if err != nil {
		return err
	}
	provider, err := s.first(clusterProvider)
	if err != nil {
		return err
	}
	cluster, ok := provider.resource.(pulumi.ProviderResource)
	if !ok {
		return fmt.Errorf("the cluster's provider is a %T", provider.resource)
	}
	metadata, err := open(account.inputs, "metadata")
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
			"annotations": pulumi.StringMap{withoutAwaiting: pulumi.String("true")},
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

// addPolicy lets the workload read secrets by an access policy, which a vault with roles ignores.
func addPolicy(ctx *pulumi.Context, s *seen) error {
	identity, err := theIdentity(s)
	if err != nil {
		return err
	}
	group, err := theGroup(s)
	if err != nil {
		return err
	}
	r, err := s.first(vaultType)
	if err != nil {
		return err
	}
	vault, ok := r.resource.(*keyvault.Vault)
	if !ok {
		return fmt.Errorf("the vault is a %T", r.resource)
	}
	return register(ctx, vaultPolicyType, "policy", pulumi.Map{
		"resourceGroupName": group.Name, "vaultName": vault.Name,
		"policy": pulumi.Map{
			"tenantId": identity.TenantId, "objectId": identity.PrincipalId,
			"permissions": pulumi.Map{"secrets": pulumi.ToStringArray([]string{"get"})},
		},
	})
}

func addServer(ctx *pulumi.Context, s *seen) error {
	identity, err := theIdentity(s)
	if err != nil {
		return err
	}
	group, err := theGroup(s)
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

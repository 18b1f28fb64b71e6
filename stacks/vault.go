package stacks

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/internal/roleassignment"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// vault is the stack's Key Vault.
type vault struct {
	id pulumi.StringOutput
	// url is the data plane's address, https://NAME.vault.azure.net/.
	url pulumi.StringOutput
	// secretIDs are the resource ids of the secrets, by name.
	secretIDs map[string]pulumi.StringOutput
}

// deployVault registers the Key Vault and its secrets, when the stack has one.
//
// Roles decide about access, never access policies, and whoever may use the vault says a role assignment (R13). Secrets
// are written through Azure Resource Manager, so that the deployer needs no role in the vault.
func (g *graph) deployVault(ctx *pulumi.Context) error {
	c := g.config.Vault
	if c == nil {
		return nil
	}
	r, err := keyvault.NewVault(ctx, "vault", &keyvault.VaultArgs{
		VaultName:         optional(c.Name),
		ResourceGroupName: g.group.name,
		Location:          pulumi.String(g.config.Location),
		Properties:        vaultProperties(c, g.account.TenantId),
		Tags:              g.tags(),
	})
	if err != nil {
		return fmt.Errorf("registering the vault: %w", err)
	}
	g.vault = &vault{
		id:        r.ID().ToStringOutput(),
		url:       r.Properties.VaultUri(),
		secretIDs: map[string]pulumi.StringOutput{},
	}
	for _, name := range sortedKeys(c.Officers) {
		if err := g.deployOfficer(ctx, name, c.Officers[name]); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(c.Secrets) {
		if err := g.deploySecret(ctx, r, name, c.Secrets[name]); err != nil {
			return err
		}
	}
	return nil
}

// vaultProperties is the pure function from the configuration to the vault's properties.
func vaultProperties(c *Vault, tenantID string) *keyvault.VaultPropertiesArgs {
	properties := &keyvault.VaultPropertiesArgs{
		TenantId: pulumi.String(tenantID),
		Sku: &keyvault.SkuArgs{
			Family: pulumi.String("A"),
			Name:   keyvault.SkuName(c.SKU),
		},
		EnableRbacAuthorization:   pulumi.Bool(true),
		EnableSoftDelete:          pulumi.Bool(true),
		SoftDeleteRetentionInDays: pulumi.Int(c.SoftDeleteRetentionDays),
	}
	// Left out rather than false: Azure takes no false for it.
	if c.PurgeProtection {
		properties.EnablePurgeProtection = pulumi.Bool(true)
	}
	return properties
}

// deploySecret registers one secret. Its value is secret in the state, however it stood in the configuration.
//
// It goes with the vault (DeletedWith): deleting it alone would go through the data plane, where the deployer has no role.
func (g *graph) deploySecret(ctx *pulumi.Context, vault *keyvault.Vault, name, value string) error {
	r, err := keyvault.NewSecret(ctx, "vault-secret-"+name, &keyvault.SecretArgs{
		VaultName:         vault.Name,
		ResourceGroupName: g.group.name,
		SecretName:        pulumi.String(name),
		Properties: &keyvault.SecretPropertiesArgs{
			Value: pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput),
		},
		Tags: g.tags(),
	}, pulumi.DeletedWith(vault))
	if err != nil {
		return fmt.Errorf("registering the secret %q: %w", name, err)
	}
	g.vault.secretIDs[name] = r.ID().ToStringOutput()
	return nil
}

// officerRole may read, write and delete secrets.
const officerRole = "Key Vault Secrets Officer"

// deployOfficer gives somebody the role that a deployer needs who removes a secret from a living vault: Azure Resource Manager
// cannot delete one, so that the provider does it in the vault's data plane.
func (g *graph) deployOfficer(ctx *pulumi.Context, name string, o Officer) error {
	role, err := azure.LookupRole(officerRole)
	if err != nil {
		return err
	}
	_, err = roleassignment.New(ctx, "vault-officer-"+name, &roleassignment.Args{
		Scope:          g.vault.id,
		PrincipalId:    pulumi.String(o.PrincipalID),
		PrincipalType:  o.PrincipalType,
		RoleGuid:       pulumi.String(role.GUID),
		SubscriptionId: pulumi.String(g.account.SubscriptionId),
	})
	if err != nil {
		return fmt.Errorf("registering the officer %q of the vault: %w", name, err)
	}
	return nil
}

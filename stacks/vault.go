package stacks

import (
	"fmt"
	"regexp"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/roleassignment"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

var (
	_ = arguments.Enum(keyvault.SkuNameStandard, keyvault.SkuNamePremium)
	_ = arguments.Enum(authorization.PrincipalTypeUser, authorization.PrincipalTypeGroup, authorization.PrincipalTypeServicePrincipal)
)

// Vault describes the stack's Key Vault, which authorises by roles (Azure RBAC), never by access
// policies.
type Vault struct {
	// Name in Azure, unique in the world, also among deleted vaults: 3 to 24 letters, digits and
	// single hyphens, starting with a letter and ending with a letter or digit. Default: autonamed,
	// so that a destroyed stack can be created again at once.
	Name string `config:"name"`
	// Sku is standard or premium. Default: standard.
	Sku keyvault.SkuName `config:"sku"`
	// SoftDeleteRetentionDays is how long a deleted vault can be recovered, 7 to 90 days. It cannot
	// change later. Source: learn.microsoft.com, "Azure Key Vault soft-delete overview". Default:
	// 7.
	SoftDeleteRetentionDays int `config:"softDeleteRetentionDays" min:"7" max:"90" unit:"days"`
	// PurgeProtection keeps everybody, also Azure's support, from purging the vault before its
	// time. It can never be switched off again. Default: false, so that a stack can be destroyed
	// and its vault's name used again.
	PurgeProtection bool `config:"purgeProtection"`
	// Protect lets the engine refuse every update that would delete or replace the vault. Default:
	// true, unless the stack is named local or local-….
	Protect bool `config:"protect"`
	// Secrets maps names (1 to 127 letters, digits and hyphens, different without regard to case)
	// to values (1 to 25,600 bytes). Set them with `pulumi config set --secret --path
	// 'vault.secrets.NAME'`. They are secret in the state whatever they are here. To write them the
	// deployer needs no role in the vault; but Azure Resource Manager cannot delete a secret, so
	// that removing one here while the vault lives is a delete in the vault's data plane, for which
	// the deployer must be one of Officers. Default: none.
	Secrets map[string]string `config:"secrets"`
	// PlainTextSecrets permits Secrets that are not encrypted in the stack file, for values that
	// are not secret at all, as in the sandbox. Pulumi tells the program only that the vault
	// section as a whole holds an encrypted value, so that one encrypted value anywhere in it
	// permits all others in plain text, unnoticed. Default: false, they are refused where nothing
	// in the section is encrypted.
	PlainTextSecrets bool `config:"plainTextSecrets"`
	// Officers get the role Key Vault Secrets Officer on the vault, by a name of your choice: 1 to
	// 63 letters, digits, hyphens and underscores. Default: none.
	Officers map[string]Officer `config:"officers"`
}

// SetDefaults sets the defaults of the receiver's own fields.
func (v *Vault) SetDefaults() {
	*v = Vault{Sku: keyvault.SkuNameStandard, SoftDeleteRetentionDays: 7}
}

// Officer may read, write and delete the vault's secrets.
type Officer struct {
	// PrincipalId is the object id of the user, group or service principal: a GUID. Required.
	PrincipalId string `config:"principalId"`
	// PrincipalType is User, Group or ServicePrincipal. Default: User.
	PrincipalType authorization.PrincipalType `config:"principalType"`
}

// SetDefaults sets the defaults of the receiver's own fields.
func (o *Officer) SetDefaults() { o.PrincipalType = authorization.PrincipalTypeUser }

// maxSecretBytes is the longest value of a secret. Source: learn.microsoft.com, "About Azure Key
// Vault secrets".
const maxSecretBytes = 25600

var secretNameForm = regexp.MustCompile(`^[a-zA-Z0-9-]{1,127}$`)

// vault checks the vault section. It quotes none of its values: one of them may be encrypted.
func (v *validator) vault() {
	at, vault := v.root("vault"), v.config.Vault
	if vault == nil {
		return
	}
	if vault.Name != "" && azure.ValidateResourceName(azure.TypeVault, vault.Name) != nil {
		v.Add(at.Field("name"), "is not a vault name",
			"use 3 to 24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit, or remove the key to get a name that is free")
	}
	for _, name := range sortedKeys(vault.Officers) {
		here := at.Field("officers").Key(name)
		v.AddError(here, azure.ValidateKey(name))
		if !azure.IsGUID(vault.Officers[name].PrincipalId) {
			v.Add(here.Field("principalId"), "is not an object id", "write the GUID that \"az ad user show --query id\" prints")
		}
	}
	v.vaultSecrets(at, vault)
}

func (v *validator) vaultSecrets(at problem.Path, vault *Vault) {
	secrets := at.Field("secrets")
	first := map[string]string{}
	for _, name := range sortedKeys(vault.Secrets) {
		v.differsInMoreThanCase(secrets.Key(name), name, first, "Key Vault")
		if !secretNameForm.MatchString(name) {
			v.Add(secrets.Key(name), "is not the name of a Key Vault secret", "use 1 to 127 letters, digits and hyphens")
		}
		if n := len(vault.Secrets[name]); n == 0 || n > maxSecretBytes {
			v.Add(secrets.Key(name), fmt.Sprintf("has %d bytes", n), fmt.Sprintf("give it 1 to %d bytes, or remove the key", maxSecretBytes))
		}
	}
	if len(vault.Secrets) > 0 && !v.encrypted && !vault.PlainTextSecrets {
		v.Add(secrets, "stands in plain text in the stack file",
			fmt.Sprintf("encrypt each value: pulumi config set --secret --path '%s.NAME'; or, if none of them is confidential, permit it with %s: true",
				v.withoutProject(secrets), v.withoutProject(at.Field("plainTextSecrets"))))
	}
}

// vault is the stack's Key Vault.
type vault struct {
	id pulumi.StringOutput
	// url is the data plane's address, https://NAME.vault.azure.net/.
	url pulumi.StringOutput
	// secretIds are the resource ids of the secrets, by name.
	secretIds map[string]pulumi.StringOutput
}

// registerVault registers the Key Vault, its officers and its secrets, when the stack has one.
//
// Access is granted only by role assignments, never by access policies (R13). Secrets are written
// through Azure Resource Manager, so that the deployer needs no role in the vault.
func (g *graph) registerVault(ctx *pulumi.Context) error {
	c := g.config.Vault
	if c == nil {
		return nil
	}
	var opts []pulumi.ResourceOption
	if c.Protect {
		opts = append(opts, pulumi.Protect(true))
	}
	r, err := keyvault.NewVault(ctx, "vault", &keyvault.VaultArgs{
		VaultName:         optional(c.Name),
		ResourceGroupName: g.group.name,
		Location:          pulumi.String(g.config.Location),
		Properties:        c.properties(g.account.TenantId),
		Tags:              g.tags(),
	}, opts...)
	if err != nil {
		return fmt.Errorf("registering the vault: %w", err)
	}
	g.vault = &vault{
		id:        r.ID().ToStringOutput(),
		url:       r.Properties.VaultUri(),
		secretIds: map[string]pulumi.StringOutput{},
	}
	for _, name := range sortedKeys(c.Officers) {
		if err := g.registerOfficer(ctx, name, c.Officers[name]); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(c.Secrets) {
		secret, err := g.registerSecret(ctx, r, name, c.Secrets[name])
		if err != nil {
			return err
		}
		g.vault.secretIds[name] = secret.ID().ToStringOutput()
	}
	return nil
}

// properties returns the vault's properties in Azure.
func (v *Vault) properties(tenantId string) *keyvault.VaultPropertiesArgs {
	properties := &keyvault.VaultPropertiesArgs{
		TenantId: pulumi.String(tenantId),
		Sku: &keyvault.SkuArgs{
			Family: pulumi.String("A"),
			Name:   v.Sku,
		},
		EnableRbacAuthorization:   pulumi.Bool(true),
		EnableSoftDelete:          pulumi.Bool(true),
		SoftDeleteRetentionInDays: pulumi.Int(v.SoftDeleteRetentionDays),
	}
	// Left out rather than false: Azure refuses false.
	if v.PurgeProtection {
		properties.EnablePurgeProtection = pulumi.Bool(true)
	}
	return properties
}

// registerSecret registers one secret. Its value is secret in the state, however it stood in the
// configuration.
//
// It is deleted with the vault (DeletedWith): deleting it alone would go through the data plane,
// where the deployer has no role.
func (g *graph) registerSecret(ctx *pulumi.Context, vault *keyvault.Vault, name, value string) (*keyvault.Secret, error) {
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
		return nil, fmt.Errorf("registering the secret %q: %w", name, err)
	}
	return r, nil
}

// officerRole may read, write and delete secrets.
const officerRole = "Key Vault Secrets Officer"

// registerOfficer registers the role assignment that a deployer needs who removes a secret from a
// living vault: Azure Resource Manager cannot delete one, so that the provider does it in the
// vault's data plane.
func (g *graph) registerOfficer(ctx *pulumi.Context, name string, o Officer) error {
	role, err := azure.LookupRole(officerRole)
	if err != nil {
		return err
	}
	_, err = roleassignment.New(ctx, "vault-officer-"+name, &roleassignment.Args{
		Scope:          g.vault.id,
		PrincipalId:    pulumi.String(o.PrincipalId),
		PrincipalType:  string(o.PrincipalType),
		RoleGuid:       pulumi.String(role.GUID),
		SubscriptionId: pulumi.String(g.account.SubscriptionId),
	})
	if err != nil {
		return fmt.Errorf("registering the officer %q of the vault: %w", name, err)
	}
	return nil
}

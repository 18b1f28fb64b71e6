package workload

import (
	"fmt"
	"strings"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// The permissions of access policies are the SDK's types; the SDK has no list of their values. The
// lists are those of API version 2023-02-01, which this product's SDK describes. Source:
// Microsoft.KeyVault/vaults, AccessPolicyEntry, Permissions.
var (
	_ = arguments.Enum(
		keyvault.SecretPermissionsGet, keyvault.SecretPermissionsList, keyvault.SecretPermissionsSet, keyvault.SecretPermissionsDelete,
		keyvault.SecretPermissionsBackup, keyvault.SecretPermissionsRestore, keyvault.SecretPermissionsRecover, keyvault.SecretPermissionsPurge,
		keyvault.SecretPermissionsAll,
	)
	_ = arguments.Enum(
		keyvault.KeyPermissionsGet, keyvault.KeyPermissionsList, keyvault.KeyPermissionsCreate, keyvault.KeyPermissionsUpdate,
		keyvault.KeyPermissionsImport, keyvault.KeyPermissionsDelete, keyvault.KeyPermissionsBackup, keyvault.KeyPermissionsRestore,
		keyvault.KeyPermissionsRecover, keyvault.KeyPermissionsPurge, keyvault.KeyPermissionsEncrypt, keyvault.KeyPermissionsDecrypt,
		keyvault.KeyPermissionsWrapKey, keyvault.KeyPermissionsUnwrapKey, keyvault.KeyPermissionsSign, keyvault.KeyPermissionsVerify,
		keyvault.KeyPermissionsRelease, keyvault.KeyPermissionsRotate, keyvault.KeyPermissionsGetrotationpolicy,
		keyvault.KeyPermissionsSetrotationpolicy, keyvault.KeyPermissionsAll,
	)
	_ = arguments.Enum(
		keyvault.CertificatePermissionsGet, keyvault.CertificatePermissionsList, keyvault.CertificatePermissionsCreate,
		keyvault.CertificatePermissionsUpdate, keyvault.CertificatePermissionsImport, keyvault.CertificatePermissionsDelete,
		keyvault.CertificatePermissionsBackup, keyvault.CertificatePermissionsRestore, keyvault.CertificatePermissionsRecover,
		keyvault.CertificatePermissionsPurge, keyvault.CertificatePermissionsManagecontacts, keyvault.CertificatePermissionsGetissuers,
		keyvault.CertificatePermissionsListissuers, keyvault.CertificatePermissionsSetissuers,
		keyvault.CertificatePermissionsDeleteissuers, keyvault.CertificatePermissionsManageissuers, keyvault.CertificatePermissionsAll,
	)
)

// VaultPolicyArgs gives the identity an access policy of a Key Vault. The vault exists, in the
// provider's subscription and in the identity's tenant, and uses access policies; on one that uses
// roles it is refused: grant a preset there, such as ReadSecrets. At least one permission is
// required.
type VaultPolicyArgs struct {
	// Key names the policy in URNs: 1 to 63 letters, digits, hyphens and underscores. Required.
	Key string `pulumi:"key"`
	// VaultName is the vault's name. Required.
	VaultName pulumi.StringInput `pulumi:"vaultName"`
	// ResourceGroupName is the vault's resource group. Required.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	// SecretPermissions are what the identity may do with secrets. "all" and "purge" are allowed
	// with a warning, here and below. Default: nothing.
	SecretPermissions []keyvault.SecretPermissions `pulumi:"secretPermissions,optional"`
	// KeyPermissions are what it may do with keys. Default: nothing.
	KeyPermissions []keyvault.KeyPermissions `pulumi:"keyPermissions,optional"`
	// CertificatePermissions are what it may do with certificates. Default: nothing.
	CertificatePermissions []keyvault.CertificatePermissions `pulumi:"certificatePermissions,optional"`
}

// permissions are those of one property of a policy.
type permissions struct {
	property, noun string
	words          []string
}

// permissions returns the permissions of a policy by property.
func (p *VaultPolicyArgs) permissions() []permissions {
	return []permissions{
		{"secretPermissions", "secret", texts(p.SecretPermissions)},
		{"keyPermissions", "key", texts(p.KeyPermissions)},
		{"certificatePermissions", "certificate", texts(p.CertificatePermissions)},
	}
}

// checkVaultPolicies records what is wrong with the access policies. arguments.Check knows the
// words.
func (args *FederatedWorkloadArgs) checkVaultPolicies(l *problem.List) {
	var byKey, byVault repeats
	for i := range args.VaultPolicies {
		p, path := &args.VaultPolicies[i], problem.Path("vaultPolicies").Index(i)
		checkKey(l, path+".key", "policy", p.Key)
		if j, repeated := byKey.earlier(p.Key, i); repeated && p.Key != "" {
			l.Add(path+".key", fmt.Sprintf("vaultPolicies[%d] has the key %q already", j, p.Key), "give each policy a key that no other has")
		}
		name, nameKnown := requireName(l, path+".vaultName", azurebinding.Vault, p.VaultName)
		group, groupKnown := requireGroup(l, path+".resourceGroupName", p.ResourceGroupName)
		// A vault's name is unique in its cloud, so that the group does not count.
		if j, repeated := byVault.earlier(strings.ToLower(name), i); repeated && nameKnown && groupKnown {
			l.Add(path+".vaultName", fmt.Sprintf("vaultPolicies[%d] is about vault %q in %q already", j, name, group), "a vault has one policy for an identity, so merge them")
		}
		p.checkPermissions(l, path)
	}
}

// checkPermissions records a policy without permissions, and permissions that it names twice.
func (p *VaultPolicyArgs) checkPermissions(l *problem.List, path problem.Path) {
	if len(p.SecretPermissions)+len(p.KeyPermissions)+len(p.CertificatePermissions) == 0 {
		l.Add(path, "a policy without permissions allows nothing", "name at least one of secretPermissions, keyPermissions, certificatePermissions")
	}
	for _, list := range p.permissions() {
		var seen repeats
		for i, permission := range list.words {
			if j, repeated := seen.earlier(permission, i); repeated {
				l.Add(path.Field(list.property).Index(i), fmt.Sprintf("%s[%d] is the same", list.property, j), "leave one out")
			}
		}
	}
}

// registerVaultPolicies registers the identity's access policies.
//
// A vault has one policy for an identity, so that a component never writes two on one vault at the
// same time. The provider changes that one entry by the operation updateAccessPolicy, and does not
// lock the vault against other programs or components (azure-native,
// custom_keyvault_accesspolicy.go).
//
// Another principal replaces the policy (ReplaceOnChanges). The provider would try an update, and
// refuse it, because the new principal has no policy yet. The new policy is created before the old
// one is deleted: a vault holds both, as they have different principals.
func (r *registration) registerVaultPolicies(id *identity) ([]pulumi.Resource, error) {
	var policies []pulumi.Resource
	vaults := &repeats{}
	for i := range r.args.VaultPolicies {
		p := &r.args.VaultPolicies[i]
		vault, tenant := r.policyVault(id, i, vaults)
		policy, err := keyvault.NewAccessPolicy(r.ctx, r.name+"-vaultpolicy-"+p.Key, &keyvault.AccessPolicyArgs{
			ResourceGroupName: p.ResourceGroupName,
			VaultName:         vault,
			Policy: keyvault.AccessPolicyEntryArgs{
				ObjectId: id.principalID,
				TenantId: tenant,
				Permissions: keyvault.PermissionsArgs{
					Secrets:      unlessEmpty(p.SecretPermissions),
					Keys:         unlessEmpty(p.KeyPermissions),
					Certificates: unlessEmpty(p.CertificatePermissions),
				},
			},
		}, pulumi.Parent(r.component), pulumi.ReplaceOnChanges([]string{"policy.objectId"}))
		if err != nil {
			return nil, fmt.Errorf("registering vaultPolicies[%d] of workload %q: %w", i, r.name, err)
		}
		r.warnPolicy(i, p)
		policies = append(policies, policy)
	}
	return policies, nil
}

// unlessEmpty returns a list, or nothing: the provider reads an empty one back as absent, which a
// refresh would show as a difference.
func unlessEmpty[T ~string](list []T) pulumi.StringArrayInput {
	if len(list) == 0 {
		return nil
	}
	return pulumi.ToStringArray(texts(list))
}

// policyVault returns the name of a vault that takes access policies, and the tenant of the policy.
// They are inputs of the policy, so that the checks are done before anything is written. The name
// does not depend on the identity: otherwise every change of the identity would look like a change
// of the vault.
func (r *registration) policyVault(id *identity, i int, vaults *repeats) (vault, tenant pulumi.StringOutput) {
	p, path := &r.args.VaultPolicies[i], problem.Path("vaultPolicies").Index(i)
	found := azurebinding.Lookup(r.ctx, r.component, r.place(path), azurebinding.Vault, p.VaultName, p.ResourceGroupName)
	vault = found.ApplyT(func(f azurebinding.Found) (string, error) {
		if f.Properties.UsesRoles() {
			return "", r.about(path, problem.New(
				fmt.Sprintf("vault %q uses roles (enableRbacAuthorization), and Azure would ignore an access policy", f.Name),
				fmt.Sprintf("grant a preset on it, such as %q", ReadSecrets)))
		}
		if j, repeated := vaults.earlier(strings.ToLower(f.Id), i); repeated {
			return "", r.about(path, problem.New(
				fmt.Sprintf("vaultPolicies[%d] and vaultPolicies[%d] are both about vault %q, which has one policy for an identity", min(i, j), max(i, j), f.Name),
				"merge them"))
		}
		return f.Name, nil
	}).(pulumi.StringOutput)
	tenant = pulumi.All(found, id.tenantID).ApplyT(func(values []any) (string, error) {
		f, own := values[0].(azurebinding.Found), values[1].(string)
		if theirs := f.Properties.TenantId; !strings.EqualFold(theirs, own) {
			return "", r.about(path, problem.New(fmt.Sprintf("vault %q belongs to tenant %s, the identity to %s", f.Name, theirs, own), "an access policy cannot cross tenants"))
		}
		return own, nil
	}).(pulumi.StringOutput)
	return vault, tenant
}

// warnPolicy warns about permissions that a workload hardly ever needs: all of them, and the one
// that deletes data beyond recovery.
func (r *registration) warnPolicy(i int, p *VaultPolicyArgs) {
	for _, list := range p.permissions() {
		if found := filter(list.words, func(word string) bool { return word == "all" || word == "purge" }); len(found) > 0 {
			r.warn("vaultPolicies[%d] gives the %s permissions %s: a workload hardly ever needs them; name the operations that it does", i, list.noun, strings.Join(found, " and "))
		}
	}
}

package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
)

// registerVaultPolicies registers the identity's access policies.
//
// A vault has one policy for an identity, so that a component never writes two on
// one vault at the same time. The provider changes that one entry by the
// operation updateAccessPolicy, and does not lock the vault against other
// programs or components (azure-native, custom_keyvault_accesspolicy.go).
//
// Another principal is another policy. The provider would take it for an update,
// and refuse it, because the new principal has no policy that it could change. The
// new one is written before the old one is taken away: principals tell them apart,
// and a vault has room for both.
func (w *FederatedWorkload) registerVaultPolicies(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) error {
	seen := &seenScopes{}
	for i := range args.VaultPolicies {
		p := &args.VaultPolicies[i]
		vault, tenant := w.policyVault(ctx, name, i, p, seen)
		policy, err := keyvault.NewAccessPolicy(ctx, name+"-vaultpolicy-"+p.Key, &keyvault.AccessPolicyArgs{
			ResourceGroupName: p.ResourceGroupName,
			VaultName:         vault,
			Policy: keyvault.AccessPolicyEntryArgs{
				ObjectId: w.PrincipalId,
				TenantId: tenant,
				Permissions: keyvault.PermissionsArgs{
					Secrets:      unlessEmpty(p.SecretPermissions),
					Keys:         unlessEmpty(p.KeyPermissions),
					Certificates: unlessEmpty(p.CertificatePermissions),
				},
			},
		}, pulumi.Parent(w), pulumi.ReplaceOnChanges([]string{"policy.objectId"}))
		if err != nil {
			return fmt.Errorf("registering vaultPolicies[%d] of workload %q: %w", i, name, err)
		}
		w.warnPolicy(ctx, i, p)
		w.Ready = append(w.Ready, policy)
	}
	return nil
}

// unlessEmpty is a list, or nothing: the provider reads an empty one back as absent,
// which a refresh would show as a difference.
func unlessEmpty(list []string) pulumi.StringArrayInput {
	if len(list) == 0 {
		return nil
	}
	return pulumi.ToStringArray(list)
}

// policyVault is the name of a vault that takes access policies, and the tenant of
// the policy. They are its inputs, so that nothing is written before the vault has
// been looked at; the name does not wait for the identity, which would make every
// change of it look like another vault.
func (w *FederatedWorkload) policyVault(ctx *pulumi.Context, name string, i int, p *VaultPolicyArgs, seen *seenScopes) (vault, tenant pulumi.StringOutput) {
	path := fmt.Sprintf("vaultPolicies[%d] of workload %q", i, name)
	found := azurebinding.Lookup(ctx, w, path, azurebinding.Vault, p.VaultName, p.ResourceGroupName)
	vault = found.ApplyT(func(f azurebinding.Found) (string, error) {
		if f.Properties.UsesRoles() {
			return "", problem.New(path, fmt.Sprintf("vault %q uses roles (enableRbacAuthorization), and Azure would ignore an access policy: grant a preset on it, such as %q", f.Name, ReadSecrets))
		}
		if j, taken := seen.take(f.Id, i); taken {
			return "", problem.New(path, fmt.Sprintf("vaultPolicies[%d] and vaultPolicies[%d] are both about vault %q, which has one policy for an identity: merge them", min(i, j), max(i, j), f.Name))
		}
		return f.Name, nil
	}).(pulumi.StringOutput)
	tenant = pulumi.All(found, w.TenantId).ApplyT(func(values []any) (string, error) {
		f, own := values[0].(azurebinding.Found), values[1].(string)
		if theirs := f.Properties.TenantId; !strings.EqualFold(theirs, own) {
			return "", problem.New(path, fmt.Sprintf("vault %q belongs to tenant %s, the identity to %s: an access policy cannot cross tenants", f.Name, theirs, own))
		}
		return own, nil
	}).(pulumi.StringOutput)
	return vault, tenant
}

// warnPolicy warns about permissions that a workload hardly ever needs.
func (w *FederatedWorkload) warnPolicy(ctx *pulumi.Context, i int, p *VaultPolicyArgs) {
	for _, list := range []struct {
		noun        string
		permissions []string
	}{{"secret", p.SecretPermissions}, {"key", p.KeyPermissions}, {"certificate", p.CertificatePermissions}} {
		if found := risky(list.permissions); len(found) > 0 {
			w.warn(ctx, "vaultPolicies[%d] gives the %s permissions %s: a workload hardly ever needs them; name the operations that it does", i, list.noun, strings.Join(found, " and "))
		}
	}
}

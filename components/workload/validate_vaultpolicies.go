package workload

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

func (args *FederatedWorkloadArgs) validateVaultPolicies(l *problem.List) {
	byKey, byVault := firsts{}, firsts{}
	for i := range args.VaultPolicies {
		p, path := &args.VaultPolicies[i], problem.Path("vaultPolicies").Index(i)
		validateChildKey(l, path+".key", "policy", p.Key)
		if j, taken := byKey.twice(p.Key, i); taken && p.Key != "" {
			l.Add(path+".key", fmt.Sprintf("vaultPolicies[%d] has the key %q already", j, p.Key), "give each policy one of its own")
		}
		name, nameKnown := requireName(l, path+".vaultName", azurebinding.Vault, p.VaultName)
		group, groupKnown := requireGroup(l, path+".resourceGroupName", p.ResourceGroupName)
		// A vault's name is unique in its cloud, whatever the group.
		if j, taken := byVault.twice(fold(name), i); taken && nameKnown && groupKnown {
			l.Add(path+".vaultName", fmt.Sprintf("vaultPolicies[%d] is about vault %q in %q already", j, name, group), "a vault has one policy for an identity, so merge them")
		}
		p.validatePermissions(l, path)
	}
}

func (p *VaultPolicyArgs) validatePermissions(l *problem.List, path problem.Path) {
	if len(p.SecretPermissions)+len(p.KeyPermissions)+len(p.CertificatePermissions) == 0 {
		l.Add(path, "a policy without permissions allows nothing", "name at least one of secretPermissions, keyPermissions, certificatePermissions")
	}
	for _, list := range []struct {
		property, noun       string
		permissions, allowed []string
	}{
		{"secretPermissions", "secret", p.SecretPermissions, secretPermissions},
		{"keyPermissions", "key", p.KeyPermissions, keyPermissions},
		{"certificatePermissions", "certificate", p.CertificatePermissions, certificatePermissions},
	} {
		seen := firsts{}
		for i, permission := range list.permissions {
			at := path.Field(list.property).Index(i)
			l.AddError(at, validatePermission(list.noun, permission, list.allowed))
			if j, taken := seen.twice(permission, i); taken {
				l.Add(at, fmt.Sprintf("%s[%d] is the same", list.property, j), "leave one out")
			}
		}
	}
}

// validateChildKey checks a key that names a child or an output.
func validateChildKey(l *problem.List, path problem.Path, noun, key string) {
	if key == "" {
		l.Add(path, fmt.Sprintf("a short name of the %s is required", noun), "it stands for it in the stack")
		return
	}
	l.AddError(path, azure.ValidateKey(key))
}

// requireName checks the name of an existing resource, and returns it if it is known
// and right.
func requireName(l *problem.List, path problem.Path, kind azurebinding.Kind, in pulumi.StringInput) (string, bool) {
	if in == nil {
		l.AddError(path, kind.ValidateName(""))
		return "", false
	}
	name, ok := known.String(in)
	if !ok {
		return "", false
	}
	if err := kind.ValidateName(name); err != nil {
		l.AddError(path, err)
		return "", false
	}
	return name, true
}

// requireGroup checks the resource group of an existing resource, and returns it if
// it is known and right.
func requireGroup(l *problem.List, path problem.Path, in pulumi.StringInput) (string, bool) {
	if in == nil {
		l.Add(path, "a resource group is required", "the one that the resource lies in")
		return "", false
	}
	group, ok := known.String(in)
	if !ok {
		return "", false
	}
	if err := azure.ValidateResourceName(azure.TypeResourceGroup, group); err != nil {
		l.AddError(path, err)
		return "", false
	}
	return group, true
}

package workload

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func (args *FederatedWorkloadArgs) validateVaultPolicies(l *problems.List) {
	byKey, byVault := firsts{}, firsts{}
	for i := range args.VaultPolicies {
		p, path := &args.VaultPolicies[i], fmt.Sprintf("vaultPolicies[%d]", i)
		validateChildKey(l, path+".key", "policy", p.Key)
		if j, taken := byKey.twice(p.Key, i); taken && p.Key != "" {
			l.Addf(path+".key", "vaultPolicies[%d] has the key %q already: give each policy one of its own", j, p.Key)
		}
		name, nameKnown := requireName(l, path+".vaultName", azurebinding.Vault, p.VaultName)
		group, groupKnown := requireGroup(l, path+".resourceGroupName", p.ResourceGroupName)
		// A vault's name is unique in its cloud, whatever the group.
		if j, taken := byVault.twice(fold(name), i); taken && nameKnown && groupKnown {
			l.Addf(path+".vaultName", "vaultPolicies[%d] is about vault %q in %q already: a vault has one policy for an identity, so merge them", j, name, group)
		}
		p.validatePermissions(l, path)
	}
}

func (p *VaultPolicyArgs) validatePermissions(l *problems.List, path string) {
	if len(p.SecretPermissions)+len(p.KeyPermissions)+len(p.CertificatePermissions) == 0 {
		l.Addf(path, "a policy without permissions allows nothing: name at least one of secretPermissions, keyPermissions, certificatePermissions")
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
			at := fmt.Sprintf("%s.%s[%d]", path, list.property, i)
			l.Add(at, validatePermission(list.noun, permission, list.allowed))
			if j, taken := seen.twice(permission, i); taken {
				l.Addf(at, "%s[%d] is the same: leave one out", list.property, j)
			}
		}
	}
}

// validateChildKey checks a key that names a child or an output.
func validateChildKey(l *problems.List, path, noun, key string) {
	if key == "" {
		l.Addf(path, "a short name of the %s is required: it stands for it in the stack", noun)
		return
	}
	l.Add(path, azure.ValidateKey(key))
}

// requireName checks the name of an existing resource, and returns it if it is known
// and right.
func requireName(l *problems.List, path string, kind azurebinding.Kind, in pulumi.StringInput) (string, bool) {
	if in == nil {
		l.Add(path, kind.ValidateName(""))
		return "", false
	}
	name, ok := known.String(in)
	if !ok {
		return "", false
	}
	if err := kind.ValidateName(name); err != nil {
		l.Add(path, err)
		return "", false
	}
	return name, true
}

// requireGroup checks the resource group of an existing resource, and returns it if
// it is known and right.
func requireGroup(l *problems.List, path string, in pulumi.StringInput) (string, bool) {
	if in == nil {
		l.Addf(path, "a resource group is required: the one that the resource lies in")
		return "", false
	}
	group, ok := known.String(in)
	if !ok {
		return "", false
	}
	if err := azure.ValidateResourceName(azure.TypeResourceGroup, group); err != nil {
		l.Add(path, err)
		return "", false
	}
	return group, true
}

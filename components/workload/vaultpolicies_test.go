package workload_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func policies(a *workload.FederatedWorkloadArgs) {
	a.VaultPolicies = []workload.VaultPolicyArgs{
		{Key: "old", VaultName: pulumi.String("kv-old"), ResourceGroupName: pulumi.String("data"), SecretPermissions: []keyvault.SecretPermissions{"get", "list"}},
		{Key: "keys", VaultName: pulumi.String("kv-keys"), ResourceGroupName: pulumi.String("data"), KeyPermissions: []keyvault.KeyPermissions{"wrapKey"}, CertificatePermissions: []keyvault.CertificatePermissions{"get"}},
	}
}

// Carries R13.
func TestVaultPolicy(t *testing.T) {
	r := try(t, with(getVault, pulumitest.ExistingVault(false)), policies)
	want := map[string]any{
		"resourceGroupName": "data", "vaultName": "kv-keys",
		"policy": map[string]any{
			"objectId": pulumitest.GUID("shop-identity", "principal"), "tenantId": pulumitest.TenantID,
			"permissions": map[string]any{"keys": []any{"wrapKey"}, "certificates": []any{"get"}},
		},
	}
	got := r.Get(t, policyType, "shop-vaultpolicy-keys").Inputs.Mappable()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Carries R13.
func TestInvalidVaultPolicies(t *testing.T) {
	of := func(list ...workload.VaultPolicyArgs) *workload.FederatedWorkloadArgs {
		return valid(func(a *workload.FederatedWorkloadArgs) { a.VaultPolicies = list })
	}
	policy := workload.VaultPolicyArgs{Key: "kv", VaultName: pulumi.String("kv-shop"), ResourceGroupName: pulumi.String("data"), SecretPermissions: []keyvault.SecretPermissions{"get"}}
	changed := func(change func(*workload.VaultPolicyArgs)) workload.VaultPolicyArgs {
		p := policy
		change(&p)
		return p
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty policy": {
			Args: of(workload.VaultPolicyArgs{}),
			Want: []pulumitest.Problem{
				{Path: "vaultPolicies[0].key", Text: "a short name of the policy is required"},
				{Path: "vaultPolicies[0].vaultName", Text: "a name is required"},
				{Path: "vaultPolicies[0].resourceGroupName", Text: "a resource group is required"},
				{Path: "vaultPolicies[0]", Text: "allows nothing"},
			},
		},
		"words that are no permissions": {
			Args: of(changed(func(p *workload.VaultPolicyArgs) {
				p.SecretPermissions = []keyvault.SecretPermissions{"Get", "read", "list", "list"}
				p.KeyPermissions, p.CertificatePermissions = []keyvault.KeyPermissions{"wrapkey"}, []keyvault.CertificatePermissions{"sign"}
			})),
			Want: []pulumitest.Problem{
				{Path: "vaultPolicies[0].secretPermissions[3]", Text: "secretPermissions[2] is the same"},
				{Path: "vaultPolicies[0].secretPermissions[0]", Text: `"Get" is not allowed: did you mean "get"?`},
				{Path: "vaultPolicies[0].secretPermissions[1]", Text: `"read" is not allowed: use one of get, list, set`},
				{Path: "vaultPolicies[0].keyPermissions[0]", Text: `did you mean "wrapKey"?`},
				{Path: "vaultPolicies[0].certificatePermissions[0]", Text: `"sign" is not allowed: use one of get, list, create`},
			},
		},
		"names that Azure does not have": {
			Args: of(changed(func(p *workload.VaultPolicyArgs) {
				p.Key, p.VaultName, p.ResourceGroupName = "a.b", pulumi.String("kv--shop"), pulumi.String("")
			})),
			Want: []pulumitest.Problem{
				{Path: "vaultPolicies[0].key", Text: "letters, digits"},
				{Path: "vaultPolicies[0].vaultName", Text: "single hyphens"},
				{Path: "vaultPolicies[0].resourceGroupName", Text: "a name is required"},
			},
		},
		"one key for two policies": {
			Args: of(policy, changed(func(p *workload.VaultPolicyArgs) { p.VaultName = pulumi.String("kv-other") })),
			Want: []pulumitest.Problem{{Path: "vaultPolicies[1].key", Text: `vaultPolicies[0] has the key "kv"`}},
		},
		"one vault for two policies": {
			Args: of(policy, changed(func(p *workload.VaultPolicyArgs) { p.Key, p.VaultName = "other", pulumi.String("KV-shop") })),
			Want: []pulumitest.Problem{{Path: "vaultPolicies[1].vaultName", Text: "merge them"}},
		},
	}, newWorkload)
}

// What an existing vault refuses, it refuses in a preview already.
func TestVaultsAreLookedAtInAPreview(t *testing.T) {
	o := with(getVault, pulumitest.ExistingVault(false))
	o.DryRun = true
	r := try(t, o, func(a *workload.FederatedWorkloadArgs) {
		a.Grants = []workload.GrantArgs{{Preset: workload.ReadSecrets, Resource: named("vault", "kv-old"), ScopeKey: "x"}}
	})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "uses access policies") {
		t.Errorf("error = %v", r.Err)
	}
}

func TestPolicyWarnings(t *testing.T) {
	r := try(t, with(getVault, pulumitest.ExistingVault(false)), func(a *workload.FederatedWorkloadArgs) {
		policies(a)
		a.VaultPolicies[0].SecretPermissions = []keyvault.SecretPermissions{"get", "purge", "all"}
		a.VaultPolicies[1].CertificatePermissions = []keyvault.CertificatePermissions{"all"}
	})
	checkWarnings(t, r, []string{
		"vaultPolicies[0] gives the secret permissions purge and all", "vaultPolicies[1] gives the certificate permissions all",
	})
}

// The lists are the SDK's.
func TestPermissionsAreAzures(t *testing.T) {
	for what, tc := range map[string]struct{ got, want []string }{
		"secrets": {enum(t, workload.VaultPolicyArgs{}, "secretPermissions"), texts(
			keyvault.SecretPermissionsAll, keyvault.SecretPermissionsGet, keyvault.SecretPermissionsList, keyvault.SecretPermissionsSet,
			keyvault.SecretPermissionsDelete, keyvault.SecretPermissionsBackup, keyvault.SecretPermissionsRestore, keyvault.SecretPermissionsRecover,
			keyvault.SecretPermissionsPurge)},
		"keys": {enum(t, workload.VaultPolicyArgs{}, "keyPermissions"), texts(
			keyvault.KeyPermissionsAll, keyvault.KeyPermissionsEncrypt, keyvault.KeyPermissionsDecrypt, keyvault.KeyPermissionsWrapKey,
			keyvault.KeyPermissionsUnwrapKey, keyvault.KeyPermissionsSign, keyvault.KeyPermissionsVerify, keyvault.KeyPermissionsGet,
			keyvault.KeyPermissionsList, keyvault.KeyPermissionsCreate, keyvault.KeyPermissionsUpdate, keyvault.KeyPermissionsImport,
			keyvault.KeyPermissionsDelete, keyvault.KeyPermissionsBackup, keyvault.KeyPermissionsRestore, keyvault.KeyPermissionsRecover,
			keyvault.KeyPermissionsPurge, keyvault.KeyPermissionsRelease, keyvault.KeyPermissionsRotate,
			keyvault.KeyPermissionsGetrotationpolicy, keyvault.KeyPermissionsSetrotationpolicy)},
		"certificates": {enum(t, workload.VaultPolicyArgs{}, "certificatePermissions"), texts(
			keyvault.CertificatePermissionsAll, keyvault.CertificatePermissionsGet, keyvault.CertificatePermissionsList, keyvault.CertificatePermissionsDelete,
			keyvault.CertificatePermissionsCreate, keyvault.CertificatePermissionsImport, keyvault.CertificatePermissionsUpdate,
			keyvault.CertificatePermissionsManagecontacts, keyvault.CertificatePermissionsGetissuers, keyvault.CertificatePermissionsListissuers,
			keyvault.CertificatePermissionsSetissuers, keyvault.CertificatePermissionsDeleteissuers, keyvault.CertificatePermissionsManageissuers,
			keyvault.CertificatePermissionsRecover, keyvault.CertificatePermissionsPurge, keyvault.CertificatePermissionsBackup,
			keyvault.CertificatePermissionsRestore)},
	} {
		if diff := cmp.Diff(tc.want, slices.Sorted(slices.Values(tc.got))); diff != "" {
			t.Errorf("%s (-SDK +ours):\n%s", what, diff)
		}
	}
}

func texts[T ~string](list ...T) []string {
	var all []string
	for _, s := range list {
		all = append(all, string(s))
	}
	slices.Sort(all)
	return all
}

func TestPoliciesThatFailLater(t *testing.T) {
	foreign := func(args resource.PropertyMap) (resource.PropertyMap, error) {
		found, err := pulumitest.ExistingVault(false)(args)
		if err == nil {
			found["properties"].ObjectValue()["tenantId"] = resource.NewProperty(pulumitest.ClientID)
		}
		return found, err
	}
	checkLater(t, map[string]laterCase{
		"an access policy for a vault that uses roles": {
			args: rights(policies),
			want: []string{`vaultPolicies[`, "uses roles (enableRbacAuthorization)", "grant a preset"},
		},
		"an access policy for a vault of another tenant": {
			options: with(getVault, foreign),
			args:    rights(policies),
			want:    []string{"belongs to tenant " + pulumitest.ClientID, "cannot cross tenants"},
		},
		"two policies of a vault under two names": {
			options: with(getVault, func(args resource.PropertyMap) (resource.PropertyMap, error) {
				args["vaultName"] = resource.NewProperty("kv-one")
				return pulumitest.ExistingVault(false)(args)
			}),
			args: rights(policies),
			want: []string{"vaultPolicies[0] and vaultPolicies[1] are both about vault", "merge them"},
		},
	})
}

package workload_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// Every argument of grants has a tag, or the stack file could not say it.
func TestGrantArgumentsAreTagged(t *testing.T) {
	for _, args := range []any{
		workload.GrantArgs{}, workload.ResourceArgs{}, workload.CustomRoleArgs{}, workload.VaultPolicyArgs{}, workload.SqlUserArgs{}, workload.SqlServerAdminArgs{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(args)) {
			name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			if want := strings.ToLower(field.Name[:1]) + field.Name[1:]; name != want {
				t.Errorf("%T.%s has the tag %q, want %q", args, field.Name, name, want)
			}
		}
	}
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

// Every argument, and every word that it takes, stands in the documentation.
func TestGrantArgumentsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/grants.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []any{
		workload.GrantArgs{}, workload.ResourceArgs{}, workload.CustomRoleArgs{}, workload.VaultPolicyArgs{}, workload.SqlUserArgs{}, workload.SqlServerAdminArgs{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(args)) {
			name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			row := regexp.MustCompile("(?m)^\\| (`[a-zA-Z]+`, )?`" + name + "`[^|]*\\|")
			if !row.Match(text) {
				t.Errorf("docs/grants.md has no row for %T.%s", args, name)
			}
			if !strings.HasSuffix(name, "Permissions") {
				continue
			}
			if words := strings.Join(enum(t, args, name), ", "); !strings.Contains(string(text), "| `"+name+"` | "+words) {
				t.Errorf("docs/grants.md does not list the words of %s: %s", name, words)
			}
		}
	}
}

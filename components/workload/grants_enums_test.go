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

// The schema of the stack file comes from the tags; validation comes from the
// functions.
func TestGrantEnumsAgree(t *testing.T) {
	for _, tc := range []struct {
		args  any
		field string
		want  []string
	}{
		{workload.GrantArgs{}, "Preset", workload.Presets()},
		{workload.ResourceArgs{}, "Kind", workload.ResourceKinds()},
		{workload.VaultPolicyArgs{}, "SecretPermissions", workload.SecretPermissions()},
		{workload.VaultPolicyArgs{}, "KeyPermissions", workload.KeyPermissions()},
		{workload.VaultPolicyArgs{}, "CertificatePermissions", workload.CertificatePermissions()},
	} {
		field, ok := reflect.TypeOf(tc.args).FieldByName(tc.field)
		if !ok {
			t.Fatalf("%T has no field %s", tc.args, tc.field)
		}
		if diff := cmp.Diff(tc.want, strings.Split(field.Tag.Get("enum"), ",")); diff != "" {
			t.Errorf("%T.%s (-function +tag):\n%s", tc.args, tc.field, diff)
		}
	}
}

func TestResourceKindConstants(t *testing.T) {
	want := []string{
		workload.StorageAccountResource, workload.VaultResource, workload.RegistryResource, workload.SqlServerResource,
		workload.WorkspaceResource, workload.ResourceGroupResource, workload.ManagedClusterResource,
	}
	if diff := cmp.Diff(want, workload.ResourceKinds()); diff != "" {
		t.Errorf("-constants +kinds:\n%s", diff)
	}
}

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
		"secrets": {workload.SecretPermissions(), texts(
			keyvault.SecretPermissionsAll, keyvault.SecretPermissionsGet, keyvault.SecretPermissionsList, keyvault.SecretPermissionsSet,
			keyvault.SecretPermissionsDelete, keyvault.SecretPermissionsBackup, keyvault.SecretPermissionsRestore, keyvault.SecretPermissionsRecover,
			keyvault.SecretPermissionsPurge)},
		"keys": {workload.KeyPermissions(), texts(
			keyvault.KeyPermissionsAll, keyvault.KeyPermissionsEncrypt, keyvault.KeyPermissionsDecrypt, keyvault.KeyPermissionsWrapKey,
			keyvault.KeyPermissionsUnwrapKey, keyvault.KeyPermissionsSign, keyvault.KeyPermissionsVerify, keyvault.KeyPermissionsGet,
			keyvault.KeyPermissionsList, keyvault.KeyPermissionsCreate, keyvault.KeyPermissionsUpdate, keyvault.KeyPermissionsImport,
			keyvault.KeyPermissionsDelete, keyvault.KeyPermissionsBackup, keyvault.KeyPermissionsRestore, keyvault.KeyPermissionsRecover,
			keyvault.KeyPermissionsPurge, keyvault.KeyPermissionsRelease, keyvault.KeyPermissionsRotate,
			keyvault.KeyPermissionsGetrotationpolicy, keyvault.KeyPermissionsSetrotationpolicy)},
		"certificates": {workload.CertificatePermissions(), texts(
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
			if words := field.Tag.Get("enum"); strings.HasSuffix(name, "Permissions") && !strings.Contains(string(text), "| `"+name+"` | "+strings.ReplaceAll(words, ",", ", ")) {
				t.Errorf("docs/grants.md does not list the words of %s: %s", name, words)
			}
		}
	}
}

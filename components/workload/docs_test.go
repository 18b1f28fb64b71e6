package workload_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// The page has every argument and every output, each in its tables.
func TestThePageHasEveryProperty(t *testing.T) {
	text, err := os.ReadFile("../../docs/workload.md")
	if err != nil {
		t.Fatal(err)
	}
	_, arguments, _ := strings.Cut(string(text), "\n## Arguments\n")
	arguments, outputs, _ := strings.Cut(arguments, "\n## Outputs\n")
	arguments, identity, _ := strings.Cut(arguments, "\nOf the identity:\n")
	identity, account, _ := strings.Cut(identity, "\nOf the service accounts:\n")
	account, target, _ := strings.Cut(account, "\nOf each target:\n")
	target, federations, _ := strings.Cut(target, "\nOf each federation:\n")
	for section, part := range map[string]struct {
		typ  reflect.Type
		text string
	}{
		"Arguments":               {reflect.TypeFor[workload.FederatedWorkloadArgs](), arguments},
		"Of the identity":         {reflect.TypeFor[workload.IdentityArgs](), identity},
		"Of the service accounts": {reflect.TypeFor[workload.ServiceAccountArgs](), account},
		"Of each target":          {reflect.TypeFor[workload.Target](), target},
		"Of each federation":      {reflect.TypeFor[workload.FederationArgs](), federations},
		"Outputs":                 {reflect.TypeFor[workload.FederatedWorkload](), outputs},
	} {
		for i := range part.typ.NumField() {
			field := part.typ.Field(i)
			if field.Anonymous || !field.IsExported() {
				continue
			}
			name := field.Name // Go only
			if tag, ok := field.Tag.Lookup("pulumi"); ok {
				name, _, _ = strings.Cut(tag, ",")
			}
			if !strings.Contains(part.text, "`"+name+"`") {
				t.Errorf("docs/workload.md has not `%s` under %q", name, section)
			}
		}
	}
}

// Enumerations on the page are the ones that exist.
func TestThePageHasEveryValue(t *testing.T) {
	text, err := os.ReadFile("../../docs/workload.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range append(enum(t, workload.IdentityArgs{}, "kind"), enum(t, workload.ServiceAccountArgs{}, "mode")...) {
		if !strings.Contains(string(text), "\n| `"+value+"`") {
			t.Errorf("docs/workload.md has no row for `%s`", value)
		}
	}
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

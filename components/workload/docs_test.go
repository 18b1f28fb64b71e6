package workload_test

import (
	"os"
	"reflect"
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

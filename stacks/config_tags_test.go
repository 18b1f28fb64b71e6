package stacks

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// ownStructs calls visit for every field of the configuration structs that this package declares. The components have tests
// of their own for the tags of their arguments.
func ownStructs(t reflect.Type, seen map[reflect.Type]bool, visit func(in reflect.Type, f reflect.StructField)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Config]().PkgPath() || seen[t] {
		return
	}
	seen[t] = true
	for i := range t.NumField() {
		visit(t, t.Field(i))
		ownStructs(t.Field(i).Type, seen, visit)
	}
}

func TestTagsAreTheConstants(t *testing.T) {
	clouds := []string{}
	for _, c := range azure.Clouds() {
		clouds = append(clouds, string(c))
	}
	want := map[string]string{
		"Config.Program":                strings.Join([]string{ProgramAll, ProgramPlatform, ProgramWorkloads}, ","),
		"Config.Cloud":                  strings.Join(clouds, ","),
		"Webhook.Mode":                  strings.Join([]string{WebhookAddon, WebhookChart, WebhookNone}, ","),
		"Vault.SKU":                     string(keyvault.SkuNameStandard) + "," + string(keyvault.SkuNamePremium),
		"Officer.PrincipalType":         string(authorization.PrincipalTypeUser) + "," + string(authorization.PrincipalTypeGroup) + "," + string(authorization.PrincipalTypeServicePrincipal),
		"Identity.Kind":                 strings.Join(workload.IdentityKinds(), ","),
		"ServiceAccount.Mode":           strings.Join(workload.ServiceAccountModes(), ","),
		"Vault.SoftDeleteRetentionDays": "7..90",
		"ServiceAccount.TokenExpirationSeconds": strconv.Itoa(azwi.MinTokenExpirationSeconds) + ".." +
			strconv.Itoa(azwi.MaxTokenExpirationSeconds),
	}
	got := map[string]string{}
	ownStructs(reflect.TypeFor[Config](), map[reflect.Type]bool{}, func(in reflect.Type, f reflect.StructField) {
		name := in.Name() + "." + f.Name
		if enum, ok := f.Tag.Lookup("enum"); ok {
			got[name] = enum
		}
		if f.Tag.Get("min") != "" || f.Tag.Get("max") != "" {
			got[name] = f.Tag.Get("min") + ".." + f.Tag.Get("max")
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A default that the file could not give would be a third value.
func TestDefaultsAreAmongTheAllowed(t *testing.T) {
	checked := 0
	ownStructs(reflect.TypeFor[Config](), map[reflect.Type]bool{}, func(in reflect.Type, f reflect.StructField) {
		enum, ok := f.Tag.Lookup("enum")
		if !ok {
			return
		}
		fresh := reflect.New(in).Elem()
		setDefaults(fresh)
		checked++
		if value := fresh.FieldByIndex(f.Index).String(); !strings.Contains(","+enum+",", ","+value+",") {
			t.Errorf("%s.%s is %q by default, which is not one of %s", in.Name(), f.Name, value, enum)
		}
	})
	if checked == 0 {
		t.Error("no field has a tag enum")
	}
}

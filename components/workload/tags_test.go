package workload_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// Struct tags say to the stack file's schema what Validate enforces.
func TestTagsAgreeWithConstants(t *testing.T) {
	clouds := []string{}
	for _, cloud := range azure.Clouds() {
		clouds = append(clouds, string(cloud))
	}
	numbers := func(low, high int) map[string]string {
		return map[string]string{"min": strconv.Itoa(low), "max": strconv.Itoa(high)}
	}
	words := func(list []string) map[string]string { return map[string]string{"enum": strings.Join(list, ",")} }
	want := map[string]map[string]string{
		"FederatedWorkloadArgs.IdentityKind":           words(workload.IdentityKinds()),
		"FederatedWorkloadArgs.Cloud":                  words(clouds),
		"FederatedWorkloadArgs.TokenExpirationSeconds": numbers(azwi.MinTokenExpirationSeconds, azwi.MaxTokenExpirationSeconds),
		"FederationArgs.ServiceAccountMode":            words(workload.ServiceAccountModes()),
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[workload.FederatedWorkloadArgs](), reflect.TypeFor[workload.FederationArgs]()} {
		for i := range typ.NumField() {
			field := typ.Field(i)
			name := typ.Name() + "." + field.Name
			for _, key := range []string{"enum", "min", "max"} {
				if got := field.Tag.Get(key); got != want[name][key] {
					t.Errorf("%s has the tag %s:%q, want %q", name, key, got, want[name][key])
				}
			}
			delete(want, name)
		}
	}
	if len(want) > 0 {
		t.Errorf("no such fields: %v", want)
	}
}

// Every value of an enumeration, and both ends of a range, are accepted; the
// tables of invalid arguments have what lies outside.
func TestEveryValueOfATagIsAccepted(t *testing.T) {
	for _, typ := range []reflect.Type{reflect.TypeFor[workload.FederatedWorkloadArgs](), reflect.TypeFor[workload.FederationArgs]()} {
		for i := range typ.NumField() {
			field := typ.Field(i)
			if field.Tag.Get("enum") == "" && field.Tag.Get("min") == "" {
				continue
			}
			path, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			if typ == reflect.TypeFor[workload.FederationArgs]() {
				path = "federations[0]." + path
			}
			for _, value := range strings.Split(field.Tag.Get("enum")+","+field.Tag.Get("min")+","+field.Tag.Get("max"), ",") {
				args := valid(func(*workload.FederatedWorkloadArgs) {})
				target := reflect.ValueOf(args).Elem()
				if typ == reflect.TypeFor[workload.FederationArgs]() {
					target = reflect.ValueOf(&args.Federations[0]).Elem()
				}
				set(target.Field(i), value)
				// Other properties may be missing for this value; the value is fine.
				if err := args.Validate("shop"); err != nil && strings.Contains(err.Error(), "\n  "+path+": ") {
					t.Errorf("%s of %s: %v", fmt.Sprintf("%q", value), path, err)
				}
			}
		}
	}
}

// set writes a tag's value into a field; the empty value leaves the default.
func set(field reflect.Value, value string) {
	if value == "" {
		return
	}
	if field.Kind() == reflect.String {
		field.SetString(value)
		return
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		panic(err)
	}
	field.Set(reflect.ValueOf(&n))
}

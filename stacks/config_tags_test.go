package stacks

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// A default that the file could not give would be a third value.
func TestDefaultsAreAmongTheAllowed(t *testing.T) {
	checked := 0
	for _, section := range []any{&Config{}, &Webhook{}, &Vault{}, &Officer{}} {
		section.(strict.Defaulter).SetDefaults()
		v := reflect.ValueOf(section).Elem()
		for _, f := range arguments.Fields(v.Type()) {
			if f.Enum == nil {
				continue
			}
			checked++
			if value := v.FieldByIndex(f.Index).String(); !slices.Contains(f.Enum, value) {
				t.Errorf("%s.%s is %q by default, which is not one of %v", v.Type().Name(), f.Name, value, f.Enum)
			}
		}
	}
	if checked == 0 {
		t.Error("no field is an enumeration")
	}
}

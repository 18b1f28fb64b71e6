package arguments

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// enums holds the values of every enumeration, by the path and name of its type.
var enums sync.Map

func init() { Enum(azure.Clouds()...) }

// Enum declares the values of an enumeration, the default first where there is one, and returns
// them. It is called where the type and its constants are declared:
//
//	var skuTiers = arguments.Enum(SkuTierFree, SkuTierStandard, SkuTierPremium)
//
// A field of the type itself needs no tag. An input, whose Go type says only that it is text, names
// the type in its tag: `enum:"SkuTier"`, a type of the package in which the field's struct is
// declared.
func Enum[T ~string](values ...T) []T {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	enums.Store(typeName(reflect.TypeFor[T]()), texts)
	return values
}

// Declared reports whether v is one of the values of its enumeration.
func Declared[T ~string](v T) bool {
	values, ok := enums.Load(typeName(reflect.TypeFor[T]()))
	return ok && slices.Contains(values.([]string), string(v))
}

// enumOf returns the values that a field's type or tag permits, or nil for a field that is not an
// enumeration. It panics if the tag names a type that Enum does not know, which the first call of
// Validate or of a test shows.
func enumOf(owner reflect.Type, field reflect.StructField) []string {
	if name, ok := field.Tag.Lookup("enum"); ok {
		values, ok := enums.Load(owner.PkgPath() + "." + name)
		if !ok {
			panic(fmt.Sprintf("%s.%s: the enumeration %s is not declared in %s", owner, field.Name, name, owner.PkgPath()))
		}
		return values.([]string)
	}
	t := field.Type
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if values, ok := enums.Load(typeName(t)); ok {
		return values.([]string)
	}
	return nil
}

func typeName(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }

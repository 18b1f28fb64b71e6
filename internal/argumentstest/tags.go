// Package argumentstest tests the argument structs of a component: their tags, and the reference of
// its arguments in the documentation, which is generated from their comments.
package argumentstest

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Structs returns the types of the given argument structs and of all that they contain, each once,
// in the order in which their fields name them.
func Structs(roots ...any) []reflect.Type {
	var list []reflect.Type
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || slices.Contains(list, t) {
			return
		}
		list = append(list, t)
		for _, f := range arguments.Fields(t) {
			visit(f.Type)
		}
	}
	for _, root := range roots {
		visit(reflect.TypeOf(root))
	}
	return list
}

// CheckTags tests that every field has a property of its own name, and that only whole numbers have
// ranges.
func CheckTags(t *testing.T, roots ...any) {
	t.Helper()
	for _, typ := range Structs(roots...) {
		for i := range typ.NumField() {
			field := typ.Field(i)
			name, option, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			if name == "" || option != "" && option != "optional" {
				t.Errorf("%s.%s has the tag %q", typ.Name(), field.Name, field.Tag)
			}
			if lower := strings.ToLower(field.Name[:1]) + field.Name[1:]; lower != name {
				t.Errorf("%s.%s is called %q outside", typ.Name(), field.Name, name)
			}
			for _, key := range []string{"min", "max"} {
				if text, ok := field.Tag.Lookup(key); ok {
					if _, err := strconv.Atoi(text); err != nil {
						t.Errorf("%s.%s: %s is %q", typ.Name(), field.Name, key, text)
					}
				}
			}
		}
		for _, f := range arguments.Fields(typ) {
			if f.Min == nil && f.Max == nil && f.Unit == "" {
				continue
			}
			if f.Min != nil && f.Max != nil && *f.Min >= *f.Max {
				t.Errorf("%s.%s: %d to %d", typ.Name(), f.Name, *f.Min, *f.Max)
			}
			if f.Type != reflect.TypeFor[pulumi.IntInput]() && f.Type != reflect.TypeFor[pulumi.IntPtrInput]() {
				t.Errorf("%s.%s is a %s with a range of numbers", typ.Name(), f.Name, f.Type)
			}
		}
	}
}

// CheckEnforced tests that the ends of every range and the values of every enumeration are
// accepted, and what is outside is not.
func CheckEnforced(t *testing.T, roots ...any) {
	t.Helper()
	for _, typ := range Structs(roots...) {
		for _, f := range arguments.Fields(typ) {
			if f.Min != nil {
				checkNumber(t, typ, f, *f.Min-1, true)
				checkNumber(t, typ, f, *f.Min, false)
			}
			if f.Max != nil {
				checkNumber(t, typ, f, *f.Max, false)
				checkNumber(t, typ, f, *f.Max+1, true)
			}
			for _, value := range f.Enum {
				checkText(t, typ, f, value, false)
			}
			if f.Enum != nil {
				checkText(t, typ, f, "neither", true)
			}
		}
	}
}

func checkNumber(t *testing.T, typ reflect.Type, f arguments.Field, n int, refused bool) {
	t.Helper()
	sentence := strconv.Itoa(n) + " is "
	if got := problems(typ, f, pulumi.Int(n)); strings.Contains(got, f.Name+": "+sentence) != refused {
		t.Errorf("%s.%s = %d: %s", typ.Name(), f.Name, n, got)
	}
}

func checkText(t *testing.T, typ reflect.Type, f arguments.Field, text string, refused bool) {
	t.Helper()
	at, value := f.Name, any(pulumi.String(text))
	switch {
	case f.Type.Kind() == reflect.String:
		value = reflect.ValueOf(text).Convert(f.Type).Interface()
	case f.Type == reflect.TypeFor[pulumi.StringArrayInput]():
		at, value = at+"[0]", pulumi.StringArray{pulumi.String(text)}
	case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.String:
		list := reflect.MakeSlice(f.Type, 1, 1)
		list.Index(0).SetString(text)
		at, value = at+"[0]", list.Interface()
	}
	if got := problems(typ, f, value); strings.Contains(got, at+": \""+text+"\" is not allowed") != refused {
		t.Errorf("%s.%s = %s: %s", typ.Name(), f.Name, text, got)
	}
}

// problems returns what is wrong with an argument struct that has only one field.
func problems(typ reflect.Type, f arguments.Field, value any) string {
	args := reflect.New(typ)
	args.Elem().FieldByIndex(f.Index).Set(reflect.ValueOf(value))
	var l problem.List
	arguments.Check(&l, "", args.Interface())
	if err := arguments.Err("test", "test", &l); err != nil {
		return err.Error()
	}
	return ""
}

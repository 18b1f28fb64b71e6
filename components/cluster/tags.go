package cluster

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
)

// checkTags reports every known value outside the tags enum, min and max of its
// field, and every required input that is missing. An editor's schema shows the
// same tags, so that it cannot promise what is refused here.
func checkTags(l *problems.List, path string, args reflect.Value) {
	for i := range args.NumField() {
		field, value := args.Type().Field(i), args.Field(i)
		name, option, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		if name == "" {
			continue
		}
		at := join(path, name)
		missing := value.Kind() == reflect.Interface && value.IsNil() || value.Kind() == reflect.Pointer && value.IsNil()
		switch {
		case missing && option != "optional":
			l.Addf(at, "%s is required: it has no default", name)
		case missing:
		case isStruct(value.Type(), reflect.Pointer):
			checkTags(l, at, value.Elem())
		case isStruct(value.Type(), reflect.Slice):
			for j := range value.Len() {
				checkTags(l, index(at, j), value.Index(j))
			}
		default:
			checkEnum(l, at, field.Tag, value)
			checkRange(l, at, field.Tag, value)
		}
	}
}

// isStruct reports whether t is a pointer to, or a slice of, an argument struct.
func isStruct(t reflect.Type, kind reflect.Kind) bool {
	return t.Kind() == kind && t.Elem().Kind() == reflect.Struct
}

// checkEnum looks at a text or at each of a list of texts. An empty plain string
// stands for the default.
func checkEnum(l *problems.List, path string, tag reflect.StructTag, value reflect.Value) {
	enum, ok := tag.Lookup("enum")
	if !ok || value.Kind() == reflect.String && value.Len() == 0 {
		return
	}
	allowed := strings.Split(enum, ",")
	check := func(at string, in any) {
		if text, ok := known.String(in); ok && !slices.Contains(allowed, text) {
			l.Addf(at, "%q is not allowed: use one of %s", text, strings.Join(allowed, ", "))
		}
	}
	if list, ok := known.As[pulumi.StringArray](value.Interface()); ok {
		for i, element := range list {
			check(index(path, i), element)
		}
		return
	}
	check(path, value.Interface())
}

func checkRange(l *problems.List, path string, tag reflect.StructTag, value reflect.Value) {
	low, errLow := strconv.Atoi(tag.Get("min"))
	high, errHigh := strconv.Atoi(tag.Get("max"))
	if errLow != nil || errHigh != nil {
		return
	}
	if n, ok := known.Int(value.Interface()); ok && (n < low || n > high) {
		outside(l, path, n, low, high, tag.Get("unit"))
	}
}

func outside(l *problems.List, path string, n, low, high int, unit string) {
	l.Addf(path, "%s", strings.TrimSpace(strconv.Itoa(n)+" is outside "+strconv.Itoa(low)+" to "+strconv.Itoa(high)+" "+unit)+": choose a number within")
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

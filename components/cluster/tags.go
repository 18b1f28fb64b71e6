package cluster

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// checkTags reports every known value outside the tags enum, min and max of its
// field, and every required input that is missing. An editor's schema shows the
// same tags, so that it cannot promise what is refused here.
func checkTags(l *problem.List, path problem.Path, args reflect.Value) {
	for i := range args.NumField() {
		field, value := args.Type().Field(i), args.Field(i)
		name, option, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		if name == "" {
			continue
		}
		at := path.Field(name)
		missing := value.Kind() == reflect.Interface && value.IsNil() || value.Kind() == reflect.Pointer && value.IsNil()
		switch {
		case missing && option != "optional":
			l.Add(at, fmt.Sprintf("%s is required", name), "it has no default")
		case missing:
		case isStruct(value.Type(), reflect.Pointer):
			checkTags(l, at, value.Elem())
		case isStruct(value.Type(), reflect.Slice):
			for j := range value.Len() {
				checkTags(l, at.Index(j), value.Index(j))
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
func checkEnum(l *problem.List, path problem.Path, tag reflect.StructTag, value reflect.Value) {
	enum, ok := tag.Lookup("enum")
	if !ok || value.Kind() == reflect.String && value.Len() == 0 {
		return
	}
	allowed := strings.Split(enum, ",")
	check := func(at problem.Path, in any) {
		if text, ok := known.String(in); ok && !slices.Contains(allowed, text) {
			l.Add(at, fmt.Sprintf("%q is not allowed", text), fmt.Sprintf("use one of %s", strings.Join(allowed, ", ")))
		}
	}
	if list, ok := known.As[pulumi.StringArray](value.Interface()); ok {
		for i, element := range list {
			check(path.Index(i), element)
		}
		return
	}
	check(path, value.Interface())
}

func checkRange(l *problem.List, path problem.Path, tag reflect.StructTag, value reflect.Value) {
	low, errLow := strconv.Atoi(tag.Get("min"))
	high, errHigh := strconv.Atoi(tag.Get("max"))
	if errLow != nil || errHigh != nil {
		return
	}
	if n, ok := known.Int(value.Interface()); ok && (n < low || n > high) {
		outside(l, path, n, low, high, tag.Get("unit"))
	}
}

func outside(l *problem.List, path problem.Path, n, low, high int, unit string) {
	l.Add(path, strings.TrimSpace(fmt.Sprintf("%d is outside %d to %d %s", n, low, high, unit)), "choose a number within")
}

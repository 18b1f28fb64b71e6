// Package known looks at the inputs of a component that already have a value when the program runs,
// so that a mistake in them is found before anything is registered. Outputs are not known; they are
// checked when they resolve.
package known

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// String returns the value of a pulumi.String or a pointer made by pulumi.StringPtr, and whether
// there is one.
func String(in any) (string, bool) {
	v, ok := value(in)
	if !ok || v.Kind() != reflect.String {
		return "", false
	}
	return v.String(), true
}

// Int returns the value of a pulumi.Int or a pointer made by pulumi.IntPtr, and whether there is
// one.
func Int(in any) (int, bool) {
	v, ok := value(in)
	if !ok || !v.CanInt() {
		return 0, false
	}
	return int(v.Int()), true
}

// Bool returns the value of a pulumi.Bool or a pointer made by pulumi.BoolPtr, and whether there is
// one.
func Bool(in any) (bool, bool) {
	v, ok := value(in)
	if !ok || v.Kind() != reflect.Bool {
		return false, false
	}
	return v.Bool(), true
}

// As returns the argument struct (or slice, or map) of type T behind an input, whether it was given
// by value, by pointer, or through one of the SDK's Ptr functions, whose types are not exported.
func As[T any](in any) (T, bool) {
	var zero T
	v, ok := value(in)
	if !ok {
		return zero, false
	}
	want := reflect.TypeOf(&zero).Elem()
	if v.Type() != want && (v.Kind() != want.Kind() || !v.CanConvert(want)) {
		return zero, false
	}
	return v.Convert(want).Interface().(T), true
}

// value returns what in holds, pointers followed, unless it is absent or an output.
func value(in any) (reflect.Value, bool) {
	if in == nil {
		return reflect.Value{}, false
	}
	if _, isOutput := in.(pulumi.Output); isOutput {
		return reflect.Value{}, false
	}
	v := reflect.ValueOf(in)
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return reflect.Value{}, false
		}
		v = v.Elem()
	}
	return v, true
}

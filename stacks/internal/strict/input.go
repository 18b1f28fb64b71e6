package strict

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// input is how the file gives a value to an argument of a component that is an input.
type input struct {
	// plain is the type that the file's value must have.
	plain reflect.Type
	// wrap turns a value of that type into the input.
	wrap func(v any) pulumi.Input
}

// wrapped declares an input whose value is a V.
func wrapped[I pulumi.Input, V any](wrap func(V) I) input {
	return input{plain: reflect.TypeFor[V](), wrap: func(v any) pulumi.Input { return wrap(v.(V)) }}
}

// inputs are the input types that arguments of components use.
var inputs = map[reflect.Type]input{
	reflect.TypeFor[pulumi.StringInput]():         wrapped(func(v string) pulumi.StringInput { return pulumi.String(v) }),
	reflect.TypeFor[pulumi.StringPtrInput]():      wrapped(func(v string) pulumi.StringPtrInput { return pulumi.String(v) }),
	reflect.TypeFor[pulumi.IntInput]():            wrapped(func(v int) pulumi.IntInput { return pulumi.Int(v) }),
	reflect.TypeFor[pulumi.IntPtrInput]():         wrapped(func(v int) pulumi.IntPtrInput { return pulumi.Int(v) }),
	reflect.TypeFor[pulumi.BoolPtrInput]():        wrapped(func(v bool) pulumi.BoolPtrInput { return pulumi.Bool(v) }),
	reflect.TypeFor[pulumi.Float64PtrInput]():     wrapped(func(v float64) pulumi.Float64PtrInput { return pulumi.Float64(v) }),
	reflect.TypeFor[pulumi.StringMapInput]():      wrapped(func(v map[string]string) pulumi.StringMapInput { return pulumi.ToStringMap(v) }),
	reflect.TypeFor[pulumi.StringArrayInput]():    wrapped(func(v []string) pulumi.StringArrayInput { return pulumi.ToStringArray(v) }),
	reflect.TypeFor[pulumi.StringMapArrayInput](): wrapped(func(v []map[string]string) pulumi.StringMapArrayInput { return pulumi.ToStringMapArray(v) }),
	reflect.TypeFor[pulumi.MapInput]():            wrapped(func(v map[string]any) pulumi.MapInput { return mapInput(v) }),
	reflect.TypeFor[pulumi.ArrayInput]():          wrapped(func(v []any) pulumi.ArrayInput { return arrayInput(v) }),
	reflect.TypeFor[pulumi.MapArrayInput]():       wrapped(mapArrayInput),
	reflect.TypeFor[pulumi.Input]():               wrapped(anyInput),
}

// wrappedInput decodes a component's argument. What the file gives is known when the program runs,
// so that the component can check it before anything is registered.
func (d *Decoder) wrappedInput(at problem.Path, raw any, to reflect.Value, in input) {
	plain := reflect.New(in.plain).Elem()
	before := d.Problems.ignored()
	d.value(at, raw, plain)
	if d.Problems.ignored() == before {
		to.Set(reflect.ValueOf(in.wrap(plain.Interface())))
	}
}

// anyInput wraps a value of any form. The SDK's own functions (pulumi.ToMap and the like) make
// outputs of what they find, which a component cannot look into before it registers anything.
func anyInput(v any) pulumi.Input {
	switch v := v.(type) {
	case string:
		return pulumi.String(v)
	case int:
		return pulumi.Int(v)
	case bool:
		return pulumi.Bool(v)
	case float64:
		return pulumi.Float64(v)
	case map[string]any:
		return mapInput(v)
	case []any:
		return arrayInput(v)
	default:
		return pulumi.Any(v)
	}
}

func mapInput(v map[string]any) pulumi.Map {
	m := make(pulumi.Map, len(v))
	for key, value := range v {
		m[key] = anyInput(value)
	}
	return m
}

func arrayInput(v []any) pulumi.Array {
	list := make(pulumi.Array, len(v))
	for i, value := range v {
		list[i] = anyInput(value)
	}
	return list
}

func mapArrayInput(v []map[string]any) pulumi.MapArrayInput {
	list := make(pulumi.MapArray, len(v))
	for i, value := range v {
		list[i] = mapInput(value)
	}
	return list
}

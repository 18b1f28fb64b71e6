// Package schema derives the arguments and results of resources and functions from Pulumi's own Go
// SDK by reflection: the struct behind XArgs has every input with its name, its type and whether it
// is required, and the struct X or XResult has every output. Nothing is written by hand, so that
// the bridge and the SDK of programs cannot differ.
package schema

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Kind is the kind of value of a property.
type Kind int

// The kinds of values.
const (
	Any Kind = iota
	Bool
	Integer
	Number
	String
	Array
	Map
	Object
)

// String returns the kind's name in the Pulumi schema.
func (k Kind) String() string {
	return [...]string{"any", "boolean", "integer", "number", "string", "array", "map", "object"}[k]
}

// Type describes a property's value. Elem is set for Array and Map, fields for Object. A type can
// refer to itself.
type Type struct {
	Kind   Kind
	Elem   *Type
	fields map[string]*Field
}

// Field is one property of an object.
type Field struct {
	Name string
	Type *Type
	// Required is true if the SDK's struct field is neither a pointer nor a slice nor a map:
	// Pulumi's code generator writes optional properties as pointers. A required list is not
	// recognised here; the resource's record lists those.
	Required bool
}

// Field returns the property of that name, or nil.
func (t *Type) Field(name string) *Field {
	if t == nil {
		return nil
	}
	return t.fields[name]
}

// Fields returns an object's properties, sorted by name.
func (t *Type) Fields() []*Field {
	return slices.SortedFunc(maps.Values(t.fields), func(a, b *Field) int { return strings.Compare(a.Name, b.Name) })
}

// String returns the type without its members, for the golden file and for messages.
func (t *Type) String() string {
	switch t.Kind {
	case Array:
		return "[]" + t.Elem.String()
	case Map:
		return "map<" + t.Elem.String() + ">"
	}
	return t.Kind.String()
}

var outputType = reflect.TypeFor[pulumi.Output]()

// Inputs returns the type of the inputs behind an args struct of the SDK, such as
// containerservice.ManagedClusterArgs{}.
func Inputs(args pulumi.Input) (*Type, error) { return Of(args.ElementType()) }

// Of returns the type of a Go type of the SDK: a plain struct such as LookupVaultResult, or a
// resource struct whose fields are outputs, such as keyvault.Vault. It returns an error for a Go
// type that cannot be a property, such as a channel.
func Of(t reflect.Type) (*Type, error) { return of(t, map[reflect.Type]*Type{}) }

func of(t reflect.Type, seen map[reflect.Type]*Type) (*Type, error) {
	if t.Implements(outputType) {
		out, ok := reflect.Zero(t).Interface().(pulumi.Output)
		if !ok {
			return nil, fmt.Errorf("%s is not an output", t)
		}
		t = out.ElementType()
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if known, ok := seen[t]; ok {
		return known, nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return &Type{Kind: Bool}, nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return &Type{Kind: Integer}, nil
	case reflect.Float64:
		return &Type{Kind: Number}, nil
	case reflect.String:
		return &Type{Kind: String}, nil
	case reflect.Interface:
		return &Type{Kind: Any}, nil
	case reflect.Slice, reflect.Map:
		elem, err := of(t.Elem(), seen)
		if err != nil {
			return nil, err
		}
		if t.Kind() == reflect.Slice {
			return &Type{Kind: Array, Elem: elem}, nil
		}
		return &Type{Kind: Map, Elem: elem}, nil
	case reflect.Struct:
		return ofStruct(t, seen)
	}
	return nil, fmt.Errorf("%s cannot be a property", t)
}

func ofStruct(t reflect.Type, seen map[reflect.Type]*Type) (*Type, error) {
	res := &Type{Kind: Object, fields: map[string]*Field{}}
	seen[t] = res
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("pulumi")
		if !ok || f.Anonymous {
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		ft, err := of(f.Type, seen)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.Name(), f.Name, err)
		}
		kind := f.Type.Kind()
		res.fields[name] = &Field{
			Name: name, Type: ft,
			Required: kind != reflect.Pointer && kind != reflect.Slice && kind != reflect.Map && kind != reflect.Interface,
		}
	}
	return res, nil
}

// Package arguments reads the argument structs of components and of the stack file: the names of
// properties, which of them are required, and the values that they may have. A component's
// Validate, the stack file's decoder and the JSON schema all read the same tags through it.
//
//	pulumi:"name,optional"   the property; without optional it is required
//	config:"name"            the same for a key that only the stack file has, never required here
//	enum:"Type"              the enumeration of an input (see Enum)
//	min:"1" max:"9"          the range of a whole number, either end may be left out
//	unit:"hours"             what is counted, for messages
package arguments

import (
	"reflect"
	"strconv"
	"strings"
)

// Field is what a struct says of one argument.
type Field struct {
	// Name is the property's name.
	Name string
	// Index leads to the field, as reflect.Value.FieldByIndex takes it.
	Index []int
	// Type is the field's type.
	Type reflect.Type
	// Required reports whether the argument has no default.
	Required bool
	// Enum has the values that are permitted, in the order of their declaration; nil permits all.
	Enum []string
	// Min and Max bound a whole number; nil is no bound.
	Min, Max *int
	// Unit is what a number counts, such as hours.
	Unit string
}

// Owner is a struct that embeds the arguments of a component and sets some of them itself.
type Owner interface {
	// OwnedKeys returns the names of the embedded arguments that nobody else can set.
	OwnedKeys() []string
}

// Fields returns the arguments of a struct type in the order of their declaration. Fields without a
// property name, which only Go programs can set, are left out. Those of embedded structs follow in
// their place, without the ones that the struct owns (see Owner), and without those whose name one
// of its own fields has.
func Fields(t reflect.Type) []Field {
	hidden := map[string]bool{}
	if o, ok := reflect.New(t).Interface().(Owner); ok {
		for _, name := range o.OwnedKeys() {
			hidden[name] = true
		}
	}
	for i := range t.NumField() {
		if f := t.Field(i); !f.Anonymous {
			name, _ := propertyOf(f.Tag)
			hidden[name] = true
		}
	}
	var list []Field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			for _, inner := range Fields(f.Type) {
				if !hidden[inner.Name] {
					inner.Index = append([]int{i}, inner.Index...)
					list = append(list, inner)
				}
			}
			continue
		}
		name, required := propertyOf(f.Tag)
		if name == "" {
			continue
		}
		list = append(list, Field{
			Name: name, Index: f.Index, Type: f.Type, Required: required,
			Enum: enumOf(t, f), Min: number(f.Tag, "min"), Max: number(f.Tag, "max"), Unit: f.Tag.Get("unit"),
		})
	}
	return list
}

// propertyOf returns the property that a tag names, and whether it is required.
func propertyOf(tag reflect.StructTag) (name string, required bool) {
	if name, ok := tag.Lookup("config"); ok {
		return name, false
	}
	name, option, _ := strings.Cut(tag.Get("pulumi"), ",")
	return name, name != "" && option != "optional"
}

func number(tag reflect.StructTag, key string) *int {
	n, err := strconv.Atoi(tag.Get(key))
	if err != nil {
		return nil
	}
	return &n
}

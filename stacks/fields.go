package stacks

import (
	"reflect"
	"slices"
	"strings"
)

// field is a key of a configuration struct.
type field struct {
	// index leads to it, as reflect.Value.FieldByIndex takes it.
	index []int
	tag   reflect.StructTag
}

// owner is a section that takes its keys from a component's arguments and sets some of them itself: the file cannot.
type owner interface {
	ownedKeys() []string
}

// fieldsOf maps the keys of a configuration struct to its fields: those tagged `config:"key"`, and, of an embedded struct,
// its fields as well. The arguments of components are tagged `pulumi:"key"` and become keys of the file by that name, so
// that what a component can do is never missing here, and is documented and checked in one place.
func fieldsOf(t reflect.Type) map[string]field {
	fields := map[string]field{}
	var owned []string
	if o, ok := reflect.New(t).Interface().(owner); ok {
		owned = o.ownedKeys()
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous || f.Type.Kind() != reflect.Struct {
			continue
		}
		for name, inner := range fieldsOf(f.Type) {
			if !slices.Contains(owned, name) {
				fields[name] = field{index: slices.Concat([]int{i}, inner.index), tag: inner.tag}
			}
		}
	}
	for i := range t.NumField() {
		if name := keyOf(t.Field(i).Tag); name != "" {
			fields[name] = field{index: []int{i}, tag: t.Field(i).Tag}
		}
	}
	return fields
}

// keyOf is the key that a tag gives a field, or empty.
func keyOf(tag reflect.StructTag) string {
	if name, ok := tag.Lookup("config"); ok {
		return name
	}
	name, _, _ := strings.Cut(tag.Get("pulumi"), ",")
	return name
}

// allowed are the values of an enumeration, or nil for a field that is none.
func (f field) allowed() []string {
	list, ok := f.tag.Lookup("enum")
	if !ok {
		return nil
	}
	return strings.Split(list, ",")
}

func keyList(known map[string]field) string { return joined(known) }

// joined lists the keys of a mapping.
func joined[V any](m map[string]V) string { return strings.Join(sortedKeys(m), ", ") }

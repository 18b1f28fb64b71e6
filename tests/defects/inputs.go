package main

import (
	"fmt"
	"maps"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// inputsOf returns the typed arguments of a resource as a map by the provider's names of the
// properties, because the components' internal types have no names here. Arguments without a value
// are left out.
func inputsOf(props pulumi.Input) pulumi.Map {
	if m, ok := props.(pulumi.Map); ok {
		return maps.Clone(m)
	}
	inputs := pulumi.Map{}
	value := reflect.ValueOf(props)
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if value.Kind() != reflect.Struct {
		return inputs
	}
	plain := props.ElementType()
	if plain.Kind() == reflect.Pointer {
		plain = plain.Elem()
	}
	for i := range value.NumField() {
		field, ok := plain.FieldByName(value.Type().Field(i).Name)
		if !ok {
			continue
		}
		if input, ok := value.Field(i).Interface().(pulumi.Input); ok {
			inputs[field.Tag.Get("pulumi")] = input
		}
	}
	return inputs
}

// nested replaces an object within the inputs by a map, and returns the map.
func nested(inputs pulumi.Map, key string) (pulumi.Map, error) {
	object, ok := inputs[key]
	if !ok {
		return nil, fmt.Errorf("there is no %s", key)
	}
	m := inputsOf(object)
	if len(m) == 0 {
		return nil, fmt.Errorf("%s, a %T, cannot be edited", key, object)
	}
	inputs[key] = m
	return m, nil
}

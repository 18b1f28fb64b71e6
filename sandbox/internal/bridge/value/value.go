// Package value reads and writes the engine's property values without a panic for anything that a
// program may send: unknown values of a preview, secrets, output values with dependencies, assets
// and resource references. The SDK's own conversion (PropertyMap.Mappable) keeps the wrappers.
//
// The sources for the forms are sdk/v3/go/common/resource (PropertyValue) and the provider
// protocol's documentation of secrets and unknowns.
package value

import (
	"errors"
	"fmt"
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// ErrUnknown is returned if a value that must be known is unknown, as it can be during a preview.
var ErrUnknown = errors.New("the value is not known yet")

// Unwrap removes the secret and output wrappers of a value. It reports whether a wrapper was
// secret, and whether the value is known; an unknown value is returned as null.
func Unwrap(v resource.PropertyValue) (inner resource.PropertyValue, secret, known bool) {
	for {
		switch {
		case v.IsSecret():
			if v.SecretValue() == nil {
				return resource.NewNullProperty(), true, true
			}
			secret, v = true, v.SecretValue().Element
		case v.IsOutput():
			out := v.OutputValue()
			secret = secret || out.Secret
			if !out.Known {
				return resource.NewNullProperty(), secret, false
			}
			v = out.Element
		case v.IsComputed():
			return resource.NewNullProperty(), secret, false
		default:
			return v, secret, true
		}
	}
}

// Plain returns the value in the form of encoding/json: nil, bool, float64, string, []any or
// map[string]any. Secrets are unwrapped, null members of objects are left out. It returns
// ErrUnknown (wrapped, with the path) if any part is unknown, and an error for assets and archives,
// which no Azure API accepts.
func Plain(v resource.PropertyValue) (any, error) { return plain("", v) }

// PlainMap returns a property map in the form of Plain.
func PlainMap(m resource.PropertyMap) (map[string]any, error) {
	out, err := plain("", resource.NewObjectProperty(m))
	if err != nil {
		return nil, err
	}
	return out.(map[string]any), nil
}

func plain(path string, v resource.PropertyValue) (any, error) {
	v, _, known := Unwrap(v)
	if !known {
		return nil, fmt.Errorf("%s: %w", path, ErrUnknown)
	}
	switch {
	case v.IsNull():
		return nil, nil
	case v.IsBool():
		return v.BoolValue(), nil
	case v.IsNumber():
		return v.NumberValue(), nil
	case v.IsString():
		return v.StringValue(), nil
	case v.IsArray():
		items := make([]any, 0, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			p, err := plain(fmt.Sprintf("%s[%d]", path, i), item)
			if err != nil {
				return nil, err
			}
			items = append(items, p)
		}
		return items, nil
	case v.IsObject():
		object := make(map[string]any, len(v.ObjectValue()))
		for k, item := range v.ObjectValue() {
			p, err := plain(Join(path, string(k)), item)
			if err != nil {
				return nil, err
			}
			if p != nil {
				object[string(k)] = p
			}
		}
		return object, nil
	}
	return nil, fmt.Errorf("%s: a value of type %s cannot be sent to Azure", path, v.TypeString())
}

// From returns the property value of a plain value, as the inverse of Plain.
func From(v any) resource.PropertyValue {
	switch v := v.(type) {
	case nil:
		return resource.NewNullProperty()
	case bool:
		return resource.NewBoolProperty(v)
	case float64:
		return resource.NewNumberProperty(v)
	case int:
		return resource.NewNumberProperty(float64(v))
	case int64:
		return resource.NewNumberProperty(float64(v))
	case string:
		return resource.NewStringProperty(v)
	case []string:
		items := make([]resource.PropertyValue, len(v))
		for i, item := range v {
			items[i] = resource.NewStringProperty(item)
		}
		return resource.NewArrayProperty(items)
	case []any:
		items := make([]resource.PropertyValue, len(v))
		for i, item := range v {
			items[i] = From(item)
		}
		return resource.NewArrayProperty(items)
	case map[string]any:
		return resource.NewObjectProperty(FromMap(v))
	}
	return resource.NewStringProperty(fmt.Sprint(v))
}

// FromMap returns the property map of a plain map. Null members are left out, because the engine
// treats them as absent.
func FromMap(m map[string]any) resource.PropertyMap {
	out := make(resource.PropertyMap, len(m))
	for k, v := range m {
		if v != nil {
			out[resource.PropertyKey(k)] = From(v)
		}
	}
	return out
}

// Join appends a member's name to a property path, with the engine's quoting.
func Join(path, name string) string {
	if path == "" {
		return resource.PropertyPath{name}.String()
	}
	// An empty first key gives the separator.
	return path + resource.PropertyPath{"", name}.String()
}

// IsInteger reports whether a number has no fraction.
func IsInteger(f float64) bool { return !math.IsInf(f, 0) && f == math.Trunc(f) }

// IsAbsent reports whether a value is known to be null. An unknown value may become anything.
func IsAbsent(v resource.PropertyValue) bool {
	inner, _, known := Unwrap(v)
	return known && inner.IsNull()
}

// String returns the text of a known string; ok is false for any other value.
func String(v resource.PropertyValue) (text string, ok bool) {
	v, _, known := Unwrap(v)
	if !known || !v.IsString() {
		return "", false
	}
	return v.StringValue(), true
}

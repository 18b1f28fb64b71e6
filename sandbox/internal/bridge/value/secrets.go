package value

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Bare returns a copy without secret and output wrappers, for comparisons; unknown parts stay
// unknown.
func Bare(m resource.PropertyMap) resource.PropertyMap {
	out := make(resource.PropertyMap, len(m))
	for k, v := range m {
		out[k] = BareValue(v)
	}
	return out
}

// BareValue returns a copy of one value without wrappers, like Bare.
func BareValue(v resource.PropertyValue) resource.PropertyValue {
	v, _, known := Unwrap(v)
	switch {
	case !known:
		return Unknown()
	case v.IsArray():
		items := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			items[i] = BareValue(item)
		}
		return resource.NewArrayProperty(items)
	case v.IsObject():
		return resource.NewObjectProperty(Bare(v.ObjectValue()))
	}
	return v
}

// Unknown returns the value for something that is only known after an update.
func Unknown() resource.PropertyValue {
	return resource.MakeComputed(resource.NewStringProperty(""))
}

// MarkSecret returns m with the member at path, whose segments are separated by dots, marked as
// secret. A path that does not exist changes nothing.
func MarkSecret(m resource.PropertyMap, path string) resource.PropertyMap {
	head, rest, nested := strings.Cut(path, ".")
	key := resource.PropertyKey(head)
	v, ok := m[key]
	if !ok || v.IsSecret() || v.IsNull() {
		return m
	}
	out := m.Copy()
	switch {
	case !nested:
		out[key] = resource.MakeSecret(v)
	case v.IsObject():
		out[key] = resource.NewObjectProperty(MarkSecret(v.ObjectValue(), rest))
	}
	return out
}

package entra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// attribute is what the schema of terraform-provider-azuread v2 says about an input.
type attribute struct {
	// computed is true if the service sets a value when the program does not; then a removal is no
	// change.
	computed bool
	forceNew bool
	set      bool // a list without order
	// standard is the default that the provider adds to the inputs.
	standard any
	// same reports whether the last output and an input mean the same though they differ; nil:
	// never.
	same func(before, now string) bool
}

// attributes are those of a type, by the name in Pulumi.
type attributes map[string]attribute

// compare returns the changes that Terraform plans: it compares the inputs with the last outputs,
// not with the last inputs, and a missing value, an empty text, an empty list and false are the
// same. Sources: "Resource Instance Change Lifecycle" of Terraform, and schemaMap.Diff of
// terraform-plugin-sdk v2.
func (a attributes) compare(news, outputs resource.PropertyMap) map[string]plugin.PropertyDiff {
	out := map[string]plugin.PropertyDiff{}
	for name, attr := range a {
		key := resource.PropertyKey(name)
		before, now := outputs[key], news[key]
		_, _, known := value.Unwrap(now)
		switch {
		case known && isZero(now) && attr.computed && now.IsNull():
		case known && isZero(now) && isZero(before):
		case known && attr.equal(before, now):
		case known && isZero(now):
			attr.put(out, name, plugin.DiffDelete)
		case known && before.IsArray() && now.IsArray():
			attr.list(out, name, before.ArrayValue(), now.ArrayValue())
		case isZero(before):
			attr.put(out, name, plugin.DiffAdd)
		default:
			attr.put(out, name, plugin.DiffUpdate)
		}
	}
	return out
}

func (a attribute) put(out map[string]plugin.PropertyDiff, path string, kind plugin.DiffKind) {
	if a.forceNew {
		kind = kind.AsReplace()
	}
	out[path] = plugin.PropertyDiff{Kind: kind}
}

func (a attribute) equal(before, now resource.PropertyValue) bool {
	if before.IsString() && now.IsString() && a.same != nil && a.same(before.StringValue(), now.StringValue()) {
		return true
	}
	if !a.set || !before.IsArray() || !now.IsArray() {
		return before.DeepEquals(now)
	}
	return slices.Equal(texts(before), texts(now))
}

// texts returns the elements of a list of texts in their order, which has no meaning.
func texts(v resource.PropertyValue) []string {
	var out []string
	for _, item := range v.ArrayValue() {
		out = append(out, fmt.Sprint(item.V))
	}
	slices.Sort(out)
	return out
}

// list adds the changes of a list, by element.
func (a attribute) list(out map[string]plugin.PropertyDiff, name string, before, now []resource.PropertyValue) {
	at := func(i int) string { return fmt.Sprintf("%s[%d]", name, i) }
	if a.set {
		has := func(items []resource.PropertyValue, v resource.PropertyValue) bool {
			return slices.ContainsFunc(items, v.DeepEquals)
		}
		for i, item := range before {
			if !has(now, item) {
				a.put(out, at(i), plugin.DiffDelete)
			}
		}
		for i, item := range now {
			if !has(before, item) {
				a.put(out, at(i), plugin.DiffAdd)
			}
		}
		return
	}
	for i := range max(len(before), len(now)) {
		switch {
		case i >= len(before):
			a.put(out, at(i), plugin.DiffAdd)
		case i >= len(now):
			a.put(out, at(i), plugin.DiffDelete)
		case !before[i].DeepEquals(now[i]):
			a.put(out, at(i), plugin.DiffUpdate)
		}
	}
}

// isZero reports whether a value is missing or the zero value of its type.
func isZero(v resource.PropertyValue) bool {
	switch {
	case v.IsString():
		return v.StringValue() == ""
	case v.IsBool():
		return !v.BoolValue()
	case v.IsArray():
		return len(v.ArrayValue()) == 0
	case v.IsObject():
		return len(v.ObjectValue()) == 0
	}
	return v.IsNull()
}

// defaultsInInputs is the input in which Pulumi's bridge of Terraform providers lists the inputs
// that it has set to their defaults.
const defaultsInInputs resource.PropertyKey = "__defaults"

// refreshed returns the inputs after a refresh: those that the program set, with the values of the
// outputs. Pulumi's bridge takes no other value over; a change of another property shows in the
// next difference, which compares with the outputs.
func (a attributes) refreshed(inputs, outputs resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, v := range inputs {
		now, ok := outputs[key]
		switch {
		case strings.HasPrefix(string(key), "__"):
			out[key] = v
		case ok && a[string(key)].set && a[string(key)].equal(now, v):
			out[key] = v // only the order differs, which has no meaning
		case ok && now.HasValue():
			out[key] = now
		}
	}
	return out
}

// imported returns the inputs of an object that was found by its ID: what is neither zero nor a
// default.
func (a attributes) imported(outputs map[string]any) map[string]any {
	out := map[string]any{string(defaultsInInputs): []any{}}
	for name, attr := range a {
		v := outputs[name]
		if v == nil || isZero(value.From(v)) || v == attr.standard {
			continue
		}
		out[name] = v
	}
	return out
}

// prepare returns the inputs with the defaults and the list of those that were set.
func (a attributes) prepare(m resource.PropertyMap) resource.PropertyMap {
	out := m.Copy()
	set := []string{}
	for name, attr := range a {
		key := resource.PropertyKey(name)
		if attr.standard == nil || !value.IsAbsent(m[key]) {
			continue
		}
		out[key] = value.From(attr.standard)
		set = append(set, name)
	}
	slices.Sort(set)
	out[defaultsInInputs] = value.From(set)
	return out
}

package fake

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// plain returns a value without its secret and output wrappers; unknown values become computed
// ones.
func plain(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element)
	case v.IsOutput():
		if !v.OutputValue().Known {
			return unknown()
		}
		return plain(v.OutputValue().Element)
	case v.IsObject():
		return resource.NewProperty(plainMap(v.ObjectValue()))
	case v.IsArray():
		items := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			items[i] = plain(item)
		}
		return resource.NewProperty(items)
	}
	return v
}

func plainMap(m resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for k, v := range m {
		if v = plain(v); !v.IsNull() {
			out[k] = v
		}
	}
	return out
}

func unknown() resource.PropertyValue { return resource.MakeComputed(resource.NewProperty("")) }

// at returns the value at a dotted path as plain does, null if there is none.
func at(m resource.PropertyMap, path string) resource.PropertyValue {
	key, rest, more := strings.Cut(path, ".")
	v := plain(m[resource.PropertyKey(key)])
	if !more || v.IsComputed() {
		return v
	}
	if !v.IsObject() {
		return resource.NewNullProperty()
	}
	return at(v.ObjectValue(), rest)
}

// text returns the string at a dotted path, empty if there is none.
func text(m resource.PropertyMap, path string) string {
	if v := at(m, path); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// texts returns a map of strings, given as key and value in turn.
func texts(pairs ...string) resource.PropertyMap {
	m := resource.PropertyMap{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[resource.PropertyKey(pairs[i])] = resource.NewProperty(pairs[i+1])
	}
	return m
}

func object(m resource.PropertyMap) resource.PropertyValue { return resource.NewProperty(m) }

// changes returns the top-level keys whose values differ.
func changes(olds, news resource.PropertyMap) []resource.PropertyKey {
	diff := difference(olds, news)
	if diff == nil {
		return nil
	}
	return diff.ChangedKeys()
}

// details returns the differences by path. The engine needs them for the option ReplaceOnChanges.
func details(olds, news resource.PropertyMap) map[string]plugin.PropertyDiff {
	return plugin.NewDetailedDiffFromObjectDiff(difference(olds, news), true)
}

// difference compares two maps without the keys that begin with two underscores, which providers
// use internally.
func difference(olds, news resource.PropertyMap) *resource.ObjectDiff {
	return plainMap(olds).Diff(plainMap(news), func(k resource.PropertyKey) bool { return strings.HasPrefix(string(k), "__") })
}

// region returns the normalised name of a region, as Azure does: westeurope for "West Europe".
func region(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

// merge returns the values of both maps, objects property by property; the second wins.
func merge(base, over resource.PropertyMap) resource.PropertyMap {
	out := base.Copy()
	if out == nil {
		out = resource.PropertyMap{}
	}
	for k, v := range over {
		if have := out[k]; have.IsObject() && v.IsObject() {
			v = object(merge(have.ObjectValue(), v.ObjectValue()))
		}
		out[k] = v
	}
	return out
}

// overlay applies a difference of outputs to inputs, property by property, as azure-native does
// (applyDiff in provider/pkg/provider/diff.go).
func overlay(inputs resource.PropertyMap, diff *resource.ObjectDiff) resource.PropertyMap {
	if diff == nil {
		return inputs
	}
	out := resource.PropertyMap{}
	for k, v := range inputs {
		if !diff.Deleted(k) {
			out[k] = v
		}
	}
	for k, v := range diff.Adds {
		out[k] = v
	}
	for k, u := range diff.Updates {
		out[k] = u.New
		if have, given := inputs[k]; given && have.IsObject() && u.Old.IsObject() && u.New.IsObject() {
			out[k] = object(overlay(have.ObjectValue(), u.Old.ObjectValue().Diff(u.New.ObjectValue())))
		}
	}
	return out
}

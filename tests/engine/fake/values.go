package fake

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// plain is a value without the marks of secrets and outputs; what is not known stays computed.
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

// at is the value at a dotted path, without the marks of secrets.
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

// text is the text at a dotted path, or empty.
func text(m resource.PropertyMap, path string) string {
	if v := at(m, path); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// texts is a map of texts, from pairs.
func texts(pairs ...string) resource.PropertyMap {
	m := resource.PropertyMap{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[resource.PropertyKey(pairs[i])] = resource.NewProperty(pairs[i+1])
	}
	return m
}

func object(m resource.PropertyMap) resource.PropertyValue { return resource.NewProperty(m) }

// changes are the top-level keys of which old and new differ.
func changes(olds, news resource.PropertyMap) []resource.PropertyKey {
	diff := difference(olds, news)
	if diff == nil {
		return nil
	}
	return diff.ChangedKeys()
}

// details are the differences down to the single value, by which the engine goes for the option ReplaceOnChanges.
func details(olds, news resource.PropertyMap) map[string]plugin.PropertyDiff {
	return plugin.NewDetailedDiffFromObjectDiff(difference(olds, news), true)
}

// difference leaves out keys that begin with two underscores, which are a provider's own.
func difference(olds, news resource.PropertyMap) *resource.ObjectDiff {
	return plainMap(olds).Diff(plainMap(news), func(k resource.PropertyKey) bool { return strings.HasPrefix(string(k), "__") })
}

// region is the form in which Azure returns a region: "West Europe" is westeurope.
func region(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

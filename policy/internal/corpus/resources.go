package corpus

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// entry is a resource in a case's file. Entries refer to each other by id, which is unique in a
// case.
type entry struct {
	// ID is how other entries refer to it; by default its name.
	ID string `yaml:"id"`
	// Base is an entry of bases.yaml that this one changes: objects are merged, lists are replaced,
	// null removes.
	Base string `yaml:"base"`
	Type string `yaml:"type"`
	Name string `yaml:"name"`
	// Parent and Provider are ids.
	Parent   string `yaml:"parent"`
	Provider string `yaml:"provider"`
	// DependsOn are ids.
	DependsOn []string `yaml:"dependsOn"`
	// From has the ids of the resources that the value of each input property comes from.
	From map[string][]string `yaml:"from"`
	// Protect is the option; by default that of the base.
	Protect *bool `yaml:"protect"`
	// Properties are the inputs. The tags !unknown and !secret mark values.
	Properties yaml.Node `yaml:"properties"`
	// Outputs are what the provider answered, in addition to the inputs.
	Outputs yaml.Node `yaml:"outputs"`
}

func loadBases(file string) (map[string]entry, error) {
	bases := map[string]entry{}
	return bases, decode(file, &bases)
}

// urnOf returns the URN of a resource of a case.
func urnOf(typ, name string) string {
	return "urn:pulumi:test::corpus::" + typ + "::" + name
}

// build returns the resources of a case's entries.
func build(entries []entry, bases map[string]entry) ([]*graph.Resource, error) {
	urns := map[string]string{}
	inputs := map[string]resource.PropertyMap{}
	for i := range entries {
		e := &entries[i]
		base, ok := bases[e.Base]
		if e.Base != "" && !ok {
			return nil, fmt.Errorf("there is no base %q", e.Base)
		}
		e.Type = cmp.Or(e.Type, base.Type)
		e.Name = cmp.Or(e.Name, base.Name)
		e.ID = cmp.Or(e.ID, e.Name)
		e.Protect = cmp.Or(e.Protect, base.Protect)
		if e.Type == "" || e.Name == "" || urns[e.ID] != "" {
			return nil, fmt.Errorf("resources[%d] needs a type and a unique id, has %q and %q", i, e.Type, e.ID)
		}
		urns[e.ID] = urnOf(e.Type, e.Name)
		properties, err := object(&base.Properties)
		if err != nil {
			return nil, err
		}
		own, err := object(&e.Properties)
		if err != nil {
			return nil, err
		}
		inputs[e.ID] = merge(properties, own)
	}
	var list []*graph.Resource
	for i := range entries {
		r, err := entries[i].resource(urns, inputs)
		if err != nil {
			return nil, fmt.Errorf("resource %q: %w", entries[i].Name, err)
		}
		list = append(list, r)
	}
	return list, nil
}

// resource returns the resource of an entry, with its references resolved.
func (e *entry) resource(urns map[string]string, inputs map[string]resource.PropertyMap) (*graph.Resource, error) {
	find := func(ids []string) ([]string, error) {
		var found []string
		for _, id := range ids {
			if urns[id] == "" {
				return nil, fmt.Errorf("there is no resource %q", id)
			}
			found = append(found, urns[id])
		}
		return found, nil
	}
	r := &graph.Resource{
		URN: urns[e.ID], Name: e.Name, Inputs: inputs[e.ID],
		Parent: urns[e.Parent], Provider: urns[e.Provider], ProviderInputs: inputs[e.Provider],
		PropertyDependencies: map[string][]string{},
		Options:              graph.Options{Protect: e.Protect != nil && *e.Protect},
	}
	r.Type, r.Version = graph.Canonical(e.Type)
	outputs, err := object(&e.Outputs)
	if err != nil {
		return nil, err
	}
	if len(outputs) > 0 {
		r.Outputs = merge(r.Inputs, outputs)
	}
	if r.Dependencies, err = find(e.DependsOn); err != nil {
		return nil, err
	}
	for _, property := range slices.Sorted(maps.Keys(e.From)) {
		if r.PropertyDependencies[property], err = find(e.From[property]); err != nil {
			return nil, err
		}
		r.Dependencies = append(r.Dependencies, r.PropertyDependencies[property]...)
	}
	slices.Sort(r.Dependencies)
	r.Dependencies = slices.Compact(r.Dependencies)
	if (e.Parent != "" && r.Parent == "") || (e.Provider != "" && r.Provider == "") {
		return nil, fmt.Errorf("its parent %q or provider %q does not exist", e.Parent, e.Provider)
	}
	return r, nil
}

// merge returns an object with the properties of two, of which the second wins.
func merge(under, over resource.PropertyMap) resource.PropertyMap {
	merged := under.Copy()
	for key, value := range over {
		switch below := merged[key]; {
		case value.IsNull():
			delete(merged, key)
		case value.IsObject() && below.IsObject():
			merged[key] = resource.NewProperty(merge(below.ObjectValue(), value.ObjectValue()))
		default:
			merged[key] = value
		}
	}
	return merged
}

// object reads a value that must be an object.
func object(node *yaml.Node) (resource.PropertyMap, error) {
	if node.IsZero() {
		return resource.PropertyMap{}, nil
	}
	v, err := property(node)
	if err != nil {
		return nil, err
	}
	if !v.IsObject() {
		return nil, fmt.Errorf("line %d: an object is expected", node.Line)
	}
	return v.ObjectValue(), nil
}

// property reads a value with its tags.
func property(node *yaml.Node) (resource.PropertyValue, error) {
	switch node.Tag {
	case "!unknown":
		return resource.MakeComputed(resource.NewProperty("")), nil
	case "!secret":
		plain := *node
		plain.Tag = ""
		if plain.Kind == yaml.ScalarNode {
			plain.Tag = "!!str"
		}
		v, err := property(&plain)
		return resource.MakeSecret(v), err
	}
	switch node.Kind {
	case yaml.AliasNode:
		return property(node.Alias)
	case yaml.SequenceNode:
		list := make([]resource.PropertyValue, len(node.Content))
		for i, element := range node.Content {
			v, err := property(element)
			if err != nil {
				return v, err
			}
			list[i] = v
		}
		return resource.NewProperty(list), nil
	case yaml.MappingNode:
		m := resource.PropertyMap{}
		for i := 0; i < len(node.Content); i += 2 {
			v, err := property(node.Content[i+1])
			if err != nil {
				return v, err
			}
			m[resource.PropertyKey(node.Content[i].Value)] = v
		}
		return resource.NewProperty(m), nil
	}
	var v any
	if err := node.Decode(&v); err != nil {
		return resource.PropertyValue{}, err
	}
	return resource.NewPropertyValue(v), nil
}

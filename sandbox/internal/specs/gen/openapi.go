package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

type object = map[string]any

// documents reads the JSON files of a folder of azure-rest-api-specs, each once.
type documents struct {
	read map[string]object
}

func (d *documents) load(path string) (object, error) {
	if doc, ok := d.read[path]; ok {
		return doc, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc object
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(raw), "\ufeff")), &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d.read[path] = doc
	return doc, nil
}

// node is a part of a document. The name is that of its definition; "" if it is anonymous.
type node struct {
	file, name string
	value      object
}

// resolve follows the $ref of a node. Members beside the $ref replace those of the definition, as
// the generators of the SDKs do it.
func (d *documents) resolve(n node) (node, error) {
	for {
		ref, ok := n.value["$ref"].(string)
		if !ok {
			return n, nil
		}
		file, pointer, _ := strings.Cut(ref, "#")
		target := n.file
		if file != "" {
			target = filepath.Join(filepath.Dir(n.file), file)
		}
		doc, err := d.load(target)
		if err != nil {
			return node{}, err
		}
		var at any = doc
		steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
		for _, step := range steps {
			member, ok := at.(object)
			if !ok {
				return node{}, fmt.Errorf("%s: no %s", target, pointer)
			}
			at = member[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
		}
		found, ok := at.(object)
		if !ok {
			return node{}, fmt.Errorf("%s: no %s", target, pointer)
		}
		merged := maps.Clone(found)
		for k, v := range n.value {
			if k != "$ref" {
				merged[k] = v
			}
		}
		n = node{file: target, name: steps[len(steps)-1], value: merged}
	}
}

// member is a property of a schema, with whether the schema requires it.
type member struct {
	node
	required bool
}

// members returns the properties of a schema, with those of the schemas that it extends.
func (d *documents) members(n node) (map[string]member, any, error) {
	found := map[string]member{}
	additional := n.value["additionalProperties"]
	parts, _ := n.value["allOf"].([]any)
	for _, part := range parts {
		value, ok := part.(object)
		if !ok {
			continue
		}
		base, err := d.resolve(node{file: n.file, value: value})
		if err != nil {
			return nil, nil, err
		}
		inherited, more, err := d.members(base)
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(found, inherited)
		if additional == nil {
			additional = more
		}
	}
	own, _ := n.value["properties"].(object)
	for name, value := range own {
		if schema, ok := value.(object); ok {
			found[name] = member{node: node{file: n.file, value: schema}}
		}
	}
	required, _ := n.value["required"].([]any)
	for _, name := range required {
		if m, ok := found[fmt.Sprint(name)]; ok {
			m.required = true
			found[fmt.Sprint(name)] = m
		}
	}
	return found, additional, nil
}

// walker writes the rows of one body.
type walker struct {
	docs *documents
	stop func(definition string) bool
	rows map[string]specs.Property
}

// walk writes the rows of everything below the schema. The stack has the definitions above, so that
// a definition that contains itself ends.
func (w *walker) walk(path string, n node, required bool, stack []string) error {
	n, err := w.docs.resolve(n)
	if err != nil {
		return err
	}
	members, additional, err := w.docs.members(n)
	if err != nil {
		return err
	}
	base, err := w.base(n)
	if err != nil {
		return err
	}
	p := facts(path, base, len(members) > 0, additional)
	p.Required = required
	stopped := n.name != "" && (w.stop(n.name) || slices.Contains(stack, n.file+"#"+n.name))
	if stopped {
		p.Kind = specs.Any
	}
	if path != "" {
		w.rows[path] = p
	}
	if stopped {
		return nil
	}
	if n.name != "" {
		stack = append(slices.Clone(stack), n.file+"#"+n.name)
	}
	switch p.Kind {
	case specs.Object:
		for _, name := range slices.Sorted(maps.Keys(members)) {
			m := members[name]
			if err := w.walk(strings.TrimPrefix(path+"."+name, "."), m.node, m.required, stack); err != nil {
				return err
			}
		}
	case specs.Array:
		if items, ok := n.value["items"].(object); ok {
			return w.walk(path+"[]", node{file: n.file, value: items}, false, stack)
		}
	case specs.Map:
		if values, ok := additional.(object); ok {
			return w.walk(path+".*", node{file: n.file, value: values}, false, stack)
		}
	}
	return nil
}

// base returns the schema with the members of the definitions that a scalar extends by allOf, as
// common types do with GUIDs.
func (w *walker) base(n node) (object, error) {
	parts, _ := n.value["allOf"].([]any)
	merged := object{}
	for _, part := range parts {
		value, ok := part.(object)
		if !ok {
			continue
		}
		base, err := w.docs.resolve(node{file: n.file, value: value})
		if err != nil {
			return nil, err
		}
		maps.Copy(merged, base.value)
	}
	if len(merged) > 0 {
		delete(merged, "readOnly")
		delete(merged, "x-ms-client-name")
	}
	maps.Copy(merged, n.value)
	return merged, nil
}

// facts returns the row of a schema.
func facts(path string, s object, hasMembers bool, additional any) specs.Property {
	p := specs.Property{
		Path: path, Kind: kindOf(s, hasMembers, additional), Format: text(s["format"]), Pattern: text(s["pattern"]),
		ClientName: text(s["x-ms-client-name"]), Mutability: texts(s["x-ms-mutability"]), Enum: texts(s["enum"]),
		Min: number(s["minimum"]), Max: number(s["maximum"]),
		MinLength: whole(s["minLength"]), MaxLength: whole(s["maxLength"]), MinItems: whole(s["minItems"]), MaxItems: whole(s["maxItems"]),
	}
	p.ReadOnly, _ = s["readOnly"].(bool)
	p.Secret, _ = s["x-ms-secret"].(bool)
	if given, ok := s["x-ms-identifiers"]; ok {
		p.Identifiers = append([]string{}, texts(given)...)
	}
	if enum, ok := s["x-ms-enum"].(object); ok {
		p.Open, _ = enum["modelAsString"].(bool)
	}
	return p
}

// kindOf returns the kind of a schema. A schema without a type is an object if it has members.
func kindOf(s object, hasMembers bool, additional any) specs.Kind {
	switch typ := text(s["type"]); {
	case typ == "string" || typ == "integer" || typ == "number" || typ == "boolean" || typ == "array":
		return specs.Kind(typ)
	case hasMembers:
		return specs.Object
	case isMap(additional):
		return specs.Map
	case typ == "" && len(texts(s["enum"])) > 0:
		return specs.String
	}
	return specs.Any
}

func isMap(additional any) bool {
	_, schema := additional.(object)
	return schema
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		out = append(out, fmt.Sprint(item))
	}
	return out
}

func number(v any) *float64 {
	if f, ok := v.(float64); ok {
		return &f
	}
	return nil
}

func whole(v any) *int {
	if f, ok := v.(float64); ok {
		n := int(f)
		return &n
	}
	return nil
}

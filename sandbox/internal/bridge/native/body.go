package native

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// body returns the request body of a PUT for a program's inputs.
func (o *ops) body(inputs map[string]any) map[string]any {
	params := o.parameters()
	res, properties := map[string]any{}, map[string]any{}
	for _, f := range o.inputs.Fields() {
		v, ok := inputs[f.Name]
		if !ok || v == nil || slices.Contains(params, f.Name) {
			continue
		}
		var out *schema.Type
		if of := o.outputs.Field(f.Name); of != nil {
			out = of.Type
		}
		encoded := o.nest(encode(f.Type, out, v), f.Name)
		if slices.Contains(o.envelope, f.Name) {
			res[f.Name] = encoded
			continue
		}
		if slices.Contains(o.hyphenated, f.Name) {
			encoded = mapKeys(encoded, hyphenate)
		}
		properties[o.inBody(f.Name)] = encoded
	}
	if len(properties) > 0 || !slices.Contains(o.envelope, "properties") && len(o.inputs.Fields()) > len(o.envelope)+len(params) {
		res["properties"] = properties
	}
	return res
}

// inBody returns a property's name in the body.
func (o *ops) inBody(name string) string {
	return cmp.Or(o.rename[name], name)
}

// encode returns inputs in the form of the body. If the SDK takes a list of strings and Azure
// returns an object, Azure also takes an object, with an empty object for every string: the
// user-assigned identities of a resource.
func encode(in, out *schema.Type, v any) any {
	switch v := v.(type) {
	case map[string]any:
		res := make(map[string]any, len(v))
		for k, item := range v {
			inItem, outItem := in.Elem, elem(out)
			if in.Kind == schema.Object {
				inItem, outItem = fieldType(in, k), fieldType(out, k)
			}
			if inItem == nil {
				res[k] = item
				continue
			}
			res[k] = encode(inItem, outItem, item)
		}
		return res
	case []any:
		if in.Kind == schema.Array && in.Elem.Kind == schema.String && out != nil && out.Kind == schema.Map {
			res := make(map[string]any, len(v))
			for _, item := range v {
				if key, ok := item.(string); ok {
					res[key] = map[string]any{}
				}
			}
			return res
		}
		res := make([]any, len(v))
		for i, item := range v {
			res[i] = item
			if in.Elem != nil {
				res[i] = encode(in.Elem, elem(out), item)
			}
		}
		return res
	}
	return v
}

func elem(t *schema.Type) *schema.Type {
	if t == nil {
		return nil
	}
	return t.Elem
}

func fieldType(t *schema.Type, name string) *schema.Type {
	f := t.Field(name)
	if f == nil {
		return nil
	}
	return f.Type
}

// decode returns a response as outputs with the SDK's names: the members of "properties" are moved
// up. If a name is in both places, the outer one is used (an agent pool's type).
func (o *ops) decode(response map[string]any) map[string]any {
	if slices.Contains(o.envelope, "properties") {
		return response
	}
	out := o.properties(response)
	maps.Copy(out, response)
	delete(out, "properties")
	return out
}

// properties returns a response's properties with the SDK's names.
func (o *ops) properties(response map[string]any) map[string]any {
	in, _ := response["properties"].(map[string]any)
	out := make(map[string]any, len(in))
	sdk := make(map[string]string, len(o.rename))
	for name, other := range o.rename {
		sdk[other] = name
	}
	for k, v := range in {
		if name, ok := sdk[k]; ok {
			k = name
		}
		if slices.Contains(o.hyphenated, k) {
			v = mapKeys(v, dehyphenate)
		}
		out[k] = o.unnest(v, k)
	}
	return out
}

// nest returns the value of a property with the names of the body inside it. The path has the SDK's
// names.
func (o *ops) nest(v any, path string) any {
	return walk(v, func(name string, inner any) (string, any) {
		at := path + "." + name
		if other, ok := o.nested[at]; ok {
			name = other
		}
		return name, o.nest(inner, at)
	})
}

// unnest reverses nest.
func (o *ops) unnest(v any, path string) any {
	return walk(v, func(name string, inner any) (string, any) {
		at := path + "." + name
		for sdk, other := range o.nested {
			if parent, last := cutLast(sdk); parent == path && other == name {
				name, at = last, sdk
			}
		}
		return name, o.unnest(inner, at)
	})
}

func cutLast(path string) (parent, last string) {
	i := strings.LastIndex(path, ".")
	return path[:max(i, 0)], path[i+1:]
}

// walk returns a copy of a value in which member has replaced every member of its objects, also of
// objects in lists.
func walk(v any, member func(name string, v any) (string, any)) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			name, inner = member(name, inner)
			out[name] = inner
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = walk(item, member)
		}
		return out
	}
	return v
}

// imported returns the inputs of a resource that was found by its ID.
func (o *ops) imported(id string, response map[string]any) (map[string]any, error) {
	params, err := match(o.path, id)
	if err != nil {
		return nil, err
	}
	out := o.properties(response)
	for _, name := range o.envelope {
		if v, ok := response[name]; ok {
			out[name] = v
		}
	}
	for _, name := range o.parameters() {
		out[name] = params[name]
	}
	return out, nil
}

func mapKeys(v any, f func(string) string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(m))
	for k, item := range m {
		out[f(k)] = item
	}
	return out
}

// hyphenate turns balanceSimilarNodeGroups into balance-similar-node-groups.
func hyphenate(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// dehyphenate reverses hyphenate.
func dehyphenate(name string) string {
	first, rest, found := strings.Cut(name, "-")
	if !found || rest == "" {
		return name
	}
	return first + dehyphenate(strings.ToUpper(rest[:1])+rest[1:])
}

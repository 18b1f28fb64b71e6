package native

import (
	"maps"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// request returns the body of a PUT for a program's inputs.
func (o *ops) request(inputs map[string]any) map[string]any {
	res, properties := map[string]any{}, map[string]any{}
	for _, f := range o.inputs.Fields() {
		v, ok := inputs[f.Name]
		if !ok || v == nil || o.isParameter(f.Name) {
			continue
		}
		var out *schema.Type
		if of := o.outputs.Field(f.Name); of != nil {
			out = of.Type
		}
		path := o.place(f.Name, o.flattened)
		encoded := o.encode(encode(f.Type, out, v), path)
		if inner, ok := strings.CutPrefix(path, "properties."); ok {
			properties[inner] = encoded
		} else {
			res[path] = encoded
		}
	}
	if len(properties) > 0 || o.flattened && o.requiresProperties() {
		res["properties"] = properties
	}
	return res
}

// requiresProperties reports whether the specification requires the object "properties", which is
// then sent even if it is empty.
func (o *ops) requiresProperties() bool {
	if o.body == nil {
		return false
	}
	p, ok := o.body.Property("properties")
	return ok && required(p)
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

// show returns a response as outputs with the SDK's names: the members of "properties" are moved
// up. If a name is in both places, the outer one is used (an agent pool's type).
func (o *ops) show(response map[string]any) map[string]any {
	out, _ := o.decode(response, "").(map[string]any)
	if !o.flattened {
		return out
	}
	inner, _ := out["properties"].(map[string]any)
	res := maps.Clone(inner)
	if res == nil {
		res = map[string]any{}
	}
	maps.Copy(res, out)
	delete(res, "properties")
	return res
}

// imported returns the inputs of a resource that was found by its ID.
func (o *ops) imported(id string, response map[string]any) (map[string]any, error) {
	params, err := match(o.path, id)
	if err != nil {
		return nil, err
	}
	out := o.show(response)
	if inner, ok := response["properties"].(map[string]any); ok && o.flattened {
		// An input is the outer one only if that can be written.
		shown, _ := o.decode(inner, "properties").(map[string]any)
		for name, v := range shown {
			if !o.writable(o.inBody("", name)) {
				out[name] = v
			}
		}
	}
	for _, name := range o.parameters() {
		out[name] = params[name]
	}
	return out, nil
}

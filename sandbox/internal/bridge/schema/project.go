package schema

import (
	"maps"
	"slices"
)

// Project returns the parts of a value that the type has, at every level. It reduces a service's
// answer to the outputs of the SDK, and outputs to the inputs that would have led to them.
//
// If the type is a list of strings and the value is an object, the result is the sorted list of
// member names: ARM returns the user-assigned identities of a resource as an object, and
// azure-native takes them as a list.
func (t *Type) Project(v any) any {
	if v == nil {
		return nil
	}
	switch t.Kind {
	case Object:
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		out := map[string]any{}
		for _, f := range t.Fields() {
			if p := f.Type.Project(m[f.Name]); p != nil {
				out[f.Name] = p
			}
		}
		return out
	case Map:
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		out := make(map[string]any, len(m))
		for k, item := range m {
			if p := t.Elem.Project(item); p != nil {
				out[k] = p
			}
		}
		return out
	case Array:
		return t.projectArray(v)
	}
	return v
}

func (t *Type) projectArray(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			if p := t.Elem.Project(item); p != nil {
				out = append(out, p)
			}
		}
		return out
	case map[string]any:
		if t.Elem.Kind != String {
			return nil
		}
		out := make([]any, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, k)
		}
		return out
	}
	return nil
}

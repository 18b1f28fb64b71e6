package schema

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"

// Project keeps of a value what the type has a place for, at every level. It is how a service's answer becomes the
// outputs that the SDK knows, and how outputs become the inputs that would have led to them.
//
// Where the type is a list of strings and the value an object, the sorted member names are taken: ARM returns the
// user-assigned identities of a resource as an object, and azure-native takes them as a list.
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
		for _, k := range value.Keys(v) {
			out = append(out, k)
		}
		return out
	}
	return nil
}

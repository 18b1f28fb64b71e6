package native

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// names translates between the names of the SDK and those of a request's body, at every level. They
// differ where the specification has x-ms-client-name, or a name with hyphens.
type names struct {
	body   *specs.Body
	toBody map[string]map[string]string // by path of the object in the body, then by the SDK's name
	toSDK  map[string]map[string]string // by path of the object, then by the name in the body
}

// newNames returns the names of a type; body is nil for a type without a specification, whose names
// are the same.
func newNames(body *specs.Body) names {
	n := names{body: body, toBody: map[string]map[string]string{}, toSDK: map[string]map[string]string{}}
	if body == nil {
		return n
	}
	for _, p := range body.Properties() {
		parent, name := "", p.Path
		if i := strings.LastIndex(p.Path, "."); i >= 0 {
			parent, name = p.Path[:i], p.Path[i+1:]
		}
		sdk := sdkName(name, p.ClientName)
		if sdk == name {
			continue
		}
		if n.toBody[parent] == nil {
			n.toBody[parent], n.toSDK[parent] = map[string]string{}, map[string]string{}
		}
		n.toBody[parent][sdk], n.toSDK[parent][name] = name, sdk
	}
	return n
}

// sdkName returns the SDK's name of a property. azure-native takes x-ms-client-name before the
// name, with a small first letter, and joins the parts of a name with hyphens
// (provider/pkg/gen/properties.go).
func sdkName(name, clientName string) string {
	if clientName != "" {
		name = clientName
	}
	parts := strings.Split(name, "-")
	for i, part := range parts {
		if part == "" {
			return name // not a name with hyphens
		}
		if i == 0 {
			parts[i] = strings.ToLower(part[:1]) + part[1:]
		} else {
			parts[i] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "")
}

// encode returns a value of the SDK, which belongs to the path in the body, with the body's names.
func (n names) encode(v any, path string) any { return n.translate(v, path, n.toBody) }

// decode reverses encode.
func (n names) decode(v any, path string) any { return n.translate(v, path, n.toSDK) }

func (n names) translate(v any, path string, table map[string]map[string]string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		isMap := n.kind(path) == specs.Map
		for name, inner := range v {
			other, at := name, join(path, "*")
			if !isMap {
				if translated, ok := table[path][name]; ok {
					other = translated
				}
				at = join(path, n.inBody(path, name))
			}
			out[other] = n.translate(inner, at, table)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = n.translate(item, path+"[]", table)
		}
		return out
	}
	return v
}

// inBody returns the name in the body of a member, which is given by either name.
func (n names) inBody(path, name string) string {
	if other, ok := n.toBody[path][name]; ok {
		return other
	}
	return name
}

func (n names) kind(path string) specs.Kind {
	if n.body == nil {
		return specs.Any
	}
	p, _ := n.body.Property(path)
	return p.Kind
}

// writable reports whether a member of the body's outermost object is an input.
func (n names) writable(name string) bool {
	if n.body == nil {
		return false
	}
	p, ok := n.body.Property(name)
	return ok && !p.ReadOnly && p.Side != specs.Response
}

// place returns the path in the body of a top-level input: in the outermost object if that has it,
// otherwise in its properties, which the SDK does not show as an object.
func (n names) place(input string, flattened bool) string {
	if name := n.inBody("", input); !flattened || n.writable(name) {
		return name
	}
	return "properties." + n.inBody("properties", input)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// flattened reports whether the SDK shows the members of "properties" as those of the resource.
func flattened(outputs *schema.Type) bool { return outputs.Field("properties") == nil }

package native

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// limits checks inputs against the lengths, patterns and ranges of the specification, and reports
// required properties that the SDK does not show as required, such as lists. azure-native does that
// in Check (validateProperty in provider/pkg/provider/provider.go), in these words. It does not
// check enumerations, and it counts bytes.
type limits struct {
	names
	problems []schema.Problem
}

func (o *ops) limits(m resource.PropertyMap) []schema.Problem {
	l := limits{names: o.names}
	for name, p := range o.parameterLimits() {
		l.value(name, p, m[resource.PropertyKey(name)])
	}
	for _, f := range o.inputs.Fields() {
		if v, given := m[resource.PropertyKey(f.Name)]; given && !o.isParameter(f.Name) {
			l.at(f.Name, o.place(f.Name, o.flattened), v)
		}
	}
	return l.problems
}

// requiredInputs returns the top-level inputs that the specification requires, but for the region,
// which has a default.
func (o *ops) requiredInputs() []string {
	var out []string
	if o.body == nil {
		return nil
	}
	for _, f := range o.inputs.Fields() {
		p, ok := o.body.Property(o.place(f.Name, o.flattened))
		if ok && required(p) && f.Name != "location" && !o.isParameter(f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

func required(p specs.Property) bool { return p.Required && !p.ReadOnly && p.Side != specs.Response }

// at checks a value whose property is at a path of the body.
func (l *limits) at(path, bodyPath string, v resource.PropertyValue) {
	if l.body == nil {
		return
	}
	if p, ok := l.body.Property(bodyPath); ok {
		l.value(path, p, v)
	}
}

func (l *limits) value(path string, p specs.Property, v resource.PropertyValue) {
	v, _, known := value.Unwrap(v)
	switch {
	case !known:
	case v.IsString() && len(p.Enum) == 0:
		l.text(path, p, v.StringValue())
	case v.IsNumber():
		if n := v.NumberValue(); p.Min != nil && n < *p.Min {
			l.addf(path, "'%s' is too low (%f < %f)", path, n, *p.Min)
		} else if p.Max != nil && n > *p.Max {
			l.addf(path, "'%s' is too high (%f > %f)", path, n, *p.Max)
		}
	case v.IsArray():
		for i, item := range v.ArrayValue() {
			l.at(fmt.Sprintf("%s[%d]", path, i), p.Path+"[]", item)
		}
	case v.IsObject() && p.Kind == specs.Object:
		l.object(path, p, v.ObjectValue())
	}
}

func (l *limits) object(path string, p specs.Property, m resource.PropertyMap) {
	for name, v := range m {
		l.at(value.Join(path, string(name)), join(p.Path, l.inBody(p.Path, string(name))), v)
	}
	for _, member := range l.body.Members(p.Path) {
		inner, _ := l.body.Property(join(p.Path, member))
		name := member
		if sdk, ok := l.toSDK[p.Path][member]; ok {
			name = sdk
		}
		if required(inner) && value.IsAbsent(m[resource.PropertyKey(name)]) {
			l.problems = append(l.problems, schema.Missing(value.Join(path, name)))
		}
	}
}

func (l *limits) text(path string, p specs.Property, text string) {
	if p.MinLength != nil && len(text) < *p.MinLength {
		l.addf(path, "'%s' is too short (%d): at least %d characters required", path, len(text), *p.MinLength)
	}
	if p.MaxLength != nil && len(text) > *p.MaxLength {
		l.addf(path, "'%s' is too long (%d): at most %d characters allowed", path, len(text), *p.MaxLength)
	}
	if p.Pattern == "" {
		return
	}
	// An expression that Go does not have, such as one with look-ahead, is not checked.
	if re, err := regexp.Compile(p.Pattern); err == nil && !re.MatchString(text) {
		l.addf(path, "'%s' does not match expression '%s'", path, p.Pattern)
	}
}

func (l *limits) addf(path, format string, args ...any) {
	l.problems = append(l.problems, schema.Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
}

// parameterLimits returns what the specification says about the parameters of the path: each is the
// name of a resource.
func (r record) parameterLimits() map[string]specs.Property {
	out := map[string]specs.Property{}
	for param, typ := range r.parameterTypes() {
		version := r.apiVersion
		if typ == groupType {
			version = groupVersion
		}
		body, ok := specs.Find(typ, version)
		if !ok {
			continue
		}
		if p, ok := body.Name(); ok {
			out[param] = p
		}
	}
	return out
}

// parameterTypes returns the type of the resource that each parameter names.
func (r record) parameterTypes() map[string]string {
	out := map[string]string{}
	typ := ""
	// A scope has any number of segments; the types after it do not depend on it.
	segments := strings.Split(strings.TrimPrefix(strings.Trim(r.path, "/"), "{scope}/"), "/")
	for i := 0; i+1 < len(segments); i += 2 {
		kind, param := segments[i], strings.Trim(segments[i+1], "{}")
		switch {
		case kind == "providers":
			// The namespace, and then the first type.
			typ = segments[i+1]
			continue
		case kind == "resourceGroups":
			typ = groupType
		case typ == "" || typ == groupType:
			continue
		default:
			typ += "/" + kind
		}
		out[param] = typ
	}
	return out
}

// resourceType returns the type of the resource, such as Microsoft.KeyVault/vaults.
func (r record) resourceType() string {
	params := r.parameters()
	return r.parameterTypes()[params[len(params)-1]]
}

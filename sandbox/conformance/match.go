package conformance

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Field is one field in which two answers differ.
type Field struct {
	Path      string
	Want, Got string
}

// absentValue stands for a field that an answer does not have.
type absentValue struct{}

// The matchers of values that differ from run to run. Every other text is compared as it is.
const (
	matchGUID    = "<guid>"
	matchTime    = "<time>"
	matchAny     = "<any>"
	matchUnknown = "<unknown>" // a value that a preview does not know
	matchAbsent  = "<absent>"  // the field must not be there
	matchPrefix  = "<~ "       // an expression: "<~ ^pulumi-[a-z0-9]{8}\.hcp\.>"
)

var timestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// match appends the fields in which got differs from want.
func match(path string, want, got any, out []Field) []Field {
	if text, ok := want.(string); ok {
		if matches, isMatcher := matchText(text, got); isMatcher {
			if matches {
				return out
			}
			return append(out, Field{Path: path, Want: text, Got: show(got)})
		}
	}
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return append(out, Field{Path: path, Want: show(want), Got: show(got)})
		}
		keys := map[string]bool{}
		for k := range want {
			keys[k] = true
		}
		for k := range have {
			keys[k] = true
		}
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			out = match(value.Join(path, k), member(want, k), member(have, k), out)
		}
		return out
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return append(out, Field{Path: path, Want: show(want), Got: show(got)})
		}
		for i := range want {
			out = match(fmt.Sprintf("%s[%d]", path, i), want[i], have[i], out)
		}
		return out
	}
	if !reflect.DeepEqual(want, got) {
		return append(out, Field{Path: path, Want: show(want), Got: show(got)})
	}
	return out
}

func member(m map[string]any, key string) any {
	if v, ok := m[key]; ok {
		return v
	}
	return absentValue{}
}

// matchText compares a value with a text that may be a matcher.
func matchText(want string, got any) (matches, isMatcher bool) {
	text, isText := got.(string)
	switch {
	case want == matchAny:
		return got != absentValue{}, true
	case want == matchAbsent:
		return got == absentValue{}, true
	case want == matchUnknown:
		return got == unknownValue{}, true
	case want == matchGUID:
		_, err := uuid.Parse(text)
		return isText && err == nil, true
	case want == matchTime:
		return isText && timestamp.MatchString(text), true
	case strings.HasPrefix(want, matchPrefix) && strings.HasSuffix(want, ">"):
		re, err := regexp.Compile(want[len(matchPrefix) : len(want)-1])
		return err == nil && isText && re.MatchString(text), true
	}
	return false, false
}

// unknownValue stands for a value that is only known after an update.
type unknownValue struct{}

// secretKey is the only member of an object that stands for a secret in a case.
const secretKey = "$secret"

// plain returns a property value in the form of a case: secrets are objects with the member
// $secret, unknown values are unknownValue.
func plain(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return map[string]any{secretKey: plain(v.SecretValue().Element)}
	case v.IsComputed() || v.IsOutput():
		return unknownValue{}
	case v.IsArray():
		out := []any{}
		for _, item := range v.ArrayValue() {
			out = append(out, plain(item))
		}
		return out
	case v.IsObject():
		return plainMap(v.ObjectValue())
	case v.IsNull():
		return nil
	}
	return v.V
}

func plainMap(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[string(k)] = plain(v)
	}
	return out
}

// property returns a value of a case as a property value, as the inverse of plain.
func property(v any) resource.PropertyValue {
	switch v := v.(type) {
	case string:
		if v == matchUnknown {
			return value.Unknown()
		}
	case []any:
		items := make([]resource.PropertyValue, len(v))
		for i, item := range v {
			items[i] = property(item)
		}
		return resource.NewArrayProperty(items)
	case map[string]any:
		if inner, ok := v[secretKey]; ok && len(v) == 1 {
			return resource.MakeSecret(property(inner))
		}
		return resource.NewObjectProperty(propertyMap(v))
	}
	return value.From(v)
}

func propertyMap(m map[string]any) resource.PropertyMap {
	out := make(resource.PropertyMap, len(m))
	for k, v := range m {
		out[resource.PropertyKey(k)] = property(v)
	}
	return out
}

// show returns a value as a short text for the report.
func show(v any) string {
	switch v := v.(type) {
	case absentValue:
		return "no such field"
	case unknownValue:
		return "unknown"
	case string:
		return fmt.Sprintf("%q", v)
	case map[string]any:
		if inner, ok := v[secretKey]; ok && len(v) == 1 {
			return "secret " + show(inner)
		}
		parts := []string{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+": "+show(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = show(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

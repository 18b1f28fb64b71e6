package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Problem is one problem of a program's inputs.
type Problem struct {
	Path    string // property path, such as identity.userAssignedIdentities[0]
	Reason  string // a sentence
	Missing bool   // a required property is missing
}

// Check compares values with the type and returns all problems, sorted by path: properties that do
// not exist, values of the wrong type, missing required properties. Unknown values are accepted;
// they are checked again when they are known.
func (t *Type) Check(m resource.PropertyMap, alsoRequired ...string) []Problem {
	c := checker{}
	c.object("", t, m)
	for _, name := range alsoRequired {
		if value.IsAbsent(m[resource.PropertyKey(name)]) {
			c.missing(name)
		}
	}
	slices.SortFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Reason, b.Reason))
	})
	return c.problems
}

type checker struct{ problems []Problem }

func (c *checker) addf(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Reason: fmt.Sprintf(format, args...)})
}

func (c *checker) missing(path string) { c.problems = append(c.problems, Missing(path)) }

// Missing returns the problem of a required property that is missing.
func Missing(path string) Problem {
	return Problem{Path: path, Reason: fmt.Sprintf("missing required property '%s'", path), Missing: true}
}

func (c *checker) object(path string, t *Type, m resource.PropertyMap) {
	for k, v := range m {
		// Names that begin with two underscores belong to the providers.
		if strings.HasPrefix(string(k), "__") {
			continue
		}
		at := value.Join(path, string(k))
		f := t.Field(string(k))
		if f == nil {
			if !value.IsAbsent(v) {
				c.addf(at, "unknown property '%s'%s", at, didYouMean(t, string(k)))
			}
			continue
		}
		c.value(at, f.Type, v)
	}
	for _, f := range t.Fields() {
		if f.Required && value.IsAbsent(m[resource.PropertyKey(f.Name)]) {
			c.missing(value.Join(path, f.Name))
		}
	}
}

func (c *checker) value(path string, t *Type, v resource.PropertyValue) {
	v, _, known := value.Unwrap(v)
	if !known || v.IsNull() || t.Kind == Any {
		return
	}
	switch {
	case t.Kind == Bool && v.IsBool(), t.Kind == Number && v.IsNumber(), t.Kind == String && v.IsString():
	case t.Kind == Integer && v.IsNumber():
		if !value.IsInteger(v.NumberValue()) {
			c.addf(path, "'%s' must be an integer but got %f", path, v.NumberValue())
		}
	case t.Kind == Array && v.IsArray():
		for i, item := range v.ArrayValue() {
			at := fmt.Sprintf("%s[%d]", path, i)
			if value.IsAbsent(item) {
				c.addf(at, "'%s' has no value", at)
				continue
			}
			c.value(at, t.Elem, item)
		}
	case t.Kind == Map && v.IsObject():
		for k, item := range v.ObjectValue() {
			c.value(value.Join(path, string(k)), t.Elem, item)
		}
	case t.Kind == Object && v.IsObject():
		c.object(path, t, v.ObjectValue())
	default:
		c.addf(path, "'%s' should be of type '%s' but got %s", path, t, withArticle(v))
	}
}

// withArticle returns the kind of a value, as azure-native names it.
func withArticle(v resource.PropertyValue) string {
	switch {
	case v.IsArray():
		return "an array"
	case v.IsObject():
		return "an object"
	case v.IsBool():
		return "a boolean"
	}
	return "a " + v.TypeString()
}

// didYouMean returns a hint with the property that was probably meant, or "".
func didYouMean(t *Type, name string) string {
	var known []string
	for _, f := range t.Fields() {
		known = append(known, f.Name)
	}
	if nearest, ok := suggest.Nearest(name, known); ok {
		return fmt.Sprintf("; did you mean '%s'?", nearest)
	}
	return ""
}

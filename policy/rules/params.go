package rules

import (
	"fmt"
	"path"
	"strings"
)

// ParamType is the type of a parameter.
type ParamType string

// Types of parameters.
const (
	StringParam  ParamType = "string"
	NumberParam  ParamType = "number"
	ListParam    ParamType = "list of strings"
	MapParam     ParamType = "map of strings"
	ObjectsParam ParamType = "list of objects"
)

// Param is something that configuration can set.
type Param struct {
	Name        string
	Type        ParamType
	Default     any
	Description string
}

// Schema is the JSON schema of the parameter, of plain maps and lists, as protocol buffers take them.
func (p *Param) Schema() map[string]any {
	schema := map[string]any{"description": p.Description, "default": p.Default}
	switch p.Type {
	case StringParam:
		schema["type"] = "string"
	case NumberParam:
		schema["type"] = "integer"
	case ListParam:
		schema["type"] = "array"
		schema["items"] = map[string]any{"type": "string"}
	case MapParam:
		schema["type"] = "object"
		schema["additionalProperties"] = map[string]any{"type": "string"}
	case ObjectsParam:
		schema["type"] = "array"
		schema["items"] = map[string]any{"type": "object"}
	}
	return schema
}

// Check says what is wrong with a configured value.
func (p *Param) Check(value any) error {
	ok := false
	switch p.Type {
	case StringParam:
		_, ok = value.(string)
	case NumberParam:
		n, isNumber := value.(float64)
		ok = isNumber && n == float64(int(n))
	case ListParam:
		list, isList := value.([]any)
		ok = isList && all(list, func(e any) bool { _, isText := e.(string); return isText })
	case MapParam:
		m, isMap := value.(map[string]any)
		ok = isMap
		for _, e := range m {
			_, isText := e.(string)
			ok = ok && isText
		}
	case ObjectsParam:
		list, isList := value.([]any)
		ok = isList && all(list, func(e any) bool { _, isObject := e.(map[string]any); return isObject })
	}
	if !ok {
		return fmt.Errorf("wants a %s, got %v (%T)", p.Type, value, value)
	}
	return nil
}

func all(list []any, holds func(any) bool) bool {
	for _, e := range list {
		if !holds(e) {
			return false
		}
	}
	return true
}

// Params are the values of a rule's parameters, as JSON decodes them. Reading a parameter of another type gives the
// zero value; configuration has been checked before.
type Params map[string]any

// Defaults are the parameters without configuration.
func (r *Rule) Defaults() Params {
	p := make(Params, len(r.Params))
	for i := range r.Params {
		p[r.Params[i].Name] = r.Params[i].Default
	}
	return p
}

// Text is a string.
func (p Params) Text(name string) string { s, _ := p[name].(string); return s }

// Int is a whole number.
func (p Params) Int(name string) int { n, _ := p[name].(float64); return int(n) }

// List is a list of strings.
func (p Params) List(name string) []string {
	list, _ := p[name].([]any)
	texts := make([]string, 0, len(list))
	for _, e := range list {
		if s, ok := e.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// Map is a map of strings.
func (p Params) Map(name string) map[string]string {
	m, _ := p[name].(map[string]any)
	texts := make(map[string]string, len(m))
	for key, e := range m {
		if s, ok := e.(string); ok {
			texts[key] = s
		}
	}
	return texts
}

// matchesAny reports whether a text matches one of the patterns, without regard to case. A star stands for any
// characters, slashes included.
func matchesAny(text string, patterns []string) bool {
	for _, pattern := range patterns {
		if Glob(strings.ToLower(pattern), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

// Glob reports whether a text matches a pattern in which a star stands for any characters and a question mark for one.
func Glob(pattern, text string) bool {
	// path.Match stops at slashes, and its brackets would be in the way of property paths and URNs.
	escaped := strings.NewReplacer("/", "\x00", "[", "\x01", "]", "\x02", "\\", "\x03")
	ok, err := path.Match(escaped.Replace(pattern), escaped.Replace(text))
	return err == nil && ok
}

func texts(list ...string) []any {
	values := make([]any, len(list))
	for i, s := range list {
		values[i] = s
	}
	return values
}

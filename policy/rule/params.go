package rule

import (
	"fmt"
	"slices"
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
	// Validate reports what else is wrong with a value of the right type; nil accepts all.
	Validate func(value any) error
}

// Schema returns the JSON schema of the parameter, made of plain maps and lists, as protocol
// buffers take them.
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

// Check reports what is wrong with a configured value.
func (p *Param) Check(value any) error {
	if !p.accepts(value) {
		return fmt.Errorf("wants a %s, got %v (%T)", p.Type, value, value)
	}
	if p.Validate != nil {
		return p.Validate(value)
	}
	return nil
}

func (p *Param) accepts(value any) bool {
	switch p.Type {
	case StringParam:
		return isA[string](value)
	case NumberParam:
		n, ok := value.(float64)
		return ok && n == float64(int(n))
	case ListParam:
		return isListOf[string](value)
	case MapParam:
		m, ok := value.(map[string]any)
		for _, e := range m {
			ok = ok && isA[string](e)
		}
		return ok
	case ObjectsParam:
		return isListOf[map[string]any](value)
	}
	return false
}

func isA[T any](value any) bool { _, ok := value.(T); return ok }

func isListOf[T any](value any) bool {
	list, ok := value.([]any)
	return ok && !slices.ContainsFunc(list, func(e any) bool { return !isA[T](e) })
}

// Params are the values of a rule's parameters, as JSON decodes them. Reading a parameter of
// another type gives the zero value; Param.Check has refused such configuration before.
type Params map[string]any

// Text returns a string.
func (p Params) Text(name string) string { s, _ := p[name].(string); return s }

// Int returns a whole number.
func (p Params) Int(name string) int { n, _ := p[name].(float64); return int(n) }

// List returns a list of strings.
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

// Objects returns a list of objects.
func (p Params) Objects(name string) []map[string]any {
	list, _ := p[name].([]any)
	var objects []map[string]any
	for _, e := range list {
		if object, ok := e.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// Map returns a map of strings.
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

// Texts returns strings as the default of a ListParam.
func Texts(list ...string) []any {
	values := make([]any, len(list))
	for i, s := range list {
		values[i] = s
	}
	return values
}

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// bicep-types-az is made from the specifications for Bicep's compiler. It has nearly all that the
// table needs, for every api-version, in a repository of a fifth of the size. It has no mutability,
// client names and identifiers: the generator takes those from the newest older api-version of
// which it has the specification.

// Flags of a property in bicep-types.
const (
	flagRequired  = 1
	flagReadOnly  = 2
	flagWriteOnly = 4
)

// bicepType is an element of a types.json.
type bicepType struct {
	Kind       string                   `json:"$type"`
	Name       string                   `json:"name"`
	Value      string                   `json:"value"`
	Body       *reference               `json:"body"`
	Properties map[string]bicepProperty `json:"properties"`
	Additional *reference               `json:"additionalProperties"`
	ItemType   *reference               `json:"itemType"`
	// Elements is a list of references in a union, and an object in a discriminated object,
	// which no served type has.
	Elements  json.RawMessage `json:"elements"`
	Pattern   string          `json:"pattern"`
	Sensitive bool            `json:"sensitive"`
	MinLength *int            `json:"minLength"`
	MaxLength *int            `json:"maxLength"`
	MinValue  *float64        `json:"minValue"`
	MaxValue  *float64        `json:"maxValue"`
}

type bicepProperty struct {
	Type  reference `json:"type"`
	Flags int       `json:"flags"`
}

type reference struct {
	Ref string `json:"$ref"`
}

// index returns the position of a referenced type; -1 for a reference to another file.
func (r reference) index() int {
	n, err := strconv.Atoi(strings.TrimPrefix(r.Ref, "#/"))
	if err != nil {
		return -1
	}
	return n
}

// typeFolders returns the folder of each api-version of a namespace.
func typeFolders(root, namespace string, s service) (map[string]string, error) {
	found := map[string]string{}
	dirs, err := filepath.Glob(filepath.Join(root, "generated", "*", strings.ToLower(namespace), "*"))
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if s.serves(filepath.Base(dir)) {
			found[filepath.Base(dir)+"|"+dir] = dir
		}
	}
	return found, nil
}

// fromTypes reads the rows of a type from a types.json. It returns nil if that does not have the
// type.
func fromTypes(file string, s service, typ, version string) (map[string]specs.Property, error) {
	raw, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []bicepType
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for _, t := range list {
		if t.Kind != "ResourceType" || !strings.EqualFold(t.Name, typ+"@"+version) || t.Body == nil {
			continue
		}
		w := bicepWalker{list, s.stops, map[string]specs.Property{}}
		w.walk("", *t.Body, 0, nil)
		name := w.rows["name"]
		name.Path, name.ReadOnly, name.Required = specs.NamePath, false, false
		w.rows[specs.NamePath] = name
		delete(w.rows, "apiVersion")
		for _, path := range []string{"id", "name", "type"} {
			w.rows[path] = specs.Property{Path: path, Kind: specs.String, ReadOnly: true}
		}
		return w.rows, nil
	}
	return nil, nil
}

type bicepWalker struct {
	types []bicepType
	stop  func(string) bool
	rows  map[string]specs.Property
}

func (w bicepWalker) walk(path string, ref reference, flags int, stack []int) {
	i := ref.index()
	p := specs.Property{Path: path, Kind: specs.Any, Required: flags&flagRequired != 0, ReadOnly: flags&flagReadOnly != 0}
	if flags&flagWriteOnly != 0 {
		p.Side = specs.Request
	}
	if i < 0 || i >= len(w.types) {
		w.set(p)
		return
	}
	t := w.types[i]
	w.scalar(&p, t)
	if p.Kind == specs.Object && (slices.Contains(stack, i) || w.stop(t.Name)) {
		p.Kind = specs.Any
	}
	w.set(p)
	if p.Kind == specs.Any {
		return
	}
	stack = append(slices.Clone(stack), i)
	switch p.Kind {
	case specs.Object:
		for _, name := range slices.Sorted(maps.Keys(t.Properties)) {
			m := t.Properties[name]
			w.walk(strings.TrimPrefix(path+"."+name, "."), m.Type, m.Flags, stack)
		}
	case specs.Map:
		w.walk(path+".*", *t.Additional, 0, stack)
	case specs.Array:
		if t.ItemType != nil {
			w.walk(path+"[]", *t.ItemType, 0, stack)
		}
	}
}

func (w bicepWalker) set(p specs.Property) {
	if p.Path != "" {
		w.rows[p.Path] = p
	}
}

// scalar sets the kind of a type, and what it says about values.
func (w bicepWalker) scalar(p *specs.Property, t bicepType) {
	p.Pattern, p.Secret = t.Pattern, t.Sensitive
	p.MinLength, p.MaxLength, p.Min, p.Max = t.MinLength, t.MaxLength, t.MinValue, t.MaxValue
	switch t.Kind {
	case "StringType":
		p.Kind = specs.String
	case "StringLiteralType":
		p.Kind, p.Enum = specs.String, []string{t.Value}
	case "IntegerType":
		p.Kind = specs.Integer
	case "BooleanType":
		p.Kind = specs.Boolean
	case "ArrayType":
		p.Kind = specs.Array
		p.MinItems, p.MaxItems, p.MinLength, p.MaxLength = t.MinLength, t.MaxLength, nil, nil
	case "ObjectType":
		p.Kind = specs.Object
		if len(t.Properties) == 0 && t.Additional != nil {
			p.Kind = specs.Map
		}
		if len(t.Properties) == 0 && t.Additional == nil {
			p.Kind = specs.Any
		}
	case "UnionType":
		p.Kind = specs.String
		var elements []reference
		if err := json.Unmarshal(t.Elements, &elements); err != nil {
			p.Kind = specs.Any
		}
		for _, e := range elements {
			if i := e.index(); i >= 0 && w.types[i].Kind == "StringLiteralType" {
				p.Enum = append(p.Enum, w.types[i].Value)
			} else {
				p.Open = true
			}
		}
	}
}

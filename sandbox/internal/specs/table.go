package specs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// NamePath is the path of the row about the name of the resource, which is in the URL.
const NamePath = "{name}"

//go:embed facts.json
var facts []byte

// File is the form of facts.json.
type File struct {
	Sources []Source `json:"sources"`
	Types   []Rows   `json:"types"`
}

// Source is a repository from which the generator read.
type Source struct {
	Repository string `json:"repository"`
	Commit     string `json:"commit"`
}

// Rows are the rows of one resource type. Sources has the index of the source of each api-version.
type Rows struct {
	Type     string   `json:"type"`
	Versions []string `json:"versions"`
	Sources  []int    `json:"sources"`
	Rows     []Row    `json:"rows"`
}

// Row is a property in the api-versions from Since to Until, both included.
type Row struct {
	Since string `json:"since"`
	Until string `json:"until"`
	Property
}

// Body is the body of a resource type in one api-version.
type Body struct {
	Type, Version string
	// Source is the repository, with its commit, that the facts of this api-version are from.
	Source Source

	properties map[string]Property // by lower-case path
	children   map[string][]string // names of members, by lower-case path; "" is the body
}

type table struct {
	types  map[string]Rows // by lower-case type
	source []Source
}

var loaded = sync.OnceValue(func() table {
	var f File
	if err := json.Unmarshal(facts, &f); err != nil {
		panic(fmt.Sprintf("specs: the embedded facts.json: %v", err)) // a broken build
	}
	t := table{types: make(map[string]Rows, len(f.Types)), source: f.Sources}
	for _, rows := range f.Types {
		t.types[strings.ToLower(rows.Type)] = rows
	}
	return t
})

// Types lists the resource types of the table, sorted.
func Types() []string {
	var list []string
	for _, rows := range loaded().types {
		list = append(list, rows.Type)
	}
	slices.Sort(list)
	return list
}

// Versions lists the api-versions of a resource type, oldest first; nil for a type that the table
// does not have. The case of the type does not matter.
func Versions(typ string) []string {
	return slices.Clone(loaded().types[strings.ToLower(typ)].Versions)
}

var bodies sync.Map // *Body by type and version

// Find returns the body of a resource type in an api-version. It reports false if the table does
// not have it.
func Find(typ, version string) (*Body, bool) {
	key := strings.ToLower(typ) + "@" + version
	if b, ok := bodies.Load(key); ok {
		return b.(*Body), true
	}
	rows, ok := loaded().types[strings.ToLower(typ)]
	at := slices.Index(rows.Versions, version)
	if !ok || at < 0 {
		return nil, false
	}
	b := &Body{
		Type: rows.Type, Version: version, Source: loaded().source[rows.Sources[at]],
		properties: map[string]Property{}, children: map[string][]string{},
	}
	for _, row := range rows.Rows {
		if slices.Index(rows.Versions, row.Since) > at || slices.Index(rows.Versions, row.Until) < at {
			continue
		}
		b.properties[strings.ToLower(row.Path)] = row.Property
		parent, name := split(row.Path)
		b.children[strings.ToLower(parent)] = append(b.children[strings.ToLower(parent)], name)
	}
	bodies.Store(key, b)
	return b, true
}

// split returns the path of the object that has the property, and the property's name.
func split(path string) (parent, name string) {
	if rest, ok := strings.CutSuffix(path, "[]"); ok {
		return rest, "[]"
	}
	if i := strings.LastIndex(path, "."); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// Property returns the property with this path. The case of the path does not matter, as the case
// of names does not matter to Resource Manager.
func (b *Body) Property(path string) (Property, bool) {
	p, ok := b.properties[strings.ToLower(path)]
	return p, ok
}

// Name returns what the specification says about the name of the resource.
func (b *Body) Name() (Property, bool) { return b.Property(NamePath) }

// Properties lists all properties, sorted by path.
func (b *Body) Properties() []Property {
	list := make([]Property, 0, len(b.properties))
	for _, p := range b.properties {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y Property) int { return strings.Compare(x.Path, y.Path) })
	return list
}

// Members lists the names of the members of the object with this path, sorted; "" is the body.
func (b *Body) Members(path string) []string {
	list := slices.Clone(b.children[strings.ToLower(path)])
	list = slices.DeleteFunc(list, func(name string) bool { return name == NamePath || name == "[]" || name == "*" })
	slices.Sort(list)
	return list
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// Indexes of the sources in the table.
const (
	specification = iota
	bicepTypes
)

// version holds the rows of a type in one api-version.
type version struct {
	name   string
	source int
	rows   map[string]specs.Property
}

// collect reads the rows of all types in all their api-versions.
func collect(specifications, types string) (specs.File, error) {
	var file specs.File
	for _, from := range []struct{ repository, dir string }{
		{"Azure/azure-rest-api-specs", specifications}, {"Azure/bicep-types-az", types},
	} {
		id, err := commit(from.dir)
		if err != nil {
			return file, err
		}
		file.Sources = append(file.Sources, specs.Source{Repository: from.repository, Commit: id})
	}
	docs := &documents{read: map[string]object{}}
	for _, s := range served {
		for _, typ := range s.types {
			versions, err := versionsOf(docs, specifications, types, s, typ)
			if err != nil {
				return file, err
			}
			if len(versions) == 0 {
				return file, fmt.Errorf("no specification has the type %s", typ)
			}
			file.Types = append(file.Types, compress(typ, versions))
		}
		clear(docs.read) // the specifications of one service fill some 100 MB
	}
	slices.SortFunc(file.Types, func(a, b specs.Rows) int { return strings.Compare(a.Type, b.Type) })
	return file, nil
}

// versionsOf reads the api-versions of a type, oldest first.
func versionsOf(docs *documents, specifications, types string, s service, typ string) ([]version, error) {
	found := map[string]version{}
	folders, err := versionFolders(specifications, s)
	if err != nil {
		return nil, err
	}
	for name, dir := range folders {
		rows, err := fromSpecifications(docs, dir, s, typ)
		if err != nil {
			return nil, err
		}
		if rows != nil {
			found[name] = version{name, specification, rows}
		}
	}
	if types != "" {
		namespace, _, _ := strings.Cut(typ, "/")
		folders, err := typeFolders(types, namespace, s)
		if err != nil {
			return nil, err
		}
		for key, dir := range folders {
			name, _, _ := strings.Cut(key, "|")
			if _, known := found[name]; known {
				continue
			}
			rows, err := fromTypes(filepath.Join(dir, "types.json"), s, typ, name)
			if err != nil {
				return nil, err
			}
			if rows != nil {
				found[name] = version{name, bicepTypes, rows}
			}
		}
	}
	var list []version
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	inherit(list)
	return list, nil
}

// inherit gives the rows of an api-version that was read from bicep-types what these lack, from the
// newest older one.
func inherit(list []version) {
	for i := 1; i < len(list); i++ {
		if list[i].source != bicepTypes {
			continue
		}
		for path, p := range list[i].rows {
			before, ok := list[i-1].rows[path]
			if !ok {
				continue
			}
			p.Mutability, p.ClientName, p.Identifiers = before.Mutability, before.ClientName, before.Identifiers
			p.Secret = p.Secret || before.Secret
			if p.Format == "" && p.Kind == before.Kind {
				p.Format = before.Format
			}
			if p.Side == specs.Both && before.Side == specs.Response && p.ReadOnly {
				p.Side = before.Side
			}
			if p.Kind == specs.Integer && before.Kind == specs.Number {
				p.Kind = specs.Number // bicep-types knows no other numbers
			}
			list[i].rows[path] = p
		}
	}
}

// compress joins equal rows of successive api-versions.
func compress(typ string, versions []version) specs.Rows {
	out := specs.Rows{Type: typ}
	open := map[string]int{} // index of the row that ended with the previous version
	for i, v := range versions {
		out.Versions, out.Sources = append(out.Versions, v.name), append(out.Sources, v.source)
		next := map[string]int{}
		for _, path := range slices.Sorted(maps.Keys(v.rows)) {
			p := v.rows[path]
			if at, ok := open[path]; ok && out.Rows[at].Until == versions[i-1].name && cmp.Equal(out.Rows[at].Property, p) {
				out.Rows[at].Until, next[path] = v.name, at
				continue
			}
			next[path] = len(out.Rows)
			out.Rows = append(out.Rows, specs.Row{Since: v.name, Until: v.name, Property: p})
		}
		open = next
	}
	slices.SortStableFunc(out.Rows, func(a, b specs.Row) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// render writes the table with one row a line, so that a change of the specifications is a readable
// difference.
func render(f specs.File) []byte {
	var b bytes.Buffer
	line := func(v any) string {
		var one bytes.Buffer
		e := json.NewEncoder(&one)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			panic(err) // plain structs
		}
		return strings.TrimSpace(one.String())
	}
	fmt.Fprintf(&b, "{\"sources\": %s,\n\"types\": [\n", line(f.Sources))
	for i, t := range f.Types {
		fmt.Fprintf(&b, "{\"type\": %s, \"versions\": %s, \"sources\": %s, \"rows\": [\n", line(t.Type), line(t.Versions), line(t.Sources))
		for j, row := range t.Rows {
			comma := ","
			if j == len(t.Rows)-1 {
				comma = ""
			}
			b.WriteString(line(row) + comma + "\n")
		}
		b.WriteString("]}")
		if i < len(f.Types)-1 {
			b.WriteString(",")
		}
		b.WriteString("\n")
	}
	b.WriteString("]}\n")
	return b.Bytes()
}

package argumentstest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// marker is the line of a page below which the reference stands.
const marker = "<!-- Generated from the code by go test -update. -->\n"

// CheckReference tests that a page ends with a table for each argument struct, made of the comments
// of the package in the current directory: the struct's in the head, and its fields' in the rows.
// With the flag -update it writes the tables. Every comment must name the values of its
// enumeration, or the first and the last, as "Monday to Sunday" does.
func CheckReference(t *testing.T, page string, roots ...any) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	written, _, ok := strings.Cut(string(text), marker)
	if !ok {
		t.Fatalf("%s has no line %q", page, marker)
	}
	c, structs := readComments(t), Structs(roots...)
	names := propertyNames(structs)
	var b strings.Builder
	for _, typ := range structs {
		fmt.Fprintf(&b, "\n| %s | %s |\n|---|---|\n", typ.Name(), names.replace(withoutName(c[typ.Name()], typ.Name())))
		for _, f := range arguments.Fields(typ) {
			field := typ.FieldByIndex(f.Index).Name
			comment := c[typ.Name()+"."+field]
			if comment == "" {
				t.Errorf("%s.%s has no comment", typ.Name(), field)
			}
			if !namesAll(comment, f.Enum) {
				t.Errorf("the comment of %s.%s does not name all of %v", typ.Name(), field, f.Enum)
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", f.Name, names.replace(withoutName(comment, field)))
		}
	}
	pulumitest.GoldenFile(t, page, written+marker+b.String())
}

// namesAll reports whether a comment names the values, or the first and the last of several.
func namesAll(comment string, values []string) bool {
	for i, value := range values {
		if i != 0 && i != len(values)-1 && strings.Contains(comment, values[0]+" to "+values[len(values)-1]) {
			continue
		}
		if !strings.Contains(comment, value) {
			return false
		}
	}
	return true
}

// readComments returns the comments of structs and their fields in the current directory, each as
// one line, by the name of the struct, with a dot and the name of the field.
func readComments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok || general.Tok != token.TYPE {
				continue
			}
			for _, spec := range general.Specs {
				readStruct(comments, general.Doc.Text(), spec.(*ast.TypeSpec))
			}
		}
	}
	return comments
}

func readStruct(comments map[string]string, doc string, spec *ast.TypeSpec) {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	line := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	comments[spec.Name.Name] = line(doc)
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			comments[spec.Name.Name+"."+name.Name] = line(f.Doc.Text())
		}
	}
}

// withoutName returns a comment without the name that it begins with, which the table has already.
func withoutName(comment, field string) string {
	rest, _ := strings.CutPrefix(comment, field+" ")
	for _, verb := range []string{"is ", "are "} {
		rest, _ = strings.CutPrefix(rest, verb)
	}
	return rest
}

// properties maps names of fields to those of properties.
type properties map[string]string

// compound matches names of several words, which are not words of English.
var compound = regexp.MustCompile(`\b[A-Z][a-z0-9]+[A-Z]\w*\b`)

func propertyNames(structs []reflect.Type) properties {
	p := properties{}
	for _, typ := range structs {
		for _, f := range arguments.Fields(typ) {
			p[typ.FieldByIndex(f.Index).Name] = f.Name
		}
	}
	return p
}

// replace names properties instead of fields, and escapes what Markdown would read otherwise.
func (p properties) replace(comment string) string {
	comment = compound.ReplaceAllStringFunc(comment, func(word string) string {
		if name, ok := p[word]; ok {
			return "`" + name + "`"
		}
		return word
	})
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(comment)
}

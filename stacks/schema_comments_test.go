package stacks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// comments are the doc comments of struct fields, by package path, type and field.
type comments map[string]string

const modulePath = "github.com/aks-workload-identity/aks-workload-identity"

// documentedPackages have the structs that stack files are made of.
var documentedPackages = []string{"stacks", "components/cluster", "components/webhook", "components/workload"}

// readComments reads the sources of the packages.
func readComments(t testing.TB) comments {
	t.Helper()
	c := comments{}
	for _, dir := range documentedPackages {
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", dir, files, err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			c.read(modulePath+"/"+dir, file)
		}
	}
	return c
}

func (c comments) read(pkg string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range s.Fields.List {
			for _, name := range f.Names {
				c[pkg+"."+spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
			}
		}
		return true
	})
}

// of returns the comment of the field that index leads to from t, through embedded structs.
func (c comments) of(t reflect.Type, index []int) string {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
	}
	return c[t.PkgPath()+"."+t.Name()+"."+t.Field(index[len(index)-1]).Name]
}

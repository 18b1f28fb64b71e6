package rules_test

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// The rules know Pulumi's property values and the shared names, and nothing else of this repository or of any cloud's
// SDK: that is what lets them judge any program.
func TestImports(t *testing.T) {
	const names = "github.com/aks-workload-identity/aks-workload-identity/names/"
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if path == "github.com/pulumi/pulumi/sdk/v3/go/common/resource" || strings.HasPrefix(path, names) {
				continue
			}
			if host, _, _ := strings.Cut(path, "/"); strings.Contains(host, ".") {
				t.Errorf("%s imports %s", f.Name(), path)
			}
		}
	}
}

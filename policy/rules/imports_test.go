package rules_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestImports checks that the rules import Pulumi's property values, a YAML reader, Kubernetes'
// versions and the shared names, and nothing else of this repository or of any cloud's SDK. This is
// why they can check any program.
func TestImports(t *testing.T) {
	const repository = "github.com/aks-workload-identity/aks-workload-identity/"
	libraries := []string{
		"github.com/pulumi/pulumi/sdk/v3/go/common/resource",
		"gopkg.in/yaml.v3",
		"k8s.io/apimachinery/pkg/util/version",
	}
	packages := []string{repository + "names/", repository + "policy/graph", repository + "policy/rule", repository + "policy/rules/"}
	checked := 0
	for _, root := range []string{"../graph", "../rule", "."} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			checked++
			parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, spec := range parsed.Imports {
				name, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				if slices.Contains(libraries, name) || slices.ContainsFunc(packages, func(p string) bool { return strings.HasPrefix(name, p) }) {
					continue
				}
				if host, _, _ := strings.Cut(name, "/"); strings.Contains(host, ".") {
					t.Errorf("%s imports %s", path, name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if checked < 10 {
		t.Errorf("only %d files are checked", checked)
	}
}

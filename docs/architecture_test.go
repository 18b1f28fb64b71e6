package docs_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const repository = "github.com/aks-workload-identity/aks-workload-identity"

// arrows are the imports that docs/architecture.md permits an area of the repository.
type arrows struct {
	area string
	// code and tests have the areas that may be imported, itself included; tests has those of code
	// too.
	code, tests []string
}

// readArrows reads the table of imports of docs/architecture.md.
func readArrows(t *testing.T) []arrows {
	t.Helper()
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "| in | may import | tests may also import |")
	if !found {
		t.Fatal("docs/architecture.md has no table of imports")
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	areas := func(cell string) []string {
		var list []string
		for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
			list = append(list, m[1])
		}
		return list
	}
	var list []arrows
	for _, line := range strings.Split(section, "\n")[2:] {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			break
		}
		area := areas(cells[1])[0]
		code := append(areas(cells[2]), area)
		list = append(list, arrows{area: area, code: code, tests: append(areas(cells[3]), code...)})
	}
	if len(list) < 10 {
		t.Fatalf("the table of imports has %d rows", len(list))
	}
	return list
}

// within reports whether a file or package is an area or lies in it.
func within(name, area string) bool { return name == area || strings.HasPrefix(name, area+"/") }

// areaOf returns the row with the longest area that a file lies in.
func areaOf(list []arrows, name string) (arrows, bool) {
	best, found := arrows{}, false
	for _, a := range list {
		if within(name, a.area) && len(a.area) > len(best.area) {
			best, found = a, true
		}
	}
	return best, found
}

// goFiles calls visit for every Go file of every module of the repository.
func goFiles(t *testing.T, visit func(name string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); file != ".." && (strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, path)
		}
		visit(strings.TrimPrefix(filepath.ToSlash(file), "../"), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsRunAsThePageSays(t *testing.T) {
	list := readArrows(t)
	goFiles(t, func(name string, imports []string) {
		if !strings.Contains(name, "/") && name != "main.go" {
			t.Errorf("%s: the root folder has main.go and no other Go file", name)
			return
		}
		row, ok := areaOf(list, name)
		for _, imported := range imports {
			pkg, ours := strings.CutPrefix(imported, repository+"/")
			if !ours {
				continue
			}
			if !ok {
				t.Errorf("%s imports %s, and docs/architecture.md has no row for it", name, pkg)
				continue
			}
			allowed := row.code
			if strings.HasSuffix(name, "_test.go") {
				allowed = row.tests
			}
			if !slices.ContainsFunc(allowed, func(area string) bool { return within(pkg, area) }) {
				t.Errorf("%s imports %s: docs/architecture.md has no arrow from %s to it", name, pkg, row.area)
			}
		}
	})
	for _, a := range list {
		if _, err := os.Stat(path.Join("..", a.area)); err != nil {
			t.Errorf("docs/architecture.md has a row for %s: %v", a.area, err)
		}
	}
}

// What everybody imports must not bring anything along.
func TestNamesImportNoCloud(t *testing.T) {
	permitted := []string{"github.com/google/uuid", "k8s.io/apimachinery/pkg/util/validation"}
	goFiles(t, func(name string, imports []string) {
		if !within(name, "names") || strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, imported := range imports {
			host, _, _ := strings.Cut(imported, "/")
			if strings.Contains(host, ".") && !within(imported, repository) && !slices.Contains(permitted, imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	})
}

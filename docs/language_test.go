package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// maxComment is the widest line of a comment, in columns; a tab counts as four.
const maxComment = 100

var (
	testFunction = regexp.MustCompile(`^(Test|Benchmark|Fuzz|Example)`)
	notVerb      = regexp.MustCompile(`^(is|are|was|were|says|say)\b`)
)

// The doc comment of a function begins with its name and a verb, as in the standard library: it
// tells what the function does, not what it is.
func TestDocCommentsOfFunctionsBeginWithNameAndVerb(t *testing.T) {
	goFiles(t, func(name string, _ []string) {
		if strings.Contains(name, "third_party/") {
			return
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "../"+name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Doc == nil || testFunction.MatchString(f.Name.Name) {
				continue
			}
			text := strings.Join(strings.Fields(f.Doc.Text()), " ")
			rest, named := strings.CutPrefix(text, f.Name.Name+" ")
			if !named || notVerb.MatchString(rest) {
				t.Errorf("%s:%d: the comment of %s does not begin with its name and a verb: %.60s", name, fset.Position(f.Pos()).Line, f.Name.Name, text)
			}
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				column := fset.Position(comment.Pos()).Column - 1
				for _, line := range strings.Split(comment.Text, "\n") {
					if strings.HasPrefix(line, "//go:") || strings.HasPrefix(line, "//nolint") || strings.Contains(line, "://") {
						continue
					}
					// Comments behind code are as wide as their line, which has no limit.
					if width := utf8.RuneCountInString(line) + 4*column; width > maxComment && column < 8 {
						t.Errorf("%s:%d: a comment is %d columns wide, at most %d", name, fset.Position(comment.Pos()).Line, width, maxComment)
					}
				}
			}
		}
	})
}

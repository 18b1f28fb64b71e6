// Package examples_test keeps the examples of the documentation true: what a page shows is the text
// of a file that compiles, and the program in it runs, as an update and as a preview.
package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/examples/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/examples/grants"
	"github.com/aks-workload-identity/aks-workload-identity/examples/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/examples/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// programs are the examples in packages other than main.
var programs = map[string]pulumi.RunFunc{
	"cluster": cluster.Program, "grants": grants.Program, "webhook": webhook.Program, "workload": workload.Program,
}

func TestProgramsRun(t *testing.T) {
	files, err := filepath.Glob("*/program.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := programs[filepath.Dir(file)]; !ok && !slices.Contains([]string{"fleet", "pipeline"}, filepath.Dir(file)) { // which have tests of their own
			t.Errorf("no test runs examples/%s", file)
		}
	}
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			o := pulumitest.Options{RootTypes: []string{"kubernetes:apps/v1:Deployment", "azure-native:resources:ResourceGroup"}}
			up := pulumitest.Run(t, program, o)
			o.DryRun = true
			preview := pulumitest.Run(t, program, o)
			if diff := cmp.Diff(up.Names(), preview.Names()); diff != "" {
				t.Errorf("a preview registers something else (-update +preview):\n%s", diff)
			}
		})
	}
}

// shown matches a block of Go code on a page and the line above it, which names the file.
var shown = regexp.MustCompile("(?s)<!-- source: (examples/[a-z]+/[a-z]+\\.go) -->\n```go\n(.*?)```")

func TestPagesShowTheFilesThatRun(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := shown.FindAllStringSubmatch(string(text), -1)
		if marks := strings.Count(string(text), "<!-- source: "); marks != len(blocks) {
			t.Errorf("%s names %d sources, but only %d stand directly above a block of Go", page, marks, len(blocks))
		}
		for _, block := range blocks {
			file := filepath.Join("..", block[1])
			want, err := os.ReadFile(file)
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if diff := cmp.Diff(string(want), block[2]); diff != "" {
				t.Errorf("%s does not show %s as it is (-file +page):\n%s", page, block[1], diff)
			}
			seen[block[1]] = true
		}
	}
	programs, err := filepath.Glob("*/program.go")
	if err != nil || len(programs) == 0 {
		t.Fatalf("programs: %v, %v", programs, err)
	}
	for _, program := range programs {
		if !seen["examples/"+program] {
			t.Errorf("no page shows examples/%s", program)
		}
	}
}

// Package docs_test keeps pages of the documentation in line with the code.
package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// steps are the steps of the published recipes that this product replaces and has so far, by their
// number.
var steps = map[string]string{
	"R1":  "AKS cluster with OIDC issuer, whose URL is an output, byte for byte",
	"R2":  "An existing cluster, read and not changed; refused without an issuer",
	"R3":  "Workload identity by add-on or by chart, never both",
	"R4":  "The webhook by a pinned chart, awaited until it serves",
	"R5":  "User-assigned identity and federated credential, names always legal",
	"R6":  "Entra application, service principal and federated credential, without any secret",
	"R7":  "An existing identity or application, by id",
	"R8":  "Federation on and off per workload, audience settable",
	"R9":  "Service account created, adopted, annotated, or left to the team's chart",
	"R10": "Pod templates that are right by construction",
	"R11": "Workloads switched one by one",
	"R12": "Role assignments by role name or id, existing resources by name",
	"R13": "Key Vault by roles, access policies where the vault uses them, secrets from configuration",
	"R14": "A way into a SQL database that does not take over the server",
	"R15": "Custom roles, defined and assigned",
	"R16": "Names by the engine, or explicit; no clash between environments",
	"R19": "Platform and workloads in two stacks, joined by a reference",
	"R24": "A role added later by one line of configuration",
	"R26": "Typed outputs for other tools",
	"R27": "Other clouds, Windows and Linux pools",
	"R28": "One checked file per environment",
	"R30": "Policies that judge a program before it is deployed, and what is deployed",
}

// carries is how the comment of a test names the steps that it proves: "Carries R5, R6."
var carries = regexp.MustCompile(`\bCarries (R\d+(?:, R\d+)*)\.`)

func TestEveryStepIsCarriedByATest(t *testing.T) {
	byStep := map[string][]string{}
	for _, root := range []string{"../components", "../stacks", "../names", "../examples", "../policy", "../sandbox", "../tests"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil && path == root {
				return nil // a folder that is not there has no tests
			}
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
					continue
				}
				comment := strings.Join(strings.Fields(f.Doc.Text()), " ")
				for _, m := range carries.FindAllStringSubmatch(comment, -1) {
					for _, step := range strings.Split(m[1], ", ") {
						where := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
						byStep[step] = append(byStep[step], fmt.Sprintf("`%s` %s", where, f.Name.Name))
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for step := range byStep {
		if _, ok := steps[step]; !ok {
			t.Errorf("%s is carried by %v, but is not a step of this page", step, byStep[step])
		}
	}

	var b strings.Builder
	b.WriteString("# What is proven, and by what\n\nThe steps of the published recipes that this product replaces, and the tests that carry each. Generated from the comments of the\ntests (`go test ./docs -update`).\n\n| step | what | tests |\n|---|---|---|\n")
	for _, step := range slices.SortedFunc(maps.Keys(steps), func(a, b string) int { return number(a) - number(b) }) {
		list := byStep[step]
		if len(list) == 0 {
			t.Errorf("no test carries %s: %s", step, steps[step])
		}
		slices.Sort(list)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", step, steps[step], strings.Join(list, "<br>"))
	}
	pulumitest.GoldenFile(t, "requirements.md", b.String())
}

func number(step string) int {
	n := 0
	for _, digit := range step[1:] {
		n = n*10 + int(digit-'0')
	}
	return n
}

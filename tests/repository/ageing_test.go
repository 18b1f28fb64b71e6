package repository

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// requestedVersion matches a stack file, a program or a page that requests a Kubernetes version of
// AKS.
var requestedVersion = regexp.MustCompile(`(?i)(kubernetesVersion|orchestratorVersion)["'` + "`" + `]?\s*[:=]\s*(pulumi\.String\()?["']?1\.\d+`)

// AKS offers a Kubernetes version for about a year, and then answers K8sVersionNotSupported: what
// people copy names none. Tests of single packages use numbers that AKS never had.
func TestNothingThatIsShippedNamesAKubernetesVersion(t *testing.T) {
	read := 0
	for _, shipped := range []string{"Pulumi*.yaml", "README.md", "docs", "examples", "components", "stacks", "main.go", "tests/defects"} {
		roots, err := filepath.Glob(filepath.Join(root, shipped))
		if err != nil || len(roots) == 0 {
			t.Fatalf("%s: %v", shipped, err)
		}
		for _, dir := range roots {
			err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
				if err == nil && entry.IsDir() && entry.Name() == "bin" {
					return fs.SkipDir // Built programs.
				}
				if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
					return err
				}
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				read++
				for _, found := range requestedVersion.FindAllString(string(data), -1) {
					t.Errorf("%s: %q will age; leave it to AKS, or name none", path, found)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if read < 100 {
		t.Errorf("only %d files were read: the check would prove nothing", read)
	}
	for _, text := range []string{`kubernetesVersion: "1.34"`, `KubernetesVersion: pulumi.String("1.34")`, `"orchestratorVersion": "1.34.2"`} {
		if !requestedVersion.MatchString(text) {
			t.Errorf("%s is not found", text)
		}
	}
}
